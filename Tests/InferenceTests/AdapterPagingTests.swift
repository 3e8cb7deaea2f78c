import Adapters
import Foundation
import Kernels
import Models
import Tensors
import TestSupport
import Testing

@testable import Inference

/// Adapters that come and go while sequences use them: replies are those of an engine that has all of them in memory.
@Suite struct AdapterPagingTests {
    private let golden: ModelGolden
    private let folder: TestSupport.TemporaryFolder
    /// All of its adapters in memory.
    private let whole: LoadedModel

    init() throws {
        golden = try ModelGolden("llama")
        folder = try TestSupport.TemporaryFolder()
        for name in ModelGolden.adapterNames {
            try FileManager.default.copyItem(
                atPath: "\(golden.folder)/adapters/\(name)", toPath: folder.path(name))
        }
        whole = try .tiny("llama", .q8_0)
    }

    /// A model whose adapters are on the shelf and not in memory.
    private func paged(type: ExecutionType = .q8_0) throws -> LoadedModel {
        var model = try LoadedModel(
            path: golden.folder, precision: Precision(weights: type), threadCount: 1)
        #expect(try model.addAdapters(in: folder.path).isEmpty)
        model.dropAdapterWeights()
        return model
    }

    private func byteCount(_ names: String...) throws -> Int {
        try names.reduce(0) { try $0 + #require(whole.shelf.named[$1]).byteCount }
    }

    private func run(
        _ model: LoadedModel, adapterBytes: Int, slots: Int = 32, keepsPrefixes: Bool = true
    ) throws -> EngineRun {
        var settings = EngineRun.settings(slots: slots, keepsPrefixes: keepsPrefixes)
        settings.adapterByteCount = adapterBytes
        return try EngineRun(model, settings: settings)
    }

    private func request(
        _ mix: AdapterMix, prompt: Int = 3, maxTokens: Int = 40, seed: UInt64 = 0
    ) -> GenerationRequest {
        var request = GenerationRequest(golden.sequences[prompt], mix: mix, maxTokens: maxTokens)
        request.sampling.temperature = seed == 0 ? 0 : 1
        request.sampling.seed = seed
        return request
    }

    /// Every mix of one adapter, the base, and more sequences than turns: with room for the largest adapter alone.
    @Test func withRoomForOneAdapterAllRepliesAreTheSame() throws {
        let names = ["a", "b", "c"]
        let limit = try names.map { try byteCount($0) }.max() ?? 0
        let run = try run(paged(), adapterBytes: limit)
        var requests: [GenerationRequest] = []
        for (index, name) in names.enumerated() {
            for weight in [1, -0.5] {
                requests.append(
                    request(
                        whole.mix([name: weight]), prompt: index, maxTokens: 100,
                        seed: UInt64(index)))
            }
        }
        requests.append(request(.base))
        let replies = try run.replies(to: requests)
        for (request, reply) in zip(requests, replies) {
            #expect(try reply == whole.reply(alone: request))
        }
        #expect(run.engine.adapterByteCount <= limit)
        let figures = names.compactMap {
            run.engine.figures(of: whole.mix([$0: 1]).shares[0].adapter)
        }
        #expect(figures.count == 3)
        #expect(figures.allSatisfy { $0.loadCount > 1 && $0.loadSeconds > 0 })
        #expect((1...2).contains(figures.count(where: \.isResident)), "two small ones may fit")
    }

    /// Two mixes that share an adapter and have no room together take turns.
    @Test func mixesThatCrossTakeTurns() throws {
        let limit = try max(byteCount("a", "b"), byteCount("b", "c"))
        let run = try run(paged(), adapterBytes: limit)
        let requests = [
            request(whole.mix(["a": 1, "b": 0.5]), maxTokens: 150),
            request(whole.mix(["b": 1, "c": 0.5]), prompt: 4, maxTokens: 150),
        ]
        for (request, reply) in zip(requests, try run.replies(to: requests)) {
            #expect(try reply == whole.reply(alone: request))
        }
    }

    /// A switch pauses the sequence alone that switches, under each rule for what was computed before.
    @Test(arguments: KVRule.allCases)
    func aSwitchWaitsForItsAdapters(rule: KVRule) throws {
        let limit = try ["a", "b", "c"].map { try byteCount($0) }.max() ?? 0
        var first = request(whole.mix(["a": 1]))
        first.kvRule = rule
        let other = request(.base, prompt: 5, maxTokens: 60)
        func replies(_ run: EngineRun) throws -> [Reply] {
            let id = try run.submit(first)
            let beside = try run.submit(other)
            try run.step(until: id, has: 10)
            try run.engine.route(id, to: whole.mix(["b": 1]))
            try run.step(until: id, has: 20)
            try run.engine.route(id, to: whole.mix(["a": 0.5]))
            try run.finish()
            return [try run.reply(id), try run.reply(beside)]
        }
        #expect(
            try replies(run(paged(), adapterBytes: limit))
                == replies(run(whole, adapterBytes: .max)))
    }

    /// What a lost worker emitted under several mixes is computed mix by mix where they have no room together.
    @Test func aResumedReplyNeedsItsMixesOneAfterTheOther() throws {
        var request = request(whole.mix(["a": 1]), maxTokens: 30)
        request.segments.append(MixSegment(fromToken: 5, mix: whole.mix(["b": 1])))
        request.segments.append(MixSegment(fromToken: 9, mix: whole.mix(["c": 1])))
        request.segments.append(MixSegment(fromToken: 20, mix: whole.mix(["a": 0.25])))
        let expected = try whole.reply(alone: request)
        request.emitted = Array(expected.tokens.prefix(15))
        let limit = try ["a", "b", "c"].map { try byteCount($0) }.max() ?? 0
        for keepsPrefixes in [false, true] {
            let run = try run(paged(), adapterBytes: limit, keepsPrefixes: keepsPrefixes)
            #expect(try run.replies(to: [request])[0] == expected.dropping(15))
        }
    }

