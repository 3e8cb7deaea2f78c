internal import Tensors

/// The members of an `adapter_config.json` that nothing of the adapter's product depends on, and those that are refused.
enum AdapterSettings {
    /// Members that `AdapterConfiguration` and `AdapterTargets` read.
    private static let read: Set = [
        "peft_type", "r", "lora_alpha", "use_rslora", "rank_pattern", "alpha_pattern",
        "base_model_name_or_path", "fusebox_base_digest", "target_modules", "exclude_modules",
        "modules_to_save", "layers_to_transform", "layers_pattern", "use_dora", "bias", "lora_bias",
        "init_lora_weights", "ensure_weight_tying",
    ]

    /// Members without effect on an adapter that is loaded, and why.
    private static let harmless = [
        "auto_mapping": "how the model's class is found",
        "corda_config": "how the factors began", "eva_config": "how the factors began",
        "lora_ga_config": "how the factors began", "loftq_config": "how the factors began",
        // PEFT sets it to false itself where the module is a Linear, as all of ours are.
        "fan_in_fan_out": "how Conv1D stores its weights",
        "inference_mode": "whether the adapter was being trained",
        "lora_dropout": "training alone",
        "megatron_config": "how training was spread", "megatron_core": "how training was spread",
        "peft_version": "who wrote the file", "qalora_group_size": "read with use_qalora alone",
        "revision": "of the base in its repository",
        "runtime_config": "where PEFT computes", "task_type": "what the adapter was trained for",
    ]

    /// Members that mean another product when they are set, and what to do.
    private static let refused = [
        "trainable_token_indices":
            "embeddings of single tokens are not applied; train with LoRA on embed_tokens",
        "layer_replication": "replicated layers need another base",
        "alora_invocation_tokens": "activated LoRA is not supported",
        "target_parameters": "adapters on bare parameters are not supported",
        "use_qalora": "QA-LoRA pools its inputs and is not supported",
        "use_bdlora": "block-diagonal LoRA is not supported",
        "arrow_config": "Arrow routes by itself; list its adapters instead",
        "kasa_config": "KaSA changes the base weights and is not supported",
        "velora_config": "VeLoRA is not supported",
        "monteclora_config": "MonteCLoRA is not supported",
    ]

    /// Beginnings that leave another base behind, in whose place only PEFT knows to put the factors' own.
    private static let changedBases = ["pissa", "olora", "corda", "loftq", "lora_ga"]

    /// Refuses settings that would not be applied.
    static func check(_ json: JSONValue) throws(AdapterError) {
        let kind = json["peft_type"]?.string ?? "none"
        guard kind.uppercased() == "LORA" else {
            throw AdapterError(
                .unsupported, "peft_type \"\(kind.prefix(64))\" is not supported; only LORA is")
        }
        for (key, value) in json.object ?? [:] where isSet(value) && !read.contains(key) {
            if let reason = refused[key] { throw AdapterError(.unsupported, "\(key): \(reason)") }
            guard harmless[key] != nil else {
                throw AdapterError(
                    .unsupported,
                    "\(key.prefix(64)) is set to \(value.text.prefix(64)), and what it does is not known; take it out if the adapter is the same without it"
                )
            }
        }
        if let start = json["init_lora_weights"]?.string?.lowercased(),
            changedBases.contains(where: start.hasPrefix)
        {
            throw AdapterError(
                .unsupported,
                "init_lora_weights \"\(start.prefix(64))\" changed the base weights; save the adapter converted to plain LoRA"
            )
        }
    }

    /// Whether a value is more than absent, false, zero or empty.
    private static func isSet(_ value: JSONValue) -> Bool {
        switch value {
        case .null, .bool(false), .integer(0): false
        case .string(let text): !text.isEmpty
        case .array(let items): !items.isEmpty
        case .object(let members): !members.isEmpty
        default: true
        }
    }
}
