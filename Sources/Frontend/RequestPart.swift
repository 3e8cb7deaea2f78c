import Journal
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
        case chunk(offset: Int, count: Int, text: String, scores: PackedScores)
        /// Scores of the prompt's tokens from one on.
        case promptScores(offset: Int, PackedScores)
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
                32 + 4 * count + text.utf8.count + scores.byteCount
            case .promptScores(_, let scores): 32 + scores.byteCount
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
    /// When it was dispatched first.
    var startedAt: Instant?
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
    /// The roll call that a worker must have answered to get it: what ended its last worker may have ended others unnoticed.
    var rollCall: UInt64 = 0
    /// It waits for its reader, in no queue.
    var isParked = false
    /// Workers died of it: it is not tried again unless somebody asks for it.
    var isQuarantined = false

    // The reply.
    var segments: [WireSegment]
    var tokens: [UInt32] = []
    /// When it last got tokens.
    var grownAt: Instant?
    var textByteCount = 0
    /// Tokens of the prompt whose scores are here, and the bytes of all scores.
    var promptScoreCount = 0
    var scoreByteCount = 0
    var promptTokens: [UInt32] = []
    /// Of the adapters that took part, as they were when it ended.
    var adapterWarnings: [String] = []
    /// Tokens that the worker made at most; 0: it has not said so.
    var maxTokens: UInt32 = 0
    var entries: [Entry]
    var recording = Recording()

    /// What the engine knows.
    struct Recording: Sendable {
        var attempts = AttemptRecord()
        var entryCount = 0
        /// Its entries from here on are void.
        var voidFrom: Int?
        /// Its epoch is of an earlier front, and must not be counted on from again.
        var isOfEarlierFront = false
    }

    var isEnded: Bool {
        if case .ended = phase { true } else { false }
    }

    /// The running attempt at a worker, if that is the one that counts.
    func attempt(at worker: Address, epoch: UInt32) -> Attempt? {
        guard case .running(let attempt) = phase, attempt.worker == worker, self.epoch == epoch
        else { return nil }
        return attempt
    }

    /// What of its cost was worked off when it ended so, of a reply that might have had `limit` tokens.
    func spentCost(at terminal: Terminal, of limit: Int) -> Int {
        switch terminal {
        case .done(let reason, _) where reason != .cancelled && reason != .deadline: cost
        case .done, .failed: startedAt == nil ? 0 : max(0, cost - max(0, limit - tokens.count))
        }
    }

    /// Bytes held for the reply, roughly: what the bound on kept replies counts.
    var byteCount: Int {
        textByteCount + scoreByteCount + 4 * (tokens.count + promptTokens.count) + 64
            * entries.count
            + routedText.utf8.count
    }
}

// What the engine has not been told.
extension RequestPart {
    private var attempts: AttemptRecord {
        var record = AttemptRecord()
        record.epoch = epoch
        record.losses = losses
        record.deaths = deaths
        record.isOnProbation = onProbation
        record.stopping = stopping
        record.isQuarantined = isQuarantined
        return record
    }

    var attemptCount: UInt32 { attempts.count }

    /// Whether there is anything that no client may hear of before it is on disk.
    var isUrgent: Bool {
        recording.voidFrom != nil || recording.isOfEarlierFront
            || recording.attempts.stopping != stopping
            || isEnded && recording.entryCount < entries.count
    }

    var isRecorded: Bool {
        recording.voidFrom == nil && !recording.isOfEarlierFront
            && recording.entryCount == entries.count
            && recording.attempts == attempts
    }

    func unrecorded(_ key: PartKey) -> [DispatchOperation] {
        var operations: [DispatchOperation] = []
        let attempts = attempts
        if let voidFrom = recording.voidFrom {
            operations.append(.reopen(key, from: voidFrom, attempts))
        }
        let end = isEnded ? entries.count - 1 : entries.count
        if recording.entryCount < end {
            let new = (recording.entryCount..<end).map { stored(entries[$0]) }
            operations.append(.renew(key, from: recording.entryCount, new))
        }
        if isEnded, recording.entryCount < entries.count {
            let entry = stored(entries[end])
            operations.append(
                isQuarantined
                    ? .quarantine(key, at: end, entry, attempts)
                    : .complete(key, at: end, entry, attempts))
        } else if recording.attempts != attempts {
            operations.append(
                recording.attempts.epoch == epoch ? .release(key, attempts) : .lease(key, attempts))
        }
        return operations
    }

    mutating func noteRecorded() {
        recording = Recording(attempts: attempts, entryCount: entries.count)
    }

    /// Takes back all from an entry on; what replaces it comes after this.
    mutating func truncate(from entry: Int) {
        entries.removeSubrange(min(entry, entries.count)...)
        guard entries.count < recording.entryCount else { return }
        recording.entryCount = entries.count
        recording.voidFrom = entries.count
    }

    /// Takes a part off its worker until its reader has caught up, which is no loss.
    mutating func park() {
        phase = .queued
        isParked = true
        progressEpoch = epoch
    }

    /// Lets a part that failed go on from where it stood, with a clean record.
    mutating func revive(now: Instant) {
        guard case .ended(.failed) = phase else { return }
        truncate(from: entries.count - 1)
        phase = .queued
        queuedSince = now
        stopping = nil
        (losses, deaths) = (0, 0)
        (onProbation, isCleared, isQuarantined) = (false, false, false)
        progressEpoch = epoch
    }
}
