internal import Adapters
internal import Kernels
internal import Tensors

extension ModelFamily {
    /// All families.
    ///
    /// Sources: their classes in transformers 5.24 and their graphs in llama.cpp.
    public static let all = [
        llama, mistral, qwen2, qwen3, gemma, gemma2, gemma3, phi3, smollm3, granite, olmo2,
    ]

    /// Models that hold one of these besides what reads images, and the key of its configuration.
    static let wrappers = ["gemma3": "text_config"]

    private static let attention: Set<LinearName> = [.query, .key, .value, .output]
    private static let feedForward: Set<LinearName> = [.gate, .up, .down]

    public static let llama = {
        var family = ModelFamily("llama")
        family.isPermuted = true
        family.optionalBiases = ["attention_bias": attention, "mlp_bias": feedForward]
        return family
    }()

    /// llama.cpp has no name of its own for it: a file is Mistral's if it has a window.
    public static let mistral = {
        var family = ModelFamily("mistral", architecture: "llama")
        family.isPermuted = true
        family.windows = .always
        family.ggufKeys = ["attention.sliding_window"]
        family.defaults = [
            "sliding_window": .integer(4096), "num_key_value_heads": .integer(8),
            "max_position_embeddings": .integer(131_072),
        ]
        return family
    }()

    public static let qwen2 = {
        var family = ModelFamily("qwen2")
        family.biases = [.query, .key, .value]
        family.windows = .late
        family.keys = ["use_sliding_window", "max_window_layers", "layer_types"]
        family.defaults = [
            "sliding_window": .integer(4096), "max_window_layers": .integer(28),
            "max_position_embeddings": .integer(32_768),
        ]
        family.harmlessKeys = ["attention_bias": "q, k and v have biases whatever it says"]
        return family
    }()

    public static let qwen3 = {
        var family = ModelFamily("qwen3")
        family.headNorms = .eachHead
        family.optionalBiases = ["attention_bias": attention]
        family.windows = .late
        family.keys = ["use_sliding_window", "max_window_layers", "layer_types"]
        family.defaults = [
            "sliding_window": .integer(4096), "max_window_layers": .integer(28),
            "head_dim": .integer(128), "max_position_embeddings": .integer(32_768),
        ]
        return family
    }()

    public static let gemma = {
        var family = ModelFamily("gemma")
        family.activation = .geluTanh
        family.readsGeluAsTanh = true
        family.normOffset = 1
        family.optionalBiases = ["attention_bias": attention]
        family.scalesEmbeddings = true
        family.defaults = [
            "tie_word_embeddings": .bool(true), "head_dim": .integer(256),
            "max_position_embeddings": .integer(8192),
        ]
        return family
    }()

    public static let gemma2 = {
        var family = ModelFamily("gemma2")
        family.activation = .geluTanh
        family.activationKey = "hidden_activation"
        family.norms = .both
        family.normOffset = 1
        family.optionalBiases = ["attention_bias": attention]
        family.windows = .allButOne(in: 2)
        family.scalesEmbeddings = true
        family.hiddenScaledLayers = [46]
        family.keys = [
            "query_pre_attn_scalar", "attn_logit_softcapping", "final_logit_softcapping",
            "layer_types",
        ]
        family.ggufKeys = [
            "attn_logit_softcapping", "final_logit_softcapping", "attention.sliding_window",
            "attention.sliding_window_pattern",
        ]
        family.defaults = [
            "tie_word_embeddings": .bool(true), "head_dim": .integer(256),
            "max_position_embeddings": .integer(8192), "sliding_window": .integer(4096),
            "query_pre_attn_scalar": .integer(256), "attn_logit_softcapping": .integer(50),
            "final_logit_softcapping": .integer(30),
        ]
        family.harmlessKeys = [
            "sliding_window_size": "published beside sliding_window, which transformers reads"
        ]
        family.ggufDefaults = [
            "attn_logit_softcapping": 50, "final_logit_softcapping": 30,
            "attention.sliding_window": 4096,
        ]
        return family
    }()

