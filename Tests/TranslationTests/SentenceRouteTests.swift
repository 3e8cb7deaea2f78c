import Routing
import Tensors
import Testing
import Translation
import Wire

/// What is told of a sentence, by the front as by the workers.
@Suite struct SentenceRouteTests {
    private static let names = [
        "ant", "bee", "cow", "dog", "eel", "fox", "gnu", "hen", "ibis", "jay",
    ]

    private static let router: Result<AdapterRouter, any Error> = Result {
        var settings = TrainingSettings()
        settings.bucketCount = 1024
        settings.width = 16
        let examples = (0..<12).flatMap { index in
            names.map {
                RouterExample(text: "what does a \($0) eat on day \(index)", adapters: [$0])
            }
        }
        let router = try RouterTrainer(settings: settings).train(on: examples, validation: nil)
            .router
        let shelf = names.map { ($0, Digest(of: Array($0.utf8))) }
        return try router.bound(to: Dictionary(uniqueKeysWithValues: shelf)).router
    }

    private func candidates(allowing allowed: [String]?) throws -> [WireCandidate] {
        let router = try Self.router.get()
        let digests = allowed.map { Set($0.map { Digest(of: Array($0.utf8)) }) }
        let sentence = try #require(
            router.route("What does a fox eat?", allowing: digests).sentences.first)
        let wire = WireSentenceRoute(sentence, router: router)
        #expect(wire.text == sentence.text && wire.abstained == sentence.scores.abstains)
        return wire.candidates
    }

    @Test func theBestAreShownAndTheBaseInAnyCase() throws {
        let candidates = try candidates(allowing: nil)
        #expect(candidates.count <= 9)
        #expect(candidates.map(\.name).contains("base"))
        let best = candidates.filter { $0.name != "base" }.map(\.probability)
        #expect(best == best.sorted(by: >))
    }

    @Test func whatMayNotBeChosenIsNotShown() throws {
        let candidates = try candidates(allowing: ["fox", "hen"])
        #expect(Set(candidates.map(\.name)) == ["fox", "hen", "base"])
        #expect(candidates.allSatisfy { $0.probability > 0 })
    }
}
