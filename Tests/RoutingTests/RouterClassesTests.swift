import Foundation
import Optimization
import Tensors
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
        #expect(read.statistics.sample == extended.statistics.sample)
        let back = try read.removing("music")
        #expect(back.classes == router.classes)
        #expect(back.statistics.sample == router.statistics.sample)
        #expect(
            back.scores(of: "more than one wolf is called")
                == router.scores(of: "more than one wolf is called"))
    }

    @Test("The sample has rows of every class, and those of a class go and move with it")
    func sample() throws {
        let router = try withoutMusic()
        let sample = try #require(router.statistics.sample)
        #expect((1...3 * HiddenSample.rowsPerClass).contains(sample.classes.count { $0 == nil }))
        for group in 0..<3 {
            #expect(sample.classes.count { $0 == group } == HiddenSample.rowsPerClass)
        }
        #expect(sample.hidden.count == sample.classes.count * router.network.width)
        let extended = try #require(
            router.adding("music", examples: ["play a song", "put on music"]).statistics.sample)
        #expect(extended.classes.suffix(2) == [3, 3])
        let without = extended.removing(1)
        #expect(!without.classes.contains(3))
        #expect(without.classes.suffix(2) == [2, 2])
        #expect(
            without.hidden.suffix(router.network.width)
                == extended.hidden.suffix(router.network.width))
    }

    @Test("A sample that does not fit its router is refused", arguments: [4, -1, 1.5 as Float])
    func badSample(group: Float) throws {
        let router = try withoutMusic()
        let folder = try TemporaryFolder()
        _ = try router.write(to: folder.path("r"), card: "")
        let path = folder.path("r/router.safetensors")
        let file = try SafetensorsFile(
            bytes: FileBytes(folder.read("r/router.safetensors")), limits: .adapter)
        var writer = SafetensorsWriter(metadata: ["format": RouterArtefact.format])
        for tensor in file.tensors {
            guard tensor.name == "sample.classes" else {
                try writer.add(tensor)
                continue
            }
            let floats = [group] + [Float](repeating: 0, count: tensor.shape[0] - 1)
            try writer.add(Tensor(name: tensor.name, shape: tensor.shape, floats: floats))
        }
        try writer.write(to: path)
        let error = #expect(throws: RoutingError.self) {
            try AdapterRouter(directory: folder.path("r"))
        }
        #expect(error?.message.contains("sample.classes") == true)
    }

    @Test("A column that was fitted is where the loss has no slope")
    func stationary() throws {
        let router = try withoutMusic()
        let sample = try #require(router.statistics.sample)
        let texts = ToyRouter.examples(20, seed: 8, skills: ["music"])
            .map { router.network.penultimate(of: router.features(of: $0.text)) }
        let start = ([Float](repeating: 0, count: router.network.width), Float(0))
        let (weights, bias) = JoiningClass(texts: texts, sample: sample, network: router.network)
            .column(from: start)
        let width = router.network.width
        let others = sample.classes.indices.map {
            Array(sample.hidden[($0 * width)..<(($0 + 1) * width)])
        }
        var slope = weights.map { 0.5 * $0 }
        var biasSlope: Float = 0
        for (place, row) in (texts + others).enumerated() {
            let rivals = router.network.output(row).scalars(router.base + 1)
            let own = zip(row, weights).reduce(bias) { $0 + $1.0 * $1.1 }
            let all = rivals + [own]
            let largest = all.max() ?? 0
            let sum = all.reduce(0) { $0 + exp($1 - largest) }
            let share = exp(own - largest) / sum
            let error = place < texts.count ? share - 1 : 2 * share
            for index in slope.indices { slope[index] += error * row[index] }
            biasSlope += error
        }
        #expect(slope.allSatisfy { abs($0) < 0.02 } && abs(biasSlope) < 0.5)
        #expect(weights.contains { abs($0) > 0.1 })
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
