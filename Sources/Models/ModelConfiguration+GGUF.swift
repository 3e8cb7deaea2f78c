internal import Tensors

extension ModelConfiguration {
    /// Reads the metadata of a GGUF file.
    ///
    /// | meaning | key, after the architecture |
    /// |---|---|
    /// | layers, width, feed-forward width | `block_count`, `embedding_length`, `feed_forward_length` |
    /// | heads | `attention.head_count`, `attention.head_count_kv`, `attention.key_length` |
    /// | norm | `attention.layer_norm_rms_epsilon` |
    /// | rotary embedding | `rope.freq_base`, `rope.dimension_count`, `rope.scaling.type`, `rope.scaling.factor` |
    /// | window | `attention.sliding_window` (only Mistral's files, whose architecture is `llama`) |
    ///
    /// The divisors of the tensor `rope_freqs.weight` come on top; see `Checkpoint.init(gguf:)`.
    init(gguf metadata: [String: GGUFValue]) throws(ModelError) {
        let fields = try GGUFFields(metadata)
        try fields.refuseForeignFeatures()
        let window = try fields.optionalInteger("attention.sliding_window") ?? 0
        let isWindowed = fields.architecture == .llama && window > 0
        family = isWindowed ? .mistral : fields.architecture
        name = metadata["general.name"]?.string
        hiddenSize = try fields.integer("embedding_length")
        layerCount = try fields.integer("block_count")
        queryHeads = try fields.integer("attention.head_count")
        keyValueHeads = try fields.optionalInteger("attention.head_count_kv") ?? queryHeads
        guard queryHeads > 0, layerCount > 0, layerCount <= 4096 else {
            throw ModelError(
                .malformed,
                "\(fields.key("attention.head_count")) is \(queryHeads) and \(fields.key("block_count")) is \(layerCount); at least 1 and in 1...4096 are needed"
            )
        }
        headDimension =
            try fields.optionalInteger("attention.key_length") ?? hiddenSize / queryHeads
        for key in ["attention.value_length", "rope.dimension_count"] {
            let value = try fields.optionalInteger(key) ?? headDimension
            guard value == headDimension else {
                throw ModelError(
                    .unsupported,
                    "\(fields.key(key)) is \(value), but heads have \(headDimension) elements; only equal sizes are supported"
                )
            }
        }
        feedForwardSize = try fields.integer("feed_forward_length")
        vocabularySize = try fields.vocabularySize()
        normEpsilon = Float(try fields.number("attention.layer_norm_rms_epsilon"))
        contextLength = try fields.integer("context_length")
        ropeTheta = try fields.optionalNumber("rope.freq_base") ?? 10_000
        ropeScaling = try fields.ropeScaling()
        windows = [Int?](repeating: isWindowed ? window : nil, count: layerCount)
        isTied = false
        endOfTextIDs = try fields.endOfTextIDs()
        try validate { fields.key(Self.keys[$0] ?? $0) }
    }

    /// The keys of `config.json` and what GGUF calls them.
    private static let keys = [
        "hidden_size": "embedding_length", "num_hidden_layers": "block_count",
        "num_attention_heads": "attention.head_count",
        "num_key_value_heads": "attention.head_count_kv", "head_dim": "attention.key_length",
        "intermediate_size": "feed_forward_length", "max_position_embeddings": "context_length",
        "rms_norm_eps": "attention.layer_norm_rms_epsilon", "rope_theta": "rope.freq_base",
    ]
}

/// Metadata of one architecture, with errors that name the key.
private struct GGUFFields {
    let metadata: [String: GGUFValue]
    let architecture: ModelFamily

    init(_ metadata: [String: GGUFValue]) throws(ModelError) {
        guard let name = metadata["general.architecture"]?.string else {
            throw ModelError(
                .malformed, "general.architecture is missing; is this a model's GGUF file?")
        }
        // llama.cpp has no mistral of its own for these models: they are written as llama.
        guard let architecture = ModelFamily(rawValue: name), architecture != .mistral else {
            throw ModelError(
                .unsupported,
                "general.architecture \"\(name.prefix(64))\" is not supported; known are llama, qwen2, qwen3"
            )
        }
        self.metadata = metadata
        self.architecture = architecture
    }

    func key(_ suffix: String) -> String { "\(architecture.rawValue).\(suffix)" }

    func optionalInteger(_ suffix: String) throws(ModelError) -> Int? {
        guard let value = metadata[key(suffix)] else { return nil }
        guard let integer = value.int else {
            throw ModelError(.malformed, "\(key(suffix)) is no whole number")
        }
        return integer
    }

    func integer(_ suffix: String) throws(ModelError) -> Int {
        guard let value = try optionalInteger(suffix) else {
            throw ModelError(.malformed, "\(key(suffix)) is missing")
        }
        return value
    }

    func optionalNumber(_ suffix: String) throws(ModelError) -> Double? {
        guard let value = metadata[key(suffix)] else { return nil }
        guard let number = value.double, number.isFinite else {
            throw ModelError(.malformed, "\(key(suffix)) is no finite number")
        }
        return number
    }

    func number(_ suffix: String) throws(ModelError) -> Double {
        guard let value = try optionalNumber(suffix) else {
            throw ModelError(.malformed, "\(key(suffix)) is missing")
        }
        return value
    }

    func refuseForeignFeatures() throws(ModelError) {
        if let parts = metadata["split.count"]?.int, parts > 1 {
            throw ModelError(
                .unsupported,
                "split.count is \(parts): one of several files; join them with llama-gguf-split --merge"
            )
        }
        for suffix in ["expert_count", "attention.clamp_kqv"] where metadata[key(suffix)] != nil {
            guard try number(suffix) == 0 else {
                throw ModelError(.unsupported, "\(key(suffix)): not supported")
            }
        }
    }

    func vocabularySize() throws(ModelError) -> Int {
        if let size = try optionalInteger("vocab_size") { return size }
        guard let tokens = metadata["tokenizer.ggml.tokens"]?.array else {
            throw ModelError(
                .malformed, "\(key("vocab_size")) and tokenizer.ggml.tokens are missing")
        }
        return tokens.count
    }

    func ropeScaling() throws(ModelError) -> RopeScaling {
        let suffix = "rope.scaling.type"
        let kind = metadata[key(suffix)]?.string ?? "none"
        switch kind {
        case "none":
            return .none
        case "linear":
            let factor = try number("rope.scaling.factor")
            guard factor > 0 else {
                throw ModelError(.malformed, "\(key("rope.scaling.factor")) is \(factor)")
            }
            return .linear(factor: factor)
        default:
            throw ModelError(
                .unsupported,
                "\(key(suffix)) \"\(kind.prefix(64))\" is not supported; known are none, linear, and the tensor rope_freqs.weight"
            )
        }
    }

    func endOfTextIDs() throws(ModelError) -> [Int32] {
        var ids: [Int32] = []
        for key in ["eos", "eot", "eom"].map({ "tokenizer.ggml.\($0)_token_id" }) {
            guard let value = metadata[key] else { continue }
            guard let id = value.int.flatMap(Int32.init(exactly:)) else {
                throw ModelError(.malformed, "\(key) is no token id")
            }
            if !ids.contains(id) { ids.append(id) }
        }
        return ids
    }
}
