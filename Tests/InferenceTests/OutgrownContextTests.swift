import Adapters
import Inference
import Kernels
import Models
import TestSupport
import Testing

/// Replies that become longer than the context whose rotations they began with.
@Suite struct OutgrownContextTests {
    /// With longrope each token comes from logits of the whole sequence rotated for its length, as if it had just been read.
    @Test(arguments: [17, 30, 31, 32, 33, 60])
    func everyTokenSeesOneRotation(_ count: Int) throws {
        let model = try LoadedModel.tiny("phi3", .f32)
        let prompt = Array(try ModelGolden("phi3").sequences[6].prefix(count))
        let mix = model.mix(["a": 0.75, "b": 0.25])
        let reply = try model.reply(
            alone: GenerationRequest(prompt, mix: mix, maxTokens: 20))
        #expect(reply.tokens.count == 20)
        let scorer = try Scorer(
            model: model.transformer, shelf: model.shelf, mix: mix, kernels: model.kernels,
            pool: model.pool)
        for (index, logits) in reply.logits.enumerated() {
            let tokens = prompt + reply.tokens.prefix(index)
            var last: [UInt32] = []
            try scorer.score(tokens) { position, row in
                guard position == tokens.count - 1 else { return }
                last = (0..<row.count).map { row[$0].bitPattern }
            }
            #expect(last == logits, "token \(index)")
        }
    }

    /// Blocks that were rotated for short sequences are not found by long ones, and those of equal length share theirs.
    @Test(arguments: ["phi3", "qwen2_dynamic"])
    func blocksAreSharedWithinALength(_ family: String) throws {
        let model = try LoadedModel.tiny(family, .f32)
        let tokens = try ModelGolden(family).sequences[6]
        let mix = model.mix([:])
        let run = try EngineRun(model)
        for (count, cached) in [(32, 0), (32, 16), (60, 0), (60, 48)] {
            let request = GenerationRequest(Array(tokens.prefix(count)), mix: mix, maxTokens: 1)
            let id = try run.submit(request)
            try run.finish()
            #expect(run.cachedCounts[id] == cached, "\(count) tokens")
            #expect(try run.reply(id) == model.reply(alone: request))
        }
    }

    @Test func aStretchedContextIsTheLimit() throws {
        #expect(
            try Checkpoint(path: GoldenFolder.path("models/qwen2_yarn")).configuration.contextLength
                == 128)
        #expect(
            try Checkpoint(path: GoldenFolder.path("models/qwen2_dynamic")).configuration
                .contextLength == 128)
        #expect(
            try Checkpoint(path: GoldenFolder.path("models/qwen3_dynamic")).configuration
                .contextLength == 80)
    }
}
