public import Tensors

extension ModelConfiguration {
    /// Reads a `config.json` as transformers 4 or 5 writes it.
    ///
    /// | meaning | transformers 4 | transformers 5 |
    /// |---|---|---|
    /// | rotary base | `rope_theta` | `rope_parameters.rope_theta` |
    /// | rotary scaling | `rope_scaling` (`rope_type` or `type`) | `rope_parameters` |
    /// | weight type | `torch_dtype` | `dtype` (both unused: the tensors tell) |
    public init(json: JSONValue) throws(ModelError) {
        guard let type = json["model_type"]?.string else {
            throw ModelError(.malformed, "no model_type; is this a transformers config.json?")
        }
        guard let family = ModelFamily(rawValue: type) else {
            throw ModelError(
                .unsupported,
                "the model type \"\(type.prefix(64))\" is not supported; known are \(ModelFamily.allCases.map(\.rawValue).joined(separator: ", "))"
            )
        }
        let activation = json["hidden_act"]?.string ?? "silu"
        guard activation == "silu" else {
            throw ModelError(
                .unsupported,
                "hidden_act \"\(activation.prefix(64))\" is not supported; only silu is")
        }
        func integer(_ key: String) throws(ModelError) -> Int {
            guard let value = json[key]?.int else {
                throw ModelError(.malformed, "\(key) is missing or no integer")
            }
            return value
        }
        self.family = family
        self.name = json["_name_or_path"]?.string
        hiddenSize = try integer("hidden_size")
        layerCount = try integer("num_hidden_layers")
        queryHeads = try integer("num_attention_heads")
        keyValueHeads = json["num_key_value_heads"]?.int ?? queryHeads
        headDimension = json["head_dim"]?.int ?? (queryHeads > 0 ? hiddenSize / queryHeads : 0)
        feedForwardSize = try integer("intermediate_size")
        vocabularySize = try integer("vocab_size")
        normEpsilon = Float(json["rms_norm_eps"]?.double ?? 1e-6)
        contextLength = json["max_position_embeddings"]?.int ?? 2048
        isTied = json["tie_word_embeddings"]?.bool ?? false
        endOfTextIDs = Self.identifiers(json["eos_token_id"])
        let rope = json["rope_parameters"] ?? json["rope_scaling"]
        ropeTheta = rope?["rope_theta"]?.double ?? json["rope_theta"]?.double ?? 10_000
        ropeScaling = try Self.scaling(rope)
        guard layerCount > 0, layerCount <= 4096 else {
            throw ModelError(
                .malformed, "num_hidden_layers is \(layerCount); it has to be in 1...4096")
        }
        windows = try Self.windows(json, family: family, layerCount: layerCount)
        try validate()
    }

    /// The id or ids of an `eos_token_id`.
    static func identifiers(_ value: JSONValue?) -> [Int32] {
        (value?.array ?? value.map { [$0] } ?? []).compactMap {
            $0.int.flatMap(Int32.init(exactly:))
        }
    }

    private static func scaling(_ rope: JSONValue?) throws(ModelError) -> RopeScaling {
        guard let rope, !rope.isNull else { return .none }
        let kind = rope["rope_type"]?.string ?? rope["type"]?.string ?? "default"
        func number(_ key: String) throws(ModelError) -> Double {
            guard let value = rope[key]?.double, value.isFinite, value > 0 else {
                throw ModelError(
                    .malformed, "rope scaling \"\(kind)\": \(key) is missing or not positive")
            }
            return value
        }
        switch kind {
        case "default":
            return .none
        case "linear":
            return .linear(factor: try number("factor"))
        case "llama3":
            let scaling = (
                factor: try number("factor"), low: try number("low_freq_factor"),
                high: try number("high_freq_factor"),
                context: try number("original_max_position_embeddings")
            )
            guard scaling.high > scaling.low else {
                throw ModelError(
                    .malformed, "rope scaling: high_freq_factor has to exceed low_freq_factor")
            }
            return .llama3(
                factor: scaling.factor, low: scaling.low, high: scaling.high,
                originalContext: scaling.context)
        default:
            throw ModelError(
                .unsupported,
                "rope scaling \"\(kind.prefix(64))\" is not supported; known are default, linear, llama3"
            )
        }
    }

    private static func windows(
        _ json: JSONValue, family: ModelFamily, layerCount: Int
    ) throws(ModelError) -> [Int?] {
        let all = [Int?](repeating: nil, count: layerCount)
        guard let window = json["sliding_window"]?.int else { return all }
        guard window > 0 else { throw ModelError(.malformed, "sliding_window is \(window)") }
        if let types = json["layer_types"]?.array, types.count == layerCount {
            return types.map { $0.string == "sliding_attention" ? window : nil }
        }
        switch family {
        case .llama:
            return all
        case .mistral:
            return all.map { _ in window }
        case .qwen2, .qwen3:
            guard json["use_sliding_window"]?.bool ?? false else { return all }
            let first = json["max_window_layers"]?.int ?? 28
            return (0..<layerCount).map { $0 >= first ? window : nil }
        }
    }
}
