import Kernels
import Tensors
import TestSupport
import Testing

@testable import Models

/// Checkpoints that lie about themselves: each is refused with an error that names the file and the tensor.
@Suite struct BadCheckpointTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test(arguments: [
        "token_embd.weight", "blk.1.ffn_down.weight", "blk.0.attn_norm.weight",
        "output_norm.weight",
    ])
    func aMissingTensorIsNamed(_ name: String) throws {
        try expectRefusal(of: try gguf(tensor: { $0.name == name ? nil : $0 }), naming: name)
    }

    @Test(arguments: ["token_embd.weight", "blk.1.attn_k.weight", "blk.0.ffn_norm.weight"])
    func anotherShapeIsNamed(_ name: String) throws {
        let path = try gguf(tensor: { tensor in
            guard tensor.name == name else { return tensor }
            let shape = tensor.shape.count == 2 ? [tensor.shape[0] / 2, tensor.shape[1]] : [32]
            return try Tensor(
                name: name, shape: shape, floats: [Float](repeating: 0, count: shape.reduce(1, *)))
        })
        try expectRefusal(of: path, naming: name)
    }

    @Test(arguments: [
        ("token_embd.weight", Float.nan), ("blk.0.attn_q.weight", .infinity),
        ("blk.1.attn_norm.weight", .nan), ("output.weight", -.infinity),
    ])
    func aValueThatIsNotFiniteIsNamed(_ name: String, _ value: Float) throws {
        let path = try gguf(tensor: { tensor in
            guard tensor.name == name else { return tensor }
            var values = try tensor.floats()
            values[values.count / 2] = value
            return try Tensor(name: name, shape: tensor.shape, floats: values)
        })
        for type in ExecutionType.allCases { try expectRefusal(of: path, naming: name, type: type) }
    }

    @Test func aVocabularyThatLiesIsNamed() throws {
        let path = try gguf(metadata: { key, value in
            key == "llama.vocab_size" ? .uint32(99) : value
        })
        try expectRefusal(of: path, naming: "vocab_size")
    }

    @Test(arguments: [[Float(1), 1, 1], [1, 1, 1, 1, 1, 1, 1, 0], [1, 1, 1, .nan, 1, 1, 1, 1]])
    func rotaryDivisorsThatCannotBeAreNamed(_ divisors: [Float]) throws {
        let path = try gguf(
            adding: [Tensor(name: "rope_freqs.weight", shape: [divisors.count], floats: divisors)])
        try expectRefusal(of: path, naming: "rope_freqs.weight")
    }

    @Test(arguments: [0, 1, 4, 100, 5000, 20000])
    func aFileThatIsCutShortIsRefused(_ count: Int) throws {
        let bytes = try FileBytes.array(
            path: GoldenFolder.path("models/llama/model.gguf"), limit: 1 << 20)
        let path = folder.path("short.gguf")
        let file = try AtomicFile(path: path)
        try file.write(Array(bytes.prefix(count)))
        try file.commit()
        try expectRefusal(of: path, naming: "short.gguf")
    }

    @Test(arguments: ["/nowhere", "/nowhere.gguf", "/dev/null", "/"])
    func aPathWithoutAModelIsNamed(_ path: String) throws {
        try expectRefusal(of: path, naming: path)
    }

    @Test(arguments: [
        ("{", "config.json"), ("{}", "model_type"), (#"{"model_type": "mamba"}"#, "mamba"),
        (#"{"model_type": "llama"}"#, "hidden_size"), ("[1]", "model_type"),
        (#"{"model_type": "llama", "hidden_size": 1e30}"#, "hidden_size"),
        (#"{"model_type": "llama", "quantization_config": {"quant_method": "gptq"}}"#, "gptq"),
        (#"{"model_type": "llama", "hidden_act": "relu"}"#, "relu"),
    ])
    func aConfigurationThatLiesIsNamed(_ text: String, _ word: String) throws {
        let directory = folder.path("model")
        try FileBytes.makeFolder(path: directory)
        let file = try AtomicFile(path: directory + "/config.json")
        try file.write(Array(text.utf8))
        try file.commit()
        var writer = SafetensorsWriter()
        try writer.add(Tensor(name: "x", shape: [1], floats: [1]))
        try writer.write(to: directory + "/model.safetensors")
        try expectRefusal(of: directory, naming: word)
    }

    @Test func aNormalFloatWithoutItsScalesIsNamed() throws {
        let golden = GoldenFolder.path("models/llama_nf4")
        let directory = folder.path("nf4")
        try FileBytes.makeFolder(path: directory)
        let configuration = try AtomicFile(path: directory + "/config.json")
        try configuration.write(FileBytes.array(path: golden + "/config.json", limit: 1 << 20))
        try configuration.commit()
        var writer = SafetensorsWriter()
        let name = "model.layers.0.mlp.up_proj.weight"
        for tensor in try SafetensorsFile(path: golden + "/model.safetensors").tensors
        where tensor.name != name + ".nested_absmax" {
            try writer.add(tensor)
        }
        try writer.write(to: directory + "/model.safetensors")
        try expectRefusal(of: directory, naming: name)
    }

    /// Writes the llama golden's file with changes.
    private func gguf(
        metadata: (String, GGUFValue) -> GGUFValue = { $1 }, adding: [Tensor] = [],
        tensor: (Tensor) throws -> Tensor? = { $0 }
    ) throws -> String {
        let file = try GGUFFile(path: GoldenFolder.path("models/llama/model.gguf"))
        var writer = GGUFWriter()
        for key in file.keys {
            guard let value = file.metadata[key] else { continue }
            try writer.add(key, metadata(key, value))
        }
        for source in file.tensors { if let kept = try tensor(source) { try writer.add(kept) } }
        for extra in adding { try writer.add(extra) }
        let path = folder.path("changed.gguf")
        try writer.write(to: path)
        return path
    }

    private func expectRefusal(
        of path: String, naming name: String, type: ExecutionType = .f32
    ) throws {
        let pool = try ThreadPool(threadCount: 1)
        #expect {
            _ = try Transformer(
                Checkpoint(path: path), precision: Precision(weights: type), pool: pool)
        } throws: { error in
            error is ModelError && "\(error)".contains(name)
        }
    }
}
