internal import Adapters
public import Inference
public import Routing
public import Tensors

/// One reply to make: a prompt in ids, its mixes so far, and how it goes on.
public struct Job: Sendable {
    public var request: GenerationRequest
    public var stop: [String] = []
    /// Whether the reply goes on past the model's ends of text.
    public var ignoresEndOfText = false
    /// Bytes of the reply's text that the client may already have.
    public var emittedTextByteCount = 0
    /// Mixes that take over later in the reply, known beforehand: a replay's.
    public var coming: [MixSegment] = []
    /// How the reply's sentences are routed; nil: the mix stays.
    public var rerouting: Rerouting?

    public init(request: GenerationRequest) {
        self.request = request
    }

    /// What re-routing reads and may choose.
    public struct Rerouting: Sendable {
        /// The last user message.
        public let userMessage: String
        public let policy: AdapterPolicy
        /// nil: every adapter that the router is bound to.
        public let allowed: Set<Digest>?
        public let router: AdapterRouter

        public init(
            userMessage: String, policy: AdapterPolicy, allowed: Set<Digest>?,
            router: AdapterRouter
        ) {
            self.userMessage = userMessage
            self.policy = policy
            self.allowed = allowed
            self.router = router
        }
    }
}

/// What a step brought to a job.
public enum JobEvent: Sendable {
    /// New tokens and the text that they complete; text may lag behind the ids. Scores are one an id, where they are wanted.
    case chunk(offset: Int, ids: [Int32], text: String, scores: [TokenScore])
    /// Scores of the prompt's tokens from one on, all before the first chunk.
    case promptScores(start: Int, [TokenScore])
    /// The mix changes; always before the first chunk made under it.
    case routed(MixSegment, SentenceRoute)
    case finished(Ending, completionTokens: Int, cachedTokens: Int)
    /// The job cannot go on as it was asked for, and ended.
    case failed(WorkerError)

    public enum Ending: Sendable, Equatable {
        case endOfText, stop, length
    }
}