    @Test func aMixThatHasNoRoomIsRefusedWithBothNumbers() throws {
        let limit = try byteCount("a")
        let run = try run(paged(), adapterBytes: limit)
        let mix = whole.mix(["a": 1, "b": 1])
        let error = #expect(throws: InferenceError.self) { try run.submit(request(mix)) }
        let message = error?.description ?? ""
        #expect(message.contains("a, b take \(try byteCount("a", "b")) bytes"))
        #expect(message.contains("\(limit)") && message.contains("--adapter-memory"))
        #expect(!run.engine.hasWork)
    }

    /// What became of a file is told to those that need it, and to nobody else.
    @Test(arguments: ["changed", "cut", "gone", "other"])
    func aFileThatIsNotWhatItWasEndsItsOwnJobsAlone(damage: String) throws {
        let model = try paged()
        let limit = try ["a", "b", "c"].map { try byteCount($0) }.max() ?? 0
        let run = try run(model, adapterBytes: limit)
        let path = folder.path("b/adapter_model.safetensors")
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        switch damage {
        case "changed": bytes[bytes.count - 3] ^= 0x10
        case "cut": bytes.removeLast(bytes.count / 2)
        case "gone": try FileManager.default.removeItem(atPath: folder.path("b"))
        default:
            bytes = try Data(
                contentsOf: URL(fileURLWithPath: folder.path("a/adapter_model.safetensors")))
        }
        if damage != "gone" { try bytes.write(to: URL(fileURLWithPath: path)) }
        let requests = [
            request(whole.mix(["a": 1])), request(whole.mix(["b": 1])),
            request(whole.mix(["c": 1])),
        ]
        let replies = try run.replies(to: requests)
        #expect(try replies[0] == whole.reply(alone: requests[0]))
        #expect(try replies[2] == whole.reply(alone: requests[2]))
        #expect(replies[1].tokens.isEmpty && replies[1].reason == nil)
        let message = replies[1].failure?.description ?? ""
        #expect(message.hasPrefix("the adapter b cannot be loaded"), "\(message)")
        #expect(message.contains(folder.path("b")), "\(message)")
        #expect(!run.engine.hasWork && run.engine.adapterByteCount <= limit)
    }

    @Test func adaptersComeAndGoBetweenSteps() throws {
        var model = try LoadedModel(
            path: golden.folder, precision: Precision(weights: .q8_0), threadCount: 1)
        try model.addAdapter(path: folder.path("a"), name: "a")
        let run = try run(model, adapterBytes: .max)
        let (a, b) = (whole.mix(["a": 1]), whole.mix(["b": 1]))
        #expect(throws: InferenceError.self) { try run.submit(request(b)) }
        let first = try run.submit(request(a))
        run.step()
        let shelved = try #require(whole.shelf.named["b"])
        run.engine.hold(shelved)
        let second = try run.submit(request(b))
        try run.step(until: second, has: 3)
        run.engine.remove(a.shares[0].adapter)
        run.engine.remove(b.shares[0].adapter)
        #expect(throws: InferenceError.self) { try run.submit(request(a)) }
        #expect(throws: InferenceError.self) { try run.submit(request(b)) }
        try run.finish()
        #expect(try run.reply(first) == whole.reply(alone: request(a)))
        #expect(try run.reply(second) == whole.reply(alone: request(b)))
        #expect(run.engine.adapterByteCount == 0, "nobody uses them any more")
        run.engine.hold(ShelvedAdapter(shelved.summary, source: shelved.source))
        #expect(try run.replies(to: [request(b)])[0] == whole.reply(alone: request(b)))
    }

    @Test func whatIsLoadedIsWhatItsSummaryTells() throws {
        let shelved = try #require(paged().shelf.named["a"])
        #expect(shelved.weights == nil)
        let adapter = try shelved.load()
        #expect(adapter.summary == shelved.summary)
        #expect(adapter.byteCount == shelved.byteCount)
    }

    /// Many requests over little memory, some cancelled, some re-routed: all end, whoever ends undisturbed is as alone.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func aHundredRandomRequestsOverLittleMemoryEnd(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let limit = try ["a", "b", "c"].map { try byteCount($0) }.max() ?? 0
        let run = try run(paged(), adapterBytes: limit, slots: 6)
        let names = ["a", "b", "c"]
        func mix() -> AdapterMix {
            whole.mix([
                names.randomElement(using: &random) ?? "a": Double.random(
                    in: -1...1, using: &random)
            ])
        }
        var undisturbed: [Int: GenerationRequest] = [:]
        for index in 0..<100 {
            let new = request(
                mix(), prompt: Int.random(in: 0..<5, using: &random),
                maxTokens: Int.random(in: 0...20, using: &random), seed: UInt64(index % 3))
            let id = try run.submit(new)
            undisturbed[id] = new
            for _ in 0..<Int.random(in: 0...4, using: &random) { run.step() }
            guard let victim = run.replies.keys.sorted().randomElement(using: &random) else {
                continue
            }
            switch Int.random(in: 0..<8, using: &random) {
            case 0:
                run.engine.cancel(victim)
                undisturbed[victim] = nil
            case 1:
                if try run.reply(victim).reason == nil { undisturbed[victim] = nil }
                try run.engine.route(victim, to: mix())
            default: break
            }
        }
        try run.finish()
        #expect(undisturbed.count > 40)
        for (id, request) in undisturbed {
            #expect(try run.reply(id) == whole.reply(alone: request))
        }
    }
}
