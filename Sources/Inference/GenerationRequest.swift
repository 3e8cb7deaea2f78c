/// What the engine is asked to generate: token ids, mixes and limits; never text.
public struct GenerationRequest: Sendable {
    public var prompt: [Int32]
    /// Tokens of the reply that exist already (a lost worker's); the engine goes on after them.
    public var emitted: [Int32] = []
    /// By rising `fromToken`; the first starts at 0.
    public var segments: [MixSegment]
    public var kvRule: KVRule = .keep
    public var sampling = SamplingParameters()
    /// Tokens of the whole reply, `emitted` included; 0: the prompt is scored, and that is all.
    public var maxTokens: Int
    /// Ids that end the reply and are not part of it.
    public var endOfTextIDs: Set<Int32> = []
    /// Nil: no scores are wanted, and none are computed.
    public var scores: ScoreRequest?
    /// Requests with different salts share no cache.
    public var salt: UInt64 = 0

    public init(prompt: [Int32], segments: [MixSegment], maxTokens: Int) {
        self.prompt = prompt
        self.segments = segments
        self.maxTokens = maxTokens
    }
}
