import TestSupport
import Testing

@testable import Routing

@Suite("Adapters that join and leave")
struct RouterClassesTests {
    private func withoutMusic() throws -> AdapterRouter {
        let names = ToyRouter.names.filter { $0 != "music" }
        return try RouterTrainer(settings: ToyRouter.settings).train(
            on: ToyRouter.examples(210, seed: 1, skills: names), validation: nil
        ).router
    }

    @Test("A new class is found from few texts, and the old ones stay what they were")
    func adding() throws {
        let router = try withoutMusic()
        let examples = ToyRouter.examples(20, seed: 8, skills: ["music"]).map(\.text)
        let extended = try router.adding(
            "music", adapter: ToyRouter.digest("music"), examples: examples)
        #expect(extended.labels == ["add", "plural", "weather", "music", "base"])
        #expect(extended.classes.last?.origin == .added)
        let evaluation = try RouterEvaluation(of: extended, on: ToyRouter.examples(200, seed: 9))
        #expect(evaluation.accuracy > 0.9)
        let music = try RouterEvaluation(
            of: extended, on: ToyRouter.examples(100, seed: 10, skills: ["music"]))
        #expect(music.accuracy > 0.85 && music.passedInScope > 0.7)
        let (before, after) = (
            router.scores(of: "add 3 and 5").logits, extended.scores(of: "add 3 and 5").logits
        )
        #expect(zip(before.prefix(3), after.prefix(3)).allSatisfy { abs($0 - $1) < 1e-3 })
    }

    @Test("Adding and removing a class gives back the router's answers, also after writing")
    func removing() throws {
        let router = try withoutMusic()
        let extended = try router.adding(
            "music", examples: ["play a song", "put on music", "play music from rome"])
        let folder = try TemporaryFolder()
        let read = try extended.write(to: folder.path("r"), card: "")
        #expect(read.classes == extended.classes)
        let back = try read.removing("music")
        #expect(back.classes == router.classes)
        #expect(
            back.scores(of: "more than one wolf is called")
                == router.scores(of: "more than one wolf is called"))
    }

    @Test("What cannot be added or removed is refused")
    func refusals() throws {
        let router = try withoutMusic()
        #expect(throws: RoutingError.self) { try router.adding("add", examples: ["x"]) }
        #expect(throws: RoutingError.self) { try router.adding("base", examples: ["x"]) }
        #expect(throws: RoutingError.self) { try router.adding("new", examples: []) }
        #expect(throws: RoutingError.self) { try router.adding("new", examples: ["", " "]) }
        #expect(throws: RoutingError.self) { try router.removing("music") }
        let one = try router.removing("add").removing("plural")
        #expect(throws: RoutingError.self) { try one.removing("weather") }
    }

    @Test("The solver solves, and refuses what is not positive definite")
    func solver() throws {
        let solver = try #require(PositiveDefiniteSolver([4, 2, 2, 3], size: 2, ridge: 0))
        let solution = solver.solve([10, 9])
        #expect(abs(solution[0] - 1.5) < 1e-9 && abs(solution[1] - 2) < 1e-9)
        #expect(PositiveDefiniteSolver([1, 2, 2, 1], size: 2, ridge: 0) == nil)
        #expect(PositiveDefiniteSolver([.nan], size: 1, ridge: 1) == nil)
    }
}
