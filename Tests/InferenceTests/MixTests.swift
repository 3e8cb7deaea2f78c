import Adapters
import Kernels
import Models
import Tensors
import TestSupport
import Testing

@testable import Inference

/// Rows under different mixes in one batch.
@Suite struct MixTests {
    static let types = [ExecutionType.f32, .q8_0, .q4_0, .nf4, .stored]

    private func randomMix(_ model: LoadedModel, _ random: inout SeededGenerator) -> AdapterMix {
        AdapterMix(
            shares: model.shelf.named.values.compactMap { adapter in
                guard Bool.random(using: &random) else { return nil }
                return .init(
                    adapter: adapter.digest, weight: .random(in: -1500...1500, using: &random))
            })
    }

    @Test(arguments: types)
    func sixteenMixesInOneBatchAreEachAsAlone(_ type: ExecutionType) throws {
        let model = try LoadedModel.tiny("llama3", type)
        let prompts = try ModelGolden("llama3").sequences
        var random = SeededGenerator(seed: 16)
        let requests = (0..<16).map { index in
            let mix = index == 0 ? .base : randomMix(model, &random)
            return GenerationRequest(prompts[index % prompts.count], mix: mix, maxTokens: 12)
        }
        #expect(Set(requests.map { $0.segments[0].mix }).count >= 14)
        let expected = try requests.map { try model.reply(alone: $0) }
        let settings = EngineRun.settings(slots: 16, keepsPrefixes: false)
        let together = try EngineRun(model, threads: 2, poison: true, settings: settings)
            .replies(to: requests)
        for index in requests.indices {
            #expect(together[index] == expected[index], "request \(index)")
        }
    }

    @Test(arguments: types)
    func rowsWithoutAdaptersAreTheBase(_ type: ExecutionType) throws {
        let golden = try ModelGolden("qwen2")
        let bare = try LoadedModel(
            path: golden.folder, precision: Precision(weights: type), threadCount: 1)
        let model = try LoadedModel.tiny("qwen2", type)
        let all = model.mix(["a": 1, "b": -0.5, "c": 2])
        let base = golden.sequences.map { GenerationRequest($0, mix: .base, maxTokens: 10) }
        let mixed = golden.sequences.map { GenerationRequest($0, mix: all, maxTokens: 10) }
        let expected = try base.map { try bare.reply(alone: $0) }
        let replies = try EngineRun(model).replies(to: zip(mixed, base).flatMap { [$0, $1] })
        for index in base.indices {
            #expect(replies[2 * index + 1] == expected[index])
            #expect(replies[2 * index] != expected[index])
        }
    }

    @Test func theOrderOfAdaptersDoesNotMatter() throws {
        let model = try LoadedModel.tiny("llama", .q8_0)
        let prompt = try ModelGolden("llama").sequences[5]
        let orders = [
            model.mix(["a": 0.5, "b": 1, "c": -0.25]), model.mix(["c": -0.25, "a": 0.5, "b": 1]),
            model.mix(["b": 0.75, "c": -0.25, "a": 0.5, "b": 0.25]),
        ]
        let replies = try orders.map {
            try model.reply(alone: GenerationRequest(prompt, mix: $0, maxTokens: 8))
        }
        #expect(replies[1] == replies[0] && replies[2] == replies[0])
    }

    /// The order in which adapters are put on the shelf must not matter either.
    @Test func theOrderOfTheShelfDoesNotMatter() throws {
        let golden = try ModelGolden("llama")
        let prompt = golden.sequences[5]
        let replies = try [["a", "b", "c"], ["c", "b", "a"]].map { names in
            var model = try LoadedModel(
                path: golden.folder, precision: Precision(weights: .f32), threadCount: 1)
            for name in names {
                try model.addAdapter(path: "\(golden.folder)/adapters/\(name)", name: name)
            }
            let mix = model.mix(["a": 1, "b": 0.5, "c": 1])
            return try model.reply(alone: GenerationRequest(prompt, mix: mix, maxTokens: 8))
        }
        #expect(replies[0] == replies[1])
    }

