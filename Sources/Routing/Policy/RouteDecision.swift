public import Adapters
public import Tensors

/// What the router made of one sentence.
public struct SentenceRoute: Sendable, Equatable {
    /// The sentence without surrounding white space.
    public let text: String
    public let scores: RouterScores

    /// The sentence's weight among others: its Unicode scalars.
    var length: Double { Double(text.unicodeScalars.count) }
}

/// Which mix a text gets, and why.
public struct RouteDecision: Sendable, Equatable {
    /// Why the mix is what it is.
    public enum Reason: String, Sendable {
        /// The nucleus holds adapters.
        case routed
        /// Every sentence is out of scope.
        case abstained
        /// The nucleus holds the base alone.
        case base
    }

    public let sentences: [SentenceRoute]
    /// Mean of the distributions of the sentences in scope, by length, the base last; empty if there is none.
    public let distribution: [Double]
    /// The nucleus, most probable first.
    public let choices: [AdapterPolicy.Choice]
    public let mix: AdapterMix
    public let reason: Reason
    /// Bytes of a long text's middle that were not looked at.
    public var unreadByteCount = 0
}

extension AdapterRouter {
    /// Routes a text: the last user message of a prompt, or one part of it.
    ///
    /// Each sentence is scored by itself. The calibrated distributions of those in scope are averaged by length, and the
    /// nucleus is taken once. If all abstain, the mix is empty. Of long texts the ends are read (`RoutedText`).
    ///
    /// - Parameter allowed: the adapters that may be chosen; nil allows all that the router is bound to.
    public func route(
        _ text: some StringProtocol, policy: AdapterPolicy = .standard,
        allowing allowed: Set<Digest>? = nil
    ) -> RouteDecision {
        let read = RoutedText(text)
        let routes = read.sentences.map {
            SentenceRoute(text: $0, scores: scores(of: $0, allowing: allowed))
        }
        var decision = decision(
            sentences: routes, distribution: Self.mean(of: routes), policy: policy)
        decision.unreadByteCount = read.unreadByteCount
        return decision
    }

    /// Takes the nucleus of a distribution; an empty one is an abstention.
    func decision(
        sentences: [SentenceRoute], distribution: [Double], policy: AdapterPolicy
    ) -> RouteDecision {
        let choices = distribution.isEmpty ? [] : policy.choose(from: distribution)
        let shares = choices.compactMap { choice -> AdapterMix.Share? in
            guard choice.place != base, let adapter = adapters[choice.place] else { return nil }
            return AdapterMix.Share(adapter: adapter, weight: policy.weight(ofParts: choice.parts))
        }
        let mix = AdapterMix(shares: shares)
        let reason: RouteDecision.Reason =
            distribution.isEmpty
            ? .abstained : choices.contains { $0.place != base } ? .routed : .base
        return RouteDecision(
            sentences: sentences, distribution: distribution, choices: choices, mix: mix,
            reason: reason)
    }

    /// The distributions of the sentences in scope, averaged by length; empty without any.
    private static func mean(of routes: [SentenceRoute]) -> [Double] {
        let routes = routes.filter { !$0.scores.abstains }
        guard let first = routes.first else { return [] }
        let total = routes.reduce(0) { $0 + $1.length }
        var mean = [Double](repeating: 0, count: first.scores.probabilities.count)
        for route in routes {
            for (place, probability) in route.scores.probabilities.enumerated() {
                mean[place] += Double(probability) * route.length / total
            }
        }
        return mean
    }
}
