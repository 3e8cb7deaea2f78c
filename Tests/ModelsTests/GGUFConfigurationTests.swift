import Tensors
import TestSupport
import Testing

@testable import Models

/// Hyperparameters from the metadata of a GGUF file, and a refusal that names the key for each that is missing or lies.
@Suite struct GGUFConfigurationTests {
    private let metadata: [String: GGUFValue]

    init() throws {
        metadata = try GGUFFile(path: GoldenFolder.path("models/gguf_blocks/model.gguf")).metadata
    }

    @Test func readsEveryHyperparameter() throws {
        let configuration = try ModelConfiguration(gguf: metadata)
        #expect(configuration.family == .llama)
        #expect(configuration.hiddenSize == 256 && configuration.layerCount == 1)
        #expect(configuration.queryHeads == 4 && configuration.keyValueHeads == 1)
        #expect(configuration.headDimension == 32 && configuration.feedForwardSize == 64)
        #expect(configuration.vocabularySize == 64)
        #expect(
            configuration.rotaries == [
                RotaryEmbedding(theta: 10_000, dimension: 32, scaling: .linear(factor: 2))
            ])
        #expect(configuration.windows == [nil])
    }

    @Test func twinsAgreeWithTheirDirectories() throws {
        for name in ["llama", "llama3", "qwen2", "qwen3"] {
            let folder = GoldenFolder.path("models/\(name)")
            let left = try Checkpoint(path: folder).configuration
            var right = try Checkpoint(path: folder + "/model.gguf").configuration
            // Said in other ways in the two forms.
            right.name = left.name
            right.endOfTextIDs = left.endOfTextIDs
            for (index, rotary) in left.rotaries.enumerated() {
                let expected = rotary.frequencies(length: 0)
                let found = right.rotaries[index].frequencies(length: 0)
                #expect(zip(expected, found).allSatisfy { abs($0 / $1 - 1) < 1e-6 })
            }
            right.rotaries = left.rotaries
            #expect(left == right, "\(name)")
        }
    }

    @Test func aWindowMakesALlamaFileMistral() throws {
        var metadata = metadata
        metadata["llama.attention.sliding_window"] = .uint32(16)
        let configuration = try ModelConfiguration(gguf: metadata)
        #expect(configuration.family == .mistral && configuration.windows == [16])
    }

    @Test func endOfTextAndEndOfTurnBothEnd() throws {
        var metadata = metadata
        metadata["tokenizer.ggml.eos_token_id"] = .uint32(2)
        metadata["tokenizer.ggml.eot_token_id"] = .uint32(7)
        #expect(try ModelConfiguration(gguf: metadata).endOfTextIDs == [2, 7])
        metadata["tokenizer.ggml.eot_token_id"] = .uint32(2)
        #expect(try ModelConfiguration(gguf: metadata).endOfTextIDs == [2])
    }

    @Test(arguments: [
        "llama.embedding_length", "llama.block_count", "llama.attention.head_count",
        "llama.feed_forward_length", "llama.context_length",
        "llama.attention.layer_norm_rms_epsilon", "general.architecture",
    ])
    func aMissingKeyIsNamed(_ key: String) {
        var metadata = metadata
        metadata[key] = nil
        expectRefusal(metadata, naming: key)
    }

    @Test(arguments: [
        ("llama.embedding_length", GGUFValue.uint64(1 << 40)), ("llama.block_count", .uint32(0)),
        ("llama.block_count", .uint64(.max)), ("llama.attention.head_count", .uint32(0)),
        ("llama.attention.head_count", .array(.uint32, [.uint32(8)])),
        ("llama.attention.head_count_kv", .uint32(3)),
        ("llama.attention.head_count_kv", .int32(-1)),
        ("llama.attention.value_length", .uint32(16)), ("llama.rope.dimension_count", .uint32(8)),
        ("llama.attention.layer_norm_rms_epsilon", .float32(.nan)),
        ("llama.attention.layer_norm_rms_epsilon", .float32(-1)),
        ("llama.rope.freq_base", .float32(0)), ("llama.rope.freq_base", .string("10000")),
        ("llama.rope.scaling.type", .string("su")), ("llama.rope.scaling.factor", .float32(-2)),
        ("llama.vocab_size", .uint32(0)), ("llama.context_length", .uint32(0)),
        ("llama.expert_count", .uint32(8)), ("tokenizer.ggml.eos_token_id", .uint64(1 << 40)),
        ("general.architecture", .string("gemma3n")), ("general.architecture", .string("mistral")),
    ])
    func aLyingNumberIsNamed(_ key: String, _ value: GGUFValue) {
        var metadata = metadata
        metadata[key] = value
        expectRefusal(metadata, naming: key)
    }

    private func expectRefusal(_ metadata: [String: GGUFValue], naming key: String) {
        #expect {
            try ModelConfiguration(gguf: metadata)
        } throws: { error in
            "\(error)".contains(key)
        }
    }
}
