import Adapters
import Routing
import Tensors
import Testing
import Wire

@testable import Frontend

/// The trained router behind the front's seam, on a toy task.
@Suite struct TrainedRouterTests {
    private static let trained: Result<AdapterRouter, any Error> = Result {
        var settings = TrainingSettings()
        settings.bucketCount = 2048
        settings.width = 32
        let examples = (0..<120).flatMap { index in
            [
                RouterExample(text: "add \(index) and \(index + 7) please", adapters: ["sum"]),
                RouterExample(text: "play song \(index) of the album", adapters: ["music"]),
            ]
        }
        return try RouterTrainer(settings: settings).train(on: examples, validation: nil).router
    }

    private static func adapter(_ name: String) -> RegisteredAdapter {
        RegisteredAdapter(name: name, digest: Digest(of: Array(name.utf8)))
    }

    private func bound(to names: [String]) throws -> (TrainedRouter, warnings: [String]) {
        var router = TrainedRouter(try Self.trained.get())
        let warnings = try router.bind(to: names.map(Self.adapter))
        return (router, warnings)
    }

    private func choice(_ allowed: [String] = [], gain: Float = 1) -> AutoChoice {
        AutoChoice(allowed: allowed, weighting: .top1, gain: gain)
    }

    @Test func mixesAreTheRoutersAndSentencesAreShown() throws {
        let (router, warnings) = try bound(to: ["sum", "music"])
        #expect(warnings.isEmpty)
        let route = try router.route("add 4 and 9 please", choice: choice(gain: 2))
        #expect(route.reason == .routed)
        #expect(route.mix.shares.map(\.adapter) == [Self.adapter("sum").digest])
        #expect(route.mix.shares.map(\.weight) == [2048], "one at the gain")
        let candidates = try #require(route.sentences.first).candidates
        #expect(candidates.map(\.name).contains("base"))
        #expect(candidates.first?.name == "sum")
        #expect(abs(candidates.reduce(0) { $0 + $1.probability } - 1) < 1e-4)
    }

    @Test func allowMaskAndUnknownClasses() throws {
        let (router, warnings) = try bound(to: ["sum", "music", "other"])
        #expect(warnings.contains { $0.contains("\"other\"") })
        #expect(router.knows(Self.adapter("music")))
        #expect(!router.knows(Self.adapter("other")))
        let route = try router.route("add 4 and 9 please", choice: choice(["music", "other"]))
        #expect(!route.mix.shares.map(\.adapter).contains(Self.adapter("sum").digest))
        #expect(route.warnings.count == 1)
        #expect(route.warnings.first?.contains("other") == true)
    }

    @Test func whatCannotWorkIsRefused() throws {
        var router = TrainedRouter(try Self.trained.get())
        #expect(throws: Refusal.self) { try router.bind(to: [Self.adapter("stranger")]) }
        let (bound, _) = try bound(to: ["sum", "music"])
        let refusal = #expect(throws: Refusal.self) {
            try bound.route("add 1 and 2", choice: choice(gain: -1))
        }
        #expect(refusal?.code == .invalidArgument)
    }
}
