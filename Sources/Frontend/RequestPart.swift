import Wire

/// One reply of a request: what it needs to run anywhere, and all that came of it so far.
struct RequestPart: Sendable {
    enum Phase: Sendable {
        case queued
        case running(Attempt)
        case ended(Terminal)
    }

    /// One dispatch to one worker.
    struct Attempt: Sendable {
        let worker: Address
        /// Tokens the reply had when the attempt began.
        let firstToken: Int
    }

    /// How a part ends; it happens once.
    enum Terminal: Sendable {
        case done(WireFinishReason, WireUsage)
        case failed(Refusal)
    }

    /// What the client is to see, in order.
    enum Entry: Sendable {
        case routed(WireSegment, [WireSentenceRoute])
        /// Tokens [offset, offset + count) of the reply, the text that came with them, and their scores where they are wanted.
        case chunk(offset: Int, count: Int, text: String, scores: [WireTokenScore])
        /// Scores of the prompt's tokens from one on.
        case promptScores(offset: Int, [WireTokenScore])
        case ended(Terminal)

        var isChunk: Bool {
            switch self {
            case .chunk, .promptScores: true
            case .routed, .ended: false
            }
        }

        /// Bytes that it takes in a pipe, roughly.
        var byteCount: Int {
            switch self {
            case .chunk(_, let count, let text, let scores):
                32 + 4 * count + text.utf8.count + WireTokenScore.byteCount(of: scores)
            case .promptScores(_, let scores): 32 + WireTokenScore.byteCount(of: scores)
            case .routed, .ended: 64
            }
        }
    }

    // Frozen at acceptance.
    let prompt: WirePrompt
    let routedText: String
    let seed: UInt64
    /// See `PromptText.prefixes`.
    let prefixes: [UInt64]
    let warnings: [String]
    /// Bytes of a long message's middle that the router did not read.
    let unreadByteCount: Int
    /// Estimated tokens of prompt and reply.
    let cost: Int

    var phase: Phase
    var queuedSince: Instant
    /// The epoch of the latest dispatch; 0: none yet.
    var epoch: UInt32 = 0
    /// The epoch in which the reply last got further.
    var progressEpoch: UInt32 = 0
    /// The end that was asked of the worker and is not confirmed yet.
    var stopping: WireFinishReason?

    /// Attempts since the reply last got further that ended without an end of the part, others' fault excepted.
    var losses = 0
    /// Workers that died since then while they ran this part and nothing else could be blamed.
    var deaths = 0
    /// A worker died with it: until it has got further than there it must not endanger others.
    var onProbation = false
    /// It was a suspect once and has got further: known to be innocent.
    var isCleared = false

    // The reply.
    var segments: [WireSegment]
    var tokens: [UInt32] = []
    var textByteCount = 0
    /// Tokens of the prompt whose scores are here, and the bytes of all scores.
    var promptScoreCount = 0
    var scoreByteCount = 0
    var promptTokens: [UInt32] = []
    /// Tokens that the worker made at most; 0: it has not said so.
    var maxTokens: UInt32 = 0
    var entries: [Entry]

    var isEnded: Bool {
        if case .ended = phase { true } else { false }
    }

    /// The running attempt at a worker, if that is the one that counts.
    func attempt(at worker: Address, epoch: UInt32) -> Attempt? {
        guard case .running(let attempt) = phase, attempt.worker == worker, self.epoch == epoch
        else { return nil }
        return attempt
    }

    /// Bytes held for the reply, roughly: what the bound on kept replies counts.
    var byteCount: Int {
        textByteCount + scoreByteCount + 4 * (tokens.count + promptTokens.count) + 64
            * entries.count
            + routedText.utf8.count
    }
}

extension WireTokenScore {
    /// Bytes that scores take here, roughly, and in a pipe at most.
    static func byteCount(of scores: [WireTokenScore]) -> Int {
        scores.reduce(0) { sum, score in
            score.top.reduce(sum + 64 + score.text.count) { $0 + 64 + $1.text.count }
        }
    }
}
