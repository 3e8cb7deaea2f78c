import Tensors
import Testing

@testable import Routing

@Suite("The trained router")
struct AdapterRouterTests {
    @Test("It tells skills apart, and their sentences from others")
    func accuracy() throws {
        let router = try ToyRouter.trained.get()
        let outside = [
            "the old river sleeps", "who painted this gentle horse", "my uncle laughed at the moon",
        ]
        .map { RouterExample(text: $0, adapters: []) }
        let evaluation = try RouterEvaluation(
            of: router, on: ToyRouter.examples(200, seed: 3) + outside)
        #expect(evaluation.inScopeCount == 200 && evaluation.outOfScopeCount == 3)
        #expect(evaluation.accuracy >= 0.97)
        #expect(evaluation.top3 >= evaluation.accuracy)
        #expect(evaluation.calibrationError < 0.15)
        #expect(try #require(evaluation.auroc) > 0.95)
        #expect(evaluation.passedInScope > 0.85)
        #expect(evaluation.predictions.count == 203)
        #expect(evaluation.duration > .zero)
    }

    @Test("Probabilities are a distribution over the labels")
    func distribution() throws {
        let router = try ToyRouter.trained.get()
        #expect(router.labels == ToyRouter.names + ["base"])
        for text in ["add 3 and 4", "", "\u{0}", String(repeating: "rain ", count: 5000)] {
            let scores = router.scores(of: text)
            #expect(scores.probabilities.count == 5 && scores.logits.count == 5)
            #expect(abs(scores.probabilities.reduce(0, +) - 1) < 1e-5)
            #expect(scores.ranking.first == scores.best)
        }
    }

    @Test("The mask comes before the softmax, and abstention is judged on what is allowed")
    func mask() throws {
        let router = try ToyRouter.bound()
        let all = router.scores(of: "add 12 and 30", allowing: nil)
        let add = try #require(router.classes.firstIndex { $0.name == "add" })
        #expect(all.best == add && !all.abstains)
        let others = router.scores(of: "add 12 and 30", allowing: [ToyRouter.digest("music")])
        #expect(others.probabilities[add] == 0 && others.logits[add] == -.infinity)
        #expect(abs(others.probabilities.reduce(0, +) - 1) < 1e-5)
        #expect(others.abstains)
        let none = router.scores(of: "add 12 and 30", allowing: [])
        #expect(none.abstains && none.probabilities[router.base] == 1)
    }

    @Test("Classes without adapters are masked with a warning; a replacement takes its class over")
    func binding() throws {
        let router = try ToyRouter.trained.get()
        let partial = try router.bound(to: [
            "add": ToyRouter.digest("add"), "new": ToyRouter.digest("new"),
        ])
        #expect(partial.warnings.count == 4)
        #expect(partial.warnings.contains { $0.contains("\"plural\" has no adapter") })
        #expect(partial.warnings.contains { $0.contains("\"new\" has no class") })
        #expect(partial.router.adapters.compactMap { $0 } == [ToyRouter.digest("add")])
        #expect(
            partial.router.scores(of: "what is the weather in rome", allowing: nil).probabilities[2]
                == 0)

        let recorded = try RouterTrainer(settings: ToyRouter.settings).train(
            on: ToyRouter.examples(120, seed: 1), validation: nil, shelf: ToyRouter.shelf
        ).router
        #expect(recorded.classes.map(\.adapter) == ToyRouter.names.map(ToyRouter.digest))
        var shelf = ToyRouter.shelf
        shelf["add"] = ToyRouter.digest("better")
        let replaced = try recorded.bound(to: shelf)
        #expect(
            replaced.warnings.count == 1
                && replaced.router.adapters[0] == ToyRouter.digest("better"))
        shelf = ["renamed": ToyRouter.digest("music")]
        #expect(try recorded.bound(to: shelf).router.adapters[1] == ToyRouter.digest("music"))
    }

    @Test("A shelf without any of the classes is refused")
    func foreignShelf() throws {
        let router = try ToyRouter.trained.get()
        let error = #expect(throws: RoutingError.self) {
            try router.bound(to: ["x": ToyRouter.digest("x")])
        }
        #expect(error?.code == .binding && error?.message.contains("train a router") == true)
    }

    @Test("Many threads may ask at once")
    func concurrency() async throws {
        let router = try ToyRouter.trained.get()
        let expected = router.scores(of: "will it rain in oslo")
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (0..<50).allSatisfy { _ in router.scores(of: "will it rain in oslo") == expected
                    }
                }
            }
            for await isEqual in group { #expect(isEqual) }
        }
    }
}
