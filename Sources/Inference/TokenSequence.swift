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
    /// The token that was sampled last, which may end the reply.
    var drawn: Int32 = 0
    /// Occurrences of each token, kept only where penalties read them.
    private(set) var counts: [Int32: Int] = [:]

    init(id: Int, request: GenerationRequest) {
        self.id = id
        self.request = request
        tokens = request.prompt + request.emitted
        segments = request.segments
        if request.sampling.hasPenalties {
            for token in tokens { counts[token, default: 0] += 1 }
        }
    }

    var replyCount: Int { tokens.count - request.prompt.count }
    var reply: ArraySlice<Int32> { tokens[request.prompt.count...] }

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

    /// Takes a new mix from the next token on.
    func add(_ segment: MixSegment) {
        if let last = segments.last, last.fromToken == segment.fromToken { segments.removeLast() }
        segments.append(segment)
    }
}
