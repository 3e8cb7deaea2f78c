public import Adapters
public import Tensors

/// A part of a reply and the mix that governs it.
public struct RouteSegment: Sendable, Hashable {
    /// The mix governs the pass that samples this token and the ones after it; tokens of the reply count from zero.
    public let fromToken: Int
    public let mix: AdapterMix

    public init(fromToken: Int, mix: AdapterMix) {
        self.fromToken = fromToken
        self.mix = mix
    }
}

/// Decides at each end of a sentence of a reply whether the mix changes.
///
/// A pure function of the segments so far and the text: a replay that is given both decides alike.
public struct ReplyRouter: Sendable {
    /// A switch needs at least this total variation between the mixes.
    public static let leastVariation = 0.25
    /// A switch needs at least this many tokens since the last one, the reply's start included.
    public static let leastTokens = 8

    /// What came of a sentence.
    public struct Decision: Sendable, Equatable {
        public enum Outcome: String, Sendable {
            case switched
            /// The sentence is out of scope.
            case abstained
            /// The last switch is too recent.
            case tooSoon
            /// The mixes are too alike.
            case tooAlike
        }

        public let outcome: Outcome
        /// The mix from the next token on.
        public let mix: AdapterMix
        /// What the router would choose, with the sentence's distribution.
        public let proposal: RouteDecision
        /// Total variation between the current mix and the proposal.
        public let variation: Double
    }

    private let router: AdapterRouter
    private let policy: AdapterPolicy
    private let allowed: Set<Digest>?
    /// The user message's distribution; all on the base if the router abstained from it.
    private let message: [Double]

    /// - Parameter userMessage: the last user message of the prompt.
    public init(
        router: AdapterRouter, userMessage: some StringProtocol, policy: AdapterPolicy = .standard,
        allowing allowed: Set<Digest>? = nil
    ) {
        self.router = router
        self.policy = policy
        self.allowed = allowed
        let distribution = router.route(userMessage, policy: policy, allowing: allowed).distribution
        message =
            distribution.isEmpty
            ? [Double](repeating: 0, count: router.classes.count) + [1] : distribution
    }

    /// Reads the user message and the finished sentence with equal weight.
    ///
    /// - Parameters:
    ///   - sentence: the sentence that has just ended.
    ///   - nextToken: the number of the token that is sampled next.
    ///   - segments: all segments so far, the prompt's first.
    public func decide(
        after sentence: some StringProtocol, nextToken: Int, segments: [RouteSegment]
    ) -> Decision {
        let current = segments.last ?? RouteSegment(fromToken: 0, mix: .base)
        let scores = router.scores(of: sentence, allowing: allowed)
        let distribution =
            scores.abstains ? [] : zip(message, scores.probabilities).map { ($0 + Double($1)) / 2 }
        let proposal = router.decision(
            sentences: [SentenceRoute(text: String(sentence), scores: scores)],
            distribution: distribution, policy: policy)
        let variation = Self.variation(current.mix, proposal.mix, gain: policy.gain)
        let outcome: Decision.Outcome =
            if scores.abstains {
                .abstained
            } else if nextToken - current.fromToken < Self.leastTokens {
                .tooSoon
            } else if variation < Self.leastVariation {
                .tooAlike
            } else {
                .switched
            }
        return Decision(
            outcome: outcome, mix: outcome == .switched ? proposal.mix : current.mix,
            proposal: proposal,
            variation: variation)
    }

    /// Total variation of two mixes read as distributions: weights without the gain, the rest of one on the base; weights of
    /// more than one together are scaled to one.
    static func variation(_ left: AdapterMix, _ right: AdapterMix, gain: Double) -> Double {
        let (left, right) = (shares(of: left, gain: gain), shares(of: right, gain: gain))
        let adapters = Set(left.keys).union(right.keys).sorted()
        let differences = adapters.map { abs((left[$0] ?? 0) - (right[$0] ?? 0)) }
        let bases = abs(left.values.sorted().reduce(0, +) - right.values.sorted().reduce(0, +))
        return (differences.reduce(0, +) + bases) / 2
    }

    private static func shares(of mix: AdapterMix, gain: Double) -> [Digest: Double] {
        let unit = Double(AdapterMix.unit) * (gain > 0 ? gain : 1)
        let weights = mix.shares.map { abs(Double($0.weight)) / unit }
        let scale = max(1, weights.reduce(0, +))
        return Dictionary(
            uniqueKeysWithValues: zip(mix.shares, weights).map { ($0.adapter, $1 / scale) })
    }
}
