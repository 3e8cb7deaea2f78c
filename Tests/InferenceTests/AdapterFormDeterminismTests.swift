import Adapters
import TestSupport
import Testing

@testable import Inference
@testable import Kernels

/// The determinism rule for adapters that do more than add low-rank products.
@Suite struct AdapterFormDeterminismTests {
    static let types = [ExecutionType.f32, .q8_0, .nf4]
    private static let names = [
        "dora", "dora-head", "plain", "embedding", "head", "saved-embedding", "saved-head",
    ]

    private func model(_ type: ExecutionType) throws -> LoadedModel {
        var model = try LoadedModel(
            path: GoldenFolder.path("models/llama"), precision: Precision(weights: type),
            threadCount: 1)
        for name in Self.names {
            try model.addAdapter(path: GoldenFolder.path("adapters/\(name)"), name: name)
        }
        return model
    }

    private func requests(_ model: LoadedModel) throws -> [GenerationRequest] {
        let prompts = try ModelGolden("llama").sequences
        let mixes = [
            model.mix(["dora": 1]), model.mix(["dora": 0.5, "dora-head": 1, "plain": -0.25]),
            model.mix(["saved-embedding": 1, "saved-head": 1]),
            model.mix(["head": 1, "dora": 0.5]),
            model.mix(["saved-head": 0.5, "embedding": 1, "head": 0.25]), .base,
            model.mix(["plain": 1]), model.mix(["saved-embedding": 0.25, "embedding": 2]),
        ]
        return mixes.enumerated().map { index, mix in
            GenerationRequest(prompts[index % prompts.count], mix: mix, maxTokens: 10)
        }
    }

    @Test(arguments: types)
    func rowsAreAsAlone(_ type: ExecutionType) throws {
        let model = try model(type)
        let requests = try requests(model)
        let expected = try requests.map { try model.reply(alone: $0) }
        #expect(Set(expected.map(\.logits)).count == expected.count)
        for threads in [1, 2, 3] {
            let settings = EngineRun.settings(rows: threads == 2 ? 24 : 128, keepsPrefixes: false)
            let run = try EngineRun(model, threads: threads, poison: true, settings: settings)
            #expect(try run.replies(to: requests) == expected, "\(threads) threads")
        }
    }

    /// Norms, gains, embeddings and logits are the same in every kernel set.
    @Test(arguments: types)
    func kernelSetsAgree(_ type: ExecutionType) throws {
        let model = try model(type)
        let requests = try requests(model)
        let expected = try EngineRun(model).replies(to: requests)
        for set in KernelSet.available {
            #expect(try EngineRun(model, kernels: set).replies(to: requests) == expected)
        }
    }

    /// More logits than are computed at a time, some of them of another head.
    @Test func manyHeadsInOneStep() throws {
        let model = try model(.q8_0)
        let prompt = try ModelGolden("llama").sequences[3]
        let requests = (0..<40).map { index in
            let mix = [model.mix(["saved-head": 1]), .base, model.mix(["head": 1])][index % 3]
            return GenerationRequest(Array(prompt.prefix(3 + index % 7)), mix: mix, maxTokens: 3)
        }
        let expected = try requests.map { try model.reply(alone: $0) }
        let settings = EngineRun.settings(rows: 1000, slots: 40)
        #expect(try EngineRun(model, settings: settings).replies(to: requests) == expected)
    }
}
