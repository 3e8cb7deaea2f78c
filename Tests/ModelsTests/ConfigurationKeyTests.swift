import Tensors
import TestSupport
import Testing

@testable import Models

/// Keys that change what a model computes are used, known to be harmless, or refused by name.
@Suite struct ConfigurationKeyTests {
    private func configuration(_ more: String, type: String = "llama") throws -> ModelConfiguration
    {
        let text = """
            {"model_type": "\(type)", "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, \
            "num_key_value_heads": 2, "intermediate_size": 96, "vocab_size": 128\(more.isEmpty ? "" : ", ")\(more)}
            """
        return try ModelConfiguration(json: try JSONValue(parsing: text))
    }

    @Test(arguments: [
        ("llama", #""residual_multiplier": 0.5"#, "residual_multiplier"),
        ("llama", #""sliding_window": 8"#, "sliding_window"),
        ("llama", #""attn_logit_softcapping": 30"#, "attn_logit_softcapping"),
        ("llama", #""use_qk_norm": true"#, "use_qk_norm"),
        ("llama", #""num_local_experts": 8"#, "num_local_experts"),
        ("llama", #""partial_rotary_factor": 0.5"#, "partial_rotary_factor"),
        ("llama", #""layer_types": ["sliding_attention", "full_attention"]"#, "layer_types"),
        ("llama", #""logit_scale": 0.0625"#, "logit_scale"),
        ("llama", #""rope_scaling": {"rope_type": "default", "factor": 4}"#, "factor"),
        ("llama", #""rope_scaling": {"rope_type": "linear", "factor": 4, "mscale": 2}"#, "mscale"),
        ("llama", #""rope_scaling": {"rope_type": "spiral"}"#, "spiral"),
        ("llama", #""rope_scaling": [4]"#, "rope_scaling"),
        ("llama", #""head_dim": 9223372036854775807"#, "head_dim"),
        ("mistral", #""attention_bias": true"#, "attention_bias"),
        ("mistral", #""layer_types": ["sliding_attention", "full_attention"]"#, "layer_types"),
        ("gemma2", #""use_bidirectional_attention": true"#, "use_bidirectional_attention"),
        ("gemma2", #""final_logit_softcapping": -1"#, "final_logit_softcapping"),
        ("gemma2", #""layer_types": ["chunked_attention", "full_attention"]"#, "chunked_attention"),
        ("gemma3_text", #""attn_logit_softcapping": 50"#, "attn_logit_softcapping"),
        ("gemma3_text", #""rope_parameters": {"rope_theta": 1000}"#, "rope_theta"),
        ("gemma3_text", #""sliding_window_pattern": 0"#, "sliding_window_pattern"),
        ("smollm3", #""no_rope_layers": [1]"#, "no_rope_layers"),
        ("smollm3", #""no_rope_layer_interval": 0"#, "no_rope_layer_interval"),
        ("granite", #""attention_multiplier": 0"#, "attention_multiplier"),
        ("granite", #""logits_scaling": 0"#, "logits_scaling"),
        ("phi3", #""partial_rotary_factor": 0.001"#, "rotated"),
        (
            "phi3",
            #""rope_scaling": {"type": "longrope", "short_factor": [1], "long_factor": [1]}"#,
            "short_factor"
        ),
        ("qwen2", #""rope_scaling": {"type": "yarn", "factor": 0}"#, "factor"),
        (
            "qwen2", #""rope_scaling": {"type": "dynamic", "factor": 1e300}"#,
            "max_position_embeddings"
        ),
    ])
    func aKeyThatWouldBeLeftOutIsNamed(_ type: String, _ more: String, _ key: String) {
        #expect {
            _ = try configuration(more, type: type)
        } throws: { error in
            error is ModelError && "\(error)".contains(key)
        }
    }

    @Test(arguments: [
        #""attention_dropout": 0.1, "initializer_range": 0.02, "sliding_window": null"#,
        #""use_sliding_window": false, "mlp_bias": false, "rope_interleaved": false"#,
        #""rope_scaling": null, "layer_types": ["full_attention", "full_attention"]"#,
        #""_attn_implementation_autoset": true, "unsloth_version": "2026.1", "pretraining_tp": 2"#,
    ])
    func whatChangesNothingPasses(_ more: String) throws {
        #expect(try configuration(more) == configuration(""))
    }

    /// What transformers 5 writes when it saves a model that it read from its first release.
    @Test(arguments: [
        (
            "gemma3_text", #""layer_types": ["full_attention", "sliding_attention"]"#,
            #""sliding_window_pattern": 6, "_sliding_window_pattern": 6"#
        ),
        ("gemma2", #""sliding_window": 8"#, #""sliding_window_size": 8"#),
        ("mistral", #""sliding_window": 8"#, #""_flash_attn_2_enabled": true"#),
    ])
    func whatIsSavedBesidesChangesNothing(_ type: String, _ more: String, _ beside: String) throws {
        #expect(
            try configuration("\(more), \(beside)", type: type) == configuration(more, type: type))
    }

    /// The older spelling goes first where it says something, as in transformers, and null says nothing.
    @Test(arguments: [
        #""rope_parameters": null, "rope_scaling": {"type": "linear", "factor": 4}, "rope_theta": 500"#,
        #""rope_scaling": null, "rope_parameters": {"rope_type": "linear", "factor": 4, "rope_theta": 500}"#,
        #""rope_scaling": {"type": "linear", "factor": 4, "rope_theta": 500}, "rope_parameters": {"rope_type": "default"}"#,
        #""rope_parameters": {"rope_type": "linear", "factor": 4, "rope_theta": null}, "rope_theta": 500"#,
    ])
    func bothSpellingsOfRopeAreRead(_ more: String) throws {
        #expect(
            try configuration(more).rotaries == [
                RotaryEmbedding(theta: 500, dimension: 16, scaling: .linear(factor: 4))
            ])
    }

    /// What `config.json` leaves out is what the family's class in transformers has.
    @Test func missingKeysHaveTheFamilysDefaults() throws {
        #expect(try configuration("", type: "mistral").windows == [4096, 4096])
        #expect(
            try configuration(#""sliding_window": null"#, type: "mistral").windows == [nil, nil])
        #expect(try configuration("").isTied == false)
        #expect(try configuration("", type: "gemma2").isTied)
        #expect(try configuration("", type: "gemma2").attentionCap == 50)
        #expect(try configuration("", type: "gemma2").headDimension == 256)
        #expect(try configuration("", type: "gemma2").windows == [4096, nil])
        #expect(try configuration("", type: "smollm3").rotaries[0].theta == 2_000_000)
        #expect(
            try configuration("", type: "gemma3_text").rotaries.map(\.theta) == [1_000_000, 10_000])
        #expect(try configuration("", type: "phi3").normEpsilon == 1e-5)
    }

    @Test func aModelThatReadsImagesHasATextModel() throws {
        let text =
            #"{"model_type": "gemma3", "eos_token_id": [1, 106], "vision_config": {}, "text_config": {"hidden_size": 64, "num_hidden_layers": 2, "rope_scaling": {"factor": 8.0, "rope_type": "linear"}, "sliding_window": 1024}}"#
        let configuration = try ModelConfiguration(json: try JSONValue(parsing: text))
        #expect(configuration.family == .gemma3 && configuration.endOfTextIDs == [1, 106])
        #expect(configuration.windows == [1024, 1024] && configuration.queryHeads == 8)
        #expect(configuration.rotaries.map(\.scaling) == [.linear(factor: 8), .none])
    }

    private func gguf(_ changes: [String: GGUFValue?]) throws -> ModelConfiguration {
        var metadata = try GGUFFile(path: GoldenFolder.path("models/llama/model.gguf")).metadata
        for (key, value) in changes { metadata["llama.\(key)"] = value }
        return try ModelConfiguration(gguf: metadata)
    }

    @Test(arguments: [
        (["rope.scale_linear": GGUFValue.float32(4)], RopeScaling.linear(factor: 4)),
        (["rope.scaling.factor": .float32(4)], .linear(factor: 4)),
        (["rope.scaling.factor": .float32(0)], .none),
        (["rope.scaling.type": .string("none"), "rope.scaling.factor": .float32(4)], .none),
        (
            ["rope.scaling.type": .string("linear"), "rope.scaling.factor": .float32(4)],
            .linear(factor: 4)
        ),
    ])
    func factorsOfGGUFAreRead(_ changes: [String: GGUFValue], _ scaling: RopeScaling) throws {
        #expect(try gguf(changes).rotaries[0].scaling == scaling)
    }

    @Test(arguments: [
        ("logit_scale", GGUFValue.float32(2)), ("attention.clamp_kqv", .float32(8)),
        ("rope.scaling.alpha", .float32(2)), ("attention.causal", .bool(false)),
        ("attn_logit_softcapping", .float32(30)), ("residual_scale", .float32(0.5)),
        ("rope.dimension_sections", .array(.int32, [.int32(4)])),
    ])
    func aKeyOfGGUFThatWouldBeLeftOutIsNamed(_ key: String, _ value: GGUFValue) {
        #expect {
            _ = try gguf([key: value])
        } throws: { error in
            error is ModelError && "\(error)".contains(key)
        }
    }

    /// Any change of one byte of a configuration is read or refused, never a trap.
    @Test(arguments: ["gemma3", "phi3", "smollm3", "granite", "qwen2_dynamic", "qwen3_yarn"])
    func mutatedConfigurationsAreHandled(_ name: String) throws {
        let path = GoldenFolder.path("models/\(name)/config.json")
        let bytes = try FileBytes.array(path: path, limit: 1 << 20)
        var random = SeededGenerator(seed: 11)
        for _ in 0..<2000 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<changed.count, using: &random)
                changed[place] =
                    Array("0123456789-e.\"[]{},nulx".utf8).randomElement(using: &random) ?? 0
            }
            guard let text = String(validating: changed, as: UTF8.self),
                let json = try? JSONValue(parsing: text)
            else { continue }
            _ = try? ModelConfiguration(json: json)
        }
    }
}
