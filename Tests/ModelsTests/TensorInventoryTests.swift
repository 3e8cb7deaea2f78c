import Tensors
import TestSupport
import Testing

@testable import Models

/// Every tensor of a checkpoint is used, says nothing new, or is refused by name.
@Suite struct TensorInventoryTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// A golden with tensors added or taken out.
    private func checkpoint(
        _ golden: String, adding: [Tensor] = [], without names: Set<String> = []
    ) throws -> Checkpoint {
        let source = GoldenFolder.path("models/\(golden)")
        let path = folder.path("model")
        try FileBytes.makeFolder(path: path)
        let file = try AtomicFile(path: path + "/config.json")
        try file.write(FileBytes.array(path: source + "/config.json", limit: 1 << 20))
        try file.commit()
        var writer = SafetensorsWriter()
        for tensor in try SafetensorsFile(path: source + "/model.safetensors").tensors
        where !names.contains(tensor.name) {
            try writer.add(tensor)
        }
        for tensor in adding { try writer.add(tensor) }
        try writer.write(to: path + "/model.safetensors")
        return try Checkpoint(path: path)
    }

    private func tensor(_ golden: String, _ name: String) throws -> Tensor {
        try #require(
            SafetensorsFile(path: GoldenFolder.path("models/\(golden)/model.safetensors"))[name])
    }

    @Test func aHeadThatIsTheEmbeddingSaysNothing() throws {
        let embedding = try tensor("llama3", "model.embed_tokens.weight")
        let other = try Tensor(
            name: "lm_head.weight", shape: embedding.shape, floats: embedding.floats())
        for head in [embedding.renamed("lm_head.weight"), other] {
            let checkpoint = try checkpoint("llama3", adding: [head])
            #expect(checkpoint.configuration.isTied && checkpoint.warnings.isEmpty)
        }
    }

    @Test func aHeadThatDiffersIsUsed() throws {
        var values = try tensor("llama3", "model.embed_tokens.weight").floats()
        values[values.count - 1] += 1
        let head = try Tensor(name: "lm_head.weight", shape: [128, 64], floats: values)
        let checkpoint = try checkpoint("llama3", adding: [head])
        #expect(!checkpoint.configuration.isTied && checkpoint.warnings.count == 1)
        #expect(try checkpoint.tensor(.head)?.floats() == values)
    }

    @Test func aHeadAloneIsTheEmbeddingToo() throws {
        let embedding = try tensor("llama3", "model.embed_tokens.weight")
        let checkpoint = try checkpoint(
            "llama3", adding: [embedding.renamed("lm_head.weight")], without: [embedding.name])
        #expect(checkpoint.configuration.isTied && checkpoint.warnings.isEmpty)
        #expect(try checkpoint.tensor(.embedding)?.floats() == embedding.floats())
    }

    @Test func biasesFollowTheConfiguration() throws {
        let bias = try Tensor(
            name: "model.layers.1.self_attn.q_proj.bias", shape: [64],
            floats: [Float](repeating: 9, count: 64))
        let checkpoint = try checkpoint("llama", adding: [bias])
        #expect(checkpoint.configuration.biases.isEmpty)
        #expect(checkpoint.warnings.count == 1 && checkpoint.warnings[0].contains("q_proj.bias"))
        #expect(throws: ModelError.self) {
            let missing = try self.checkpoint(
                "qwen2", without: ["model.layers.0.self_attn.k_proj.bias"])
            _ = try missing.storage()
        }
    }

    @Test(arguments: [
        "model.layers.0.self_attn.q_norm.weight", "model.layers.2.mlp.up_proj.weight",
        "model.layers.0.mlp.experts.0.up_proj.weight", "model.layers.0.mlp.up_proj.weight_scale",
        "lm_head.bias", "something",
    ])
    func aTensorOfAnotherModelIsNamed(_ name: String) throws {
        let tensor = try Tensor(name: name, shape: [1], floats: [1])
        #expect {
            _ = try checkpoint("llama", adding: [tensor])
        } throws: { error in
            (error as? ModelError)?.code == .unsupported && "\(error)".contains(name)
        }
    }

    @Test(arguments: [
        "model.layers.0.self_attn.rotary_emb.inv_freq", "vision_tower.head.weight",
        "multi_modal_projector.mm_input_projection_weight",
    ])
    func whatIsComputedOrReadsImagesIsLeftOut(_ name: String) throws {
        let tensor = try Tensor(name: name, shape: [1], floats: [1])
        #expect(try checkpoint("llama", adding: [tensor]).warnings.isEmpty)
    }

    @Test func aTensorOfAnotherModelIsNamedInGGUF() throws {
        let file = try GGUFFile(path: GoldenFolder.path("models/llama/model.gguf"))
        for name in [
            "blk.0.attn_q_norm.weight", "blk.0.ffn_gate_inp.weight", "rope_factors_long.weight",
        ] {
            var writer = GGUFWriter()
            for key in file.keys {
                if let value = file.metadata[key] { try writer.add(key, value) }
            }
            for tensor in file.tensors { try writer.add(tensor) }
            try writer.add(Tensor(name: name, shape: [8], floats: [Float](repeating: 1, count: 8)))
            let path = folder.path("more.gguf")
            try writer.write(to: path)
            #expect {
                _ = try Checkpoint(path: path)
            } throws: { error in
                error is ModelError && "\(error)".contains(name)
            }
        }
    }

    /// A matrix of several layers whose rows are not theirs together.
    @Test func aFusedMatrixOfAnotherShapeIsNamed() throws {
        let name = "model.layers.0.self_attn.qkv_proj.weight"
        let wrong = try Tensor(
            name: name, shape: [8, 32], floats: [Float](repeating: 1, count: 256))
        #expect {
            _ = try checkpoint("phi3", adding: [wrong], without: [name])
        } throws: { error in
            "\(error)".contains(name) && "\(error)".contains("[64, 32]")
        }
    }
}
