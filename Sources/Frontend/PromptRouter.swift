public import Adapters
public import Tensors
public import Wire

/// What `auto` leaves to the router, and within which bounds.
public struct AutoChoice: Equatable, Sendable {
    /// Registry names; empty: every adapter.
    public let allowed: [String]
    public let weighting: WireWeighting
    /// Multiplies the weights that the router makes.
    public let gain: Float

    public init(allowed: [String], weighting: WireWeighting, gain: Float) {
        self.allowed = allowed
        self.weighting = weighting
        self.gain = gain
    }
}

/// The mix that the router chose for a text, and why.
public struct PromptRoute: Equatable, Sendable {
    public let mix: AdapterMix
    /// Routed, or abstained when no sentence had an adapter.
    public let reason: WireReason
    public let sentences: [WireSentenceRoute]
    public let warnings: [String]
    /// Bytes of a long text's middle that were not read.
    public let unreadByteCount: Int

    public init(
        mix: AdapterMix, reason: WireReason, sentences: [WireSentenceRoute],
        warnings: [String] = [], unreadByteCount: Int = 0
    ) {
        self.mix = mix
        self.reason = reason
        self.sentences = sentences
        self.warnings = warnings
        self.unreadByteCount = unreadByteCount
    }
}

/// The trained adapter router as the front needs it: pure functions, microseconds each.
public protocol PromptRouter: Sendable {
    /// The router's content; the workers' must be the same.
    var digest: Digest { get }

    /// Learns which adapters there are; asked for nothing before.
    ///
    /// - Returns: what does not fit, in words.
    /// - Throws: when it can choose none of them.
    mutating func bind(to adapters: [RegisteredAdapter]) throws(Refusal) -> [String]

    /// Whether the router can choose the adapter.
    func knows(_ adapter: RegisteredAdapter) -> Bool

    /// Chooses the mix of a prompt by its last user message.
    func route(_ text: String, choice: AutoChoice) throws(Refusal) -> PromptRoute
}