    public static let gemma3 = {
        var family = ModelFamily("gemma3_text", architecture: "gemma3")
        family.activation = .geluTanh
        family.activationKey = "hidden_activation"
        family.norms = .both
        family.normOffset = 1
        family.headNorms = .eachHead
        family.optionalBiases = ["attention_bias": attention]
        family.windows = .allButOne(in: 6)
        family.localTheta = 10_000
        family.scalesEmbeddings = true
        family.hiddenScaledLayers = [62]
        family.keys = [
            "query_pre_attn_scalar", "final_logit_softcapping", "layer_types",
            "sliding_window_pattern", "rope_local_base_freq",
        ]
        family.ggufKeys = [
            "final_logit_softcapping", "attention.sliding_window",
            "attention.sliding_window_pattern", "rope.freq_base_swa",
        ]
        family.defaults = [
            "tie_word_embeddings": .bool(true), "head_dim": .integer(256),
            "vocab_size": .integer(262_208), "hidden_size": .integer(2304),
            "intermediate_size": .integer(9216), "num_hidden_layers": .integer(26),
            "num_attention_heads": .integer(8), "num_key_value_heads": .integer(4),
            "max_position_embeddings": .integer(131_072), "sliding_window": .integer(4096),
            "query_pre_attn_scalar": .integer(256), "rope_theta": .integer(1_000_000),
        ]
        family.harmlessKeys = [
            "sliding_window_pattern": "says nothing where layer_types does",
            "_sliding_window_pattern": "where transformers had layer_types from, as it saves it",
        ]
        return family
    }()

    public static let phi3 = {
        var family = ModelFamily("phi3")
        family.fused = [.queryKeyValue, .gateUp]
        family.windows = .always
        family.ropeAliases = ["su": "longrope", "yarn": "longrope"]
        family.keys = ["partial_rotary_factor"]
        family.ggufKeys = ["attention.sliding_window"]
        family.defaults = [
            "rms_norm_eps": .number(1e-5), "max_position_embeddings": .integer(4096),
            "original_max_position_embeddings": .integer(4096),
        ]
        family.harmlessKeys = [
            "full_attn_mod": "transformers does not read it",
            "lm_head_bias": "transformers does not read it",
            "attention_bias": "there are no biases whatever it says",
            "mlp_bias": "there are no biases whatever it says",
        ]
        return family
    }()

    public static let smollm3 = {
        var family = ModelFamily("smollm3")
        family.isPermuted = true
        family.optionalBiases = ["attention_bias": attention, "mlp_bias": feedForward]
        family.windows = .unrotated
        family.unrotatedInterval = 4
        family.keys = [
            "use_sliding_window", "layer_types", "no_rope_layers", "no_rope_layer_interval",
        ]
        family.defaults = [
            "tie_word_embeddings": .bool(true), "rope_theta": .integer(2_000_000),
            "num_key_value_heads": .integer(4), "max_position_embeddings": .integer(32_768),
        ]
        family.harmlessKeys = ["max_window_layers": "windows go by the layers without rotation"]
        return family
    }()

    public static let granite = {
        var family = ModelFamily("granite")
        family.isPermuted = true
        family.optionalBiases = ["attention_bias": attention, "mlp_bias": feedForward]
        family.keys = [
            "embedding_multiplier", "residual_multiplier", "attention_multiplier",
            "logits_scaling",
        ]
        family.ggufKeys = [
            "embedding_scale", "residual_scale", "attention.scale", "logit_scale",
            "rope.scaling.finetuned",
        ]
        family.defaults = ["attention_multiplier": .integer(1)]
        return family
    }()

    public static let olmo2 = {
        var family = ModelFamily("olmo2")
        family.norms = .after
        family.headNorms = .allHeads
        family.optionalBiases = ["attention_bias": attention]
        family.defaults = ["rms_norm_eps": .number(1e-5)]
        return family
    }()
}
