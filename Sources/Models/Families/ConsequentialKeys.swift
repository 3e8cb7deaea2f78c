/// Which keys of a configuration change what a model computes, by parts of their names.
enum ConsequentialKeys {
    private static let parts = [
        "alibi", "attention", "attn", "bias", "clip", "clamp", "expert", "interleave", "layer_type",
        "multiplier", "norm", "pattern", "residual", "rope", "rotary", "scal", "softcap", "window",
    ]

    /// Keys of `config.json` that have such a part and change nothing, with the reason.
    private static let harmless = [
        "_attn_implementation": "how transformers computes",
        "_attn_implementation_autoset": "how transformers computes",
        "attn_implementation": "how transformers computes",
        "_flash_attn_2_enabled": "how transformers computes",
        "use_flash_attention_2": "how transformers computes",
        "attention_dropout": "in training only",
        "attention_probs_dropout_prob": "in training only",
        "attn_pdrop": "in training only",
        "layer_norm_eps": "the norms are RMS norms and have rms_norm_eps",
        "layer_norm_epsilon": "the norms are RMS norms and have rms_norm_eps",
        "max_window_layers": "says nothing where no layer has a window",
        "use_sliding_window": "says nothing where sliding_window is not set",
        "output_attentions": "what transformers returns",
    ]

    /// Keys of GGUF's metadata, after the architecture, that have such a part and change nothing.
    private static let harmlessInGGUF = [
        "attention.layer_norm_epsilon": "the norms are RMS norms",
        "rope.scaling.finetuned": "how the model was trained",
        "expert_used_count": "says nothing where there are no experts",
    ]

    /// Whether a key of `config.json` may not go unread.
    static func includes(_ key: String, of family: ModelFamily) -> Bool {
        parts.contains(where: key.contains) && harmless[key] == nil
            && family.harmlessKeys[key] == nil
    }

    /// Whether a key of GGUF's metadata, after the architecture, may not go unread.
    static func includes(gguf key: String) -> Bool {
        parts.contains(where: key.contains) && harmlessInGGUF[key] == nil
    }
}
