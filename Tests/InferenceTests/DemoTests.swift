import Adapters
import Inference
import Kernels
import Models
import Tensors
import TestSupport
import Testing

/// The demo base against transformers: greedy replies, token by token.
@Suite struct DemoTests {
    private static let folder = GoldenFolder.path("../../Demo/base")

    @Test func greedyRepliesAreThoseOfTransformers() throws {
        let json = try FileBytes(path: GoldenFolder.path("models/demo.json"), loading: .copied)
            .json()
        let weights = try FileBytes(path: Self.folder + "/model.safetensors", loading: .mapped)
        try #require(
            json["model_sha256"]?.string == weights.digest().description,
            "demo.json is of another base")
        let model = try LoadedModel(
            path: Self.folder, precision: Precision(weights: .f32), threadCount: 2)
        let replies = try #require(json["replies"]?.array)
        #expect(!replies.isEmpty)
        let run = try EngineRun(model, threads: 2)
        var expected: [Int: (ids: [Int32], reason: EngineEvent.EndReason)] = [:]
        for reply in replies {
            let prompt = (reply["prompt_ids"]?.array ?? []).compactMap { $0.int.map(Int32.init) }
            let ids = (reply["ids"]?.array ?? []).compactMap { $0.int.map(Int32.init) }
            var request = GenerationRequest(
                prompt, mix: .base, maxTokens: try #require(json["max_tokens"]?.int))
            request.endOfTextIDs = Set(model.transformer.configuration.endOfTextIDs)
            let id = try run.submit(request)
            expected[id] = (ids, reply["finish_reason"]?.string == "stop" ? .endOfText : .length)
        }
        try run.finish()
        for (id, expected) in expected {
            #expect(try run.reply(id).tokens == expected.ids)
            #expect(try run.reply(id).reason == expected.reason)
        }
    }
}
