import Optimization
import TestSupport
import Testing

@testable import Routing

@Suite("Training")
struct RouterTrainerTests {
    @Test("The same rows and seed give the same router, another seed another")
    func repeatable() throws {
        var settings = ToyRouter.settings
        let examples = ToyRouter.examples(100, seed: 4)
        let routers = try ([7, 7, 8] as [UInt64]).map { seed in
            settings.seed = seed
            return try RouterTrainer(settings: settings).train(on: examples, validation: nil).router
        }
        let scores = routers.map { $0.scores(of: "give the plural: wolf").logits }
        #expect(scores[0] == scores[1])
        #expect(scores[0] != scores[2])
    }

    @Test("A text that fits two adapters gives both about half")
    func severalAdapters() throws {
        let both = (0..<80).map {
            RouterExample(text: "sing about the rain number \($0)", adapters: ["music", "weather"])
        }
        let router = try RouterTrainer(settings: ToyRouter.settings).train(
            on: ToyRouter.examples(160, seed: 5) + both, validation: nil
        ).router
        let scores = router.scores(of: "sing about the rain number 33")
        let music = try #require(router.labels.firstIndex(of: "music"))
        let weather = try #require(router.labels.firstIndex(of: "weather"))
        #expect(scores.probabilities[music] > 0.25 && scores.probabilities[weather] > 0.25)
        #expect(Set(scores.ranking.prefix(2)) == [music, weather])
    }

    @Test("Progress runs to the end")
    func progress() throws {
        var last: RouterTrainer.Progress?
        _ = try RouterTrainer(settings: ToyRouter.settings).train(
            on: ToyRouter.examples(60, seed: 6), validation: nil
        ) { progress in
            if let last { #expect(progress.step == last.step + 1) }
            last = progress
        }
        #expect(last?.step == last?.stepCount)
        #expect(try #require(last?.loss) < 1.5)
    }

    @Test("Unusable data is refused in words")
    func badData() {
        let trainer = RouterTrainer(settings: ToyRouter.settings)
        #expect(throws: RoutingError.self) { try trainer.train(on: [], validation: nil) }
        #expect(throws: RoutingError.self) {
            try trainer.train(on: [RouterExample(text: "x", adapters: ["a"])], validation: nil)
        }
        let error = #expect(throws: RoutingError.self) {
            try trainer.train(
                on: ToyRouter.examples(40, seed: 1),
                validation: [RouterExample(text: "x", adapters: ["unheard"])])
        }
        #expect(error?.message.contains("unheard") == true)
        let outside = [RouterExample](
            repeating: RouterExample(text: "x", adapters: ["base"]), count: 40)
        #expect(throws: RoutingError.self) { try trainer.train(on: outside, validation: nil) }
    }

    @Test("Generated texts are many, not empty, and repeatable")
    func negatives() {
        let texts = [["turn on the lights", "lamp off"], ["add 3 and 4"], []]
        var sampler = NegativeSampler(texts: texts, random: SeededRandom(seed: 1))
        var again = NegativeSampler(texts: texts, random: SeededRandom(seed: 1))
        let generated = (0..<200).map { _ in sampler.next() }
        #expect(generated == (0..<200).map { _ in again.next() })
        #expect(Set(generated).count > 150)
        #expect(generated.allSatisfy { !$0.isEmpty })
        #expect(generated.allSatisfy { !$0.contains("NOUN") && !$0.contains("PLACE") })
    }

    @Test("Rows are read with their place in the file")
    func rows() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("rows.jsonl")
        try folder.write(
            """
            {"text": "a", "adapter": "x"}

            {"text": "b", "adapters": ["x", "y", "x"], "note": 1}
            {"text": "c", "adapter": "base"}
            """, to: "rows.jsonl")
        #expect(
            try RouterExample.read(path: path) == [
                RouterExample(text: "a", adapters: ["x"]),
                RouterExample(text: "b", adapters: ["x", "y"]),
                RouterExample(text: "c", adapters: []),
            ])
        for (row, part) in [
            ("{\"text\": \"a\"}", "adapter"), ("{\"adapter\": \"a\"}", "text"), ("{", "byte"),
            ("[1]", "text"),
            ("{\"text\": \"a\", \"adapters\": []}", "names"),
            ("{\"text\": \"a\", \"adapters\": [1]}", "names"),
            ("{\"text\": \"a\", \"adapter\": \"\"}", "empty"),
            ("{\"text\": \"a\", \"adapter\": \"x\", \"adapters\": [\"y\"]}", "one of"),
        ] {
            try folder.write("{\"text\": \"a\", \"adapter\": \"x\"}\n" + row, to: "rows.jsonl")
            let error = #expect(throws: RoutingError.self, "\(row)") {
                try RouterExample.read(path: path)
            }
            #expect(
                error?.message.contains(":2: ") == true && error?.message.contains(part) == true,
                "\(row)")
        }
        try folder.write("\n\n", to: "rows.jsonl")
        #expect(throws: RoutingError.self) { try RouterExample.read(path: path) }
        #expect(throws: RoutingError.self) { try RouterExample.read(path: folder.path("missing")) }
    }
}
