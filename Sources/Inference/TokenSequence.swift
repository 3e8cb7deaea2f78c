internal import Adapters
internal import Kernels

/// A request on its way: its tokens, how many of them are in the cache, and where.
final class TokenSequence {
    let id: Int
    let request: GenerationRequest
    /// Prompt and reply.
    private(set) var tokens: [Int32]
    private(set) var segments: [MixSegment]
    /// Tokens whose keys and values are in the cache.
    var computedCount = 0
    /// What the keys in the cache were rotated for.
    var rotaryLength = 0
    /// Prompt tokens that were found in the cache.
    var cachedCount = 0
    /// Blocks in `KVPages`, one for each 16 tokens.
    let table = RowList(capacity: 16)
    /// Serial numbers of the sealed blocks at the table's beginning, for the prefix cache.
    var sealed: [Int] = []
    /// The token that was sampled last, which may end the reply, and its score where that is wanted.
    var drawn: Int32 = 0
    var drawnScore: TokenScore?
    /// The next token of the prompt whose score is wanted; nil: none is, or none any more.
    private(set) var scoreStart: Int?
    /// The position before which the adapters are enough that its turn is asked for; nil: none is.
    var turnEnd: Int?
    /// Occurrences of each token, kept only where penalties read them.
    private(set) var counts: [Int32: Int] = [:]

    init(id: Int, request: GenerationRequest) {
        self.id = id
        self.request = request
        tokens = request.prompt + request.emitted
        segments = request.segments
        scoreStart = request.scores?.promptStart
        noteScores(upTo: scoreStart ?? 0)
        if request.sampling.hasPenalties {
            for token in tokens { counts[token, default: 0] += 1 }
        }
    }

    var replyCount: Int { tokens.count - request.prompt.count }
    var reply: ArraySlice<Int32> { tokens[request.prompt.count...] }

    /// Whether nothing is left to be done.
    var isComplete: Bool { replyCount >= request.maxTokens && scoreStart == nil }

    /// Whether the logits that follow a position are those that a token of the prompt is scored by.
    func scores(after position: Int) -> Bool {
        scoreStart.map { position + 1 >= $0 && position + 1 < request.prompt.count } ?? false
    }

    /// Notes that the scores of the prompt's tokens before one are out.
    func noteScores(upTo next: Int) {
        if scoreStart != nil { scoreStart = next < request.prompt.count ? next : nil }
    }

    /// Whether the next forward pass of this sequence is the last one before a token is sampled.
    func samples(after count: Int) -> Bool {
        computedCount + count == tokens.count
    }

    /// The event that tells of the sequence's end.
    func finished(_ reason: EngineEvent.EndReason) -> EngineEvent {
        .finished(sequence: id, reason: reason, tokenCount: replyCount, cachedCount: cachedCount)
    }

    func append(_ token: Int32) {
        tokens.append(token)
        if request.sampling.hasPenalties { counts[token, default: 0] += 1 }
    }

    /// The mix of the forward pass over the token at a position (see `MixSegment`).
    func mix(at position: Int) -> AdapterMix {
        if request.kvRule == .recompute { return segments[segments.count - 1].mix }
        let index = max(0, position - (request.prompt.count - 1))
        return segments.last { $0.fromToken <= index }?.mix ?? segments[0].mix
    }

    /// The mix at a position, and the next position that has another one.
    func governingMix(at position: Int) -> (mix: AdapterMix, end: Int) {
        let mix = mix(at: position)
        guard request.kvRule != .recompute else { return (mix, .max) }
        let begins = segments.filter { $0.fromToken > 0 }
            .map { $0.fromToken + request.prompt.count - 1 }
        return (mix, begins.filter { $0 > position }.min() ?? .max)
    }

    /// The identity of a block of its tokens, once they are computed.
    func key(of block: Int, parent: Int) -> BlockCache.Key {
        let positions = block * KVPages.blockSize..<(block + 1) * KVPages.blockSize
        var mixes = positions.map { mix(at: $0) }
        if mixes.allSatisfy({ $0 == mixes[0] }) { mixes.removeLast(mixes.count - 1) }
        return BlockCache.Key(
            parent: parent, tokens: Array(tokens[positions]), mixes: mixes,
            rotaryLength: rotaryLength, salt: request.salt)
    }

    /// Takes a new mix from the next token on.
    func add(_ segment: MixSegment) {
        if let last = segments.last, last.fromToken == segment.fromToken { segments.removeLast() }
        segments.append(segment)
    }
}
