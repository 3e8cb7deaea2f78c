public import Routing
public import Tensors
import Translation
import Wire

/// The trained router, in the words of the wire.
public struct TrainedRouter: PromptRouter {
    private var router: AdapterRouter
    private var adapters: [String: Digest] = [:]

    public init(_ router: AdapterRouter) {
        self.router = router
    }

    public var digest: Digest { router.digest }

    public mutating func bind(to adapters: [RegisteredAdapter]) throws(Refusal) -> [String] {
        let shelf = Dictionary(adapters.map { ($0.name, $0.digest) }) { first, _ in first }
        do {
            let binding = try router.bound(to: shelf)
            router = binding.router
            self.adapters = shelf
            return binding.warnings
        } catch {
            throw Refusal(.invalidArgument, error.message)
        }
    }

    public func knows(_ adapter: RegisteredAdapter) -> Bool {
        router.adapters.contains(adapter.digest)
    }

    public func route(_ text: String, choice: AutoChoice) throws(Refusal) -> PromptRoute {
        let policy: AdapterPolicy
        do {
            policy = try AdapterPolicy(choice.weighting, gain: choice.gain)
        } catch {
            throw Refusal(.invalidArgument, error.message)
        }
        let allowed: Set<Digest>? =
            choice.allowed.isEmpty ? nil : Set(choice.allowed.compactMap { adapters[$0] })
        let decision = router.route(text, policy: policy, allowing: allowed)
        return PromptRoute(
            mix: decision.mix, reason: decision.reason == .abstained ? .abstained : .routed,
            sentences: decision.sentences.map { WireSentenceRoute($0, router: router) },
            warnings: warnings(choice),
            unreadByteCount: decision.unreadByteCount)
    }

    private func warnings(_ choice: AutoChoice) -> [String] {
        choice.allowed
            .filter { name in adapters[name].map { !router.adapters.contains($0) } ?? false }
            .map { "the router has no class for \($0) and never chooses it" }
    }
}