    @Test(arguments: types)
    func aWeightOfZeroIsTheBaseAndAddsNothing(_ type: ExecutionType) throws {
        let model = try LoadedModel.tiny("llama", type)
        let prompt = try ModelGolden("llama").sequences[4]
        func reply(_ weights: KeyValuePairs<String, Double>) throws -> Reply {
            try model.reply(alone: GenerationRequest(prompt, mix: model.mix(weights), maxTokens: 8))
        }
        #expect(try reply(["a": 0, "b": 0]) == reply([:]))
        #expect(try reply(["a": 0, "b": 1]) == reply(["b": 1]))
        #expect(try reply(["b": 1]) != reply([:]))
    }

    /// A mix of one at 1.0 is that adapter: the same as a shelf where no other exists, and as PEFT has it.
    @Test(arguments: types)
    func aMixOfOneIsThatAdapter(_ type: ExecutionType) throws {
        let golden = try ModelGolden("llama")
        var only = try LoadedModel(
            path: golden.folder, precision: Precision(weights: type), threadCount: 1)
        try only.addAdapter(path: "\(golden.folder)/adapters/a", name: "a")
        let model = try LoadedModel.tiny("llama", type)
        let request = GenerationRequest(golden.sequences[6], mix: model.mix(["a": 1]), maxTokens: 8)
        let reply = try model.reply(alone: request)
        #expect(try only.reply(alone: request) == reply)
        guard type == .f32 else { return }
        let row = try #require(golden.rows.firstIndex { $0 == (6, golden.sequences[6].count - 1) })
        let expected = try golden.logits(mix: 1)[row * 128..<(row + 1) * 128]
        let largest = expected.reduce(0) { max($0, abs($1)) }
        for (bits, value) in zip(reply.logits[0], expected) {
            #expect(abs(Float(bitPattern: bits) - value) <= 2e-4 * largest)
        }
    }

    /// More sequences than rows of logits that are computed at a time.
    @Test func fortyRepliesInOneStepAreEachAsAlone() throws {
        let model = try LoadedModel.tiny("llama", .q8_0)
        let prompts = try ModelGolden("llama").sequences
        var random = SeededGenerator(seed: 40)
        let requests = (0..<40).map { index in
            let prompt = Array(prompts[index % prompts.count].prefix(17))
            return GenerationRequest(prompt, mix: randomMix(model, &random), maxTokens: 3)
        }
        let expected = try requests.map { try model.reply(alone: $0) }
        let settings = EngineRun.settings(rows: 1000, slots: 40)
        #expect(try EngineRun(model, settings: settings).replies(to: requests) == expected)
    }

    /// Tables of coefficients in one batch: ones change nothing, halves are half the weight, and none leaks to others.
    @Test func coefficientsBelongToTheirRows() throws {
        var model = try LoadedModel.tiny("llama", .q8_0)
        let folder = try TemporaryFolder()
        var mixes: [AdapterMix] = []
        let plain = model.mix(["a": 1, "c": -0.5])
        for coefficient in [Float(1), 0.5] {
            var writer = SafetensorsWriter()
            for adapter in model.shelf.named.values {
                let values = [Float](repeating: coefficient, count: 14)
                try writer.add(
                    Tensor(name: adapter.digest.description, shape: [2, 7], floats: values))
            }
            let path = folder.path("\(coefficient).safetensors")
            try writer.write(to: path)
            let table = try model.addCoefficients(path: path)
            mixes.append(AdapterMix(shares: plain.shares, coefficients: table))
        }
        let prompt = try ModelGolden("llama").sequences[5]
        let expected = try [plain, plain, model.mix(["a": 0.5, "c": -0.25])].map {
            try model.reply(alone: GenerationRequest(prompt, mix: $0, maxTokens: 8))
        }
        #expect(expected[0] != expected[2])
        let requests = ([plain] + mixes).map { GenerationRequest(prompt, mix: $0, maxTokens: 8) }
        #expect(try EngineRun(model).replies(to: requests) == expected)
    }
}
