internal import Adapters
internal import Kernels
public import Tensors

extension ModelConfiguration {
    /// Reads a `config.json` as transformers 4 or 5 writes it.
    ///
    /// | meaning | transformers 4 | transformers 5 |
    /// |---|---|---|
    /// | rotary base | `rope_theta` | `rope_parameters.rope_theta` |
    /// | rotary scaling | `rope_scaling` (`rope_type` or `type`) | `rope_parameters` |
    /// | weight type | `torch_dtype` | `dtype` (both unused: the tensors tell) |
    ///
    /// - Throws: for keys that are missing or lie, and for keys that change what a model computes and that its family does
    ///   not have (`ConsequentialKeys`).
    public init(json: JSONValue) throws(ModelError) {
        guard let type = json["model_type"]?.string else {
            throw ModelError(.malformed, "no model_type; is this a transformers config.json?")
        }
        if let key = ModelFamily.wrappers[type] {
            try self.init(wrapper: json, key: key)
            return
        }
        guard let object = json.object,
            let family = ModelFamily.all.first(where: { $0.name == type })
        else {
            let known = ModelFamily.all.map(\.name) + ModelFamily.wrappers.keys.sorted()
            throw ModelError(
                .unsupported,
                "the model type \(type.quoted) is not supported; known are \(known.joined(separator: ", "))"
            )
        }
        try self.init(object, family: family)
    }

    /// The text model of one that reads images too.
    private init(wrapper json: JSONValue, key: String) throws(ModelError) {
        guard var text = json[key]?.object else {
            throw ModelError(.malformed, "\(key) is missing")
        }
        // What the whole says holds for the part, unless that says it as well.
        for name in ["eos_token_id", "tie_word_embeddings", "_name_or_path"] {
            if let value = json[name] { text.append(name, value) }
        }
        text.append("model_type", .string("\(json["model_type"]?.string ?? "")_text"))
        try self.init(json: .object(text))
    }

    private init(_ object: JSONObject, family: ModelFamily) throws(ModelError) {
        let fields = ConfigurationFields(object, defaults: family.defaults)
        self.family = family
        name = try fields.string("_name_or_path")
        activation = try Self.activation(fields, of: family)
        hiddenSize = try fields.integer("hidden_size")
        let layerCount = try fields.integer("num_hidden_layers")
        queryHeads = try fields.integer("num_attention_heads")
        keyValueHeads = try fields.optionalInteger("num_key_value_heads") ?? queryHeads
        headDimension =
            try fields.optionalInteger("head_dim") ?? (queryHeads > 0 ? hiddenSize / queryHeads : 0)
        feedForwardSize = try fields.integer("intermediate_size")
        vocabularySize = try fields.integer("vocab_size")
        normEpsilon = Float(try fields.optionalNumber("rms_norm_eps") ?? 1e-6)
        contextLength = try fields.optionalInteger("max_position_embeddings") ?? 2048
        isTied = try fields.flag("tie_word_embeddings")
        endOfTextIDs = Self.identifiers(fields.value("eos_token_id"))
        biases = family.biases
        for (key, linears) in family.optionalBiases where try fields.flag(key) {
            biases.formUnion(linears)
        }
        for (key, value, limit) in [
            ("num_hidden_layers", layerCount, 4096),
            ("head_dim", headDimension, AttentionShape.largestHeadDimension),
        ] {
            guard (1...limit).contains(value) else {
                throw ModelError(.malformed, "\(key) is \(value); it has to be in 1...\(limit)")
            }
        }
        let plan = try LayerPlan(fields, family: family, layerCount: layerCount)
        layers = plan.layers
        rotaries = try RopeFields(
            fields, family: family, headDimension: headDimension, contextLength: contextLength
        ).rotaries()
        multipliers = Multipliers(attention: 1 / Float(max(headDimension, 1)).squareRoot())
        let has = { family.keys.contains($0) }
        if family.scalesEmbeddings { multipliers.embedding = Float(hiddenSize).squareRoot() }
        if has("embedding_multiplier") {
            multipliers.embedding = Float(try fields.optionalNumber("embedding_multiplier") ?? 1)
            multipliers.residual = Float(try fields.optionalNumber("residual_multiplier") ?? 1)
            multipliers.attention = Float(try fields.positive("attention_multiplier"))
            multipliers.logits = 1 / Float(try fields.optionalNumber("logits_scaling") ?? 1)
        }
        if has("query_pre_attn_scalar") {
            multipliers.attention =
                1 / Float(try fields.positive("query_pre_attn_scalar")).squareRoot()
        }
        if has("attn_logit_softcapping") {
            attentionCap = try fields.optionalNumber("attn_logit_softcapping").map { Float($0) }
        }
        if has("final_logit_softcapping") {
            logitCap = try fields.optionalNumber("final_logit_softcapping").map { Float($0) }
        }
        try validate()
        contextLength = max(contextLength, stretchedContextLength)
        try validate()
        try fields.refuseUnread(
            where: { ConsequentialKeys.includes($0, of: family) },
            reason:
                "a model of the type \(family.name) has no such thing in transformers; remove the key if the model was trained without"
        )
    }

    /// The id or ids of an `eos_token_id`.
    static func identifiers(_ value: JSONValue?) -> [Int32] {
        (value?.array ?? value.map { [$0] } ?? []).compactMap {
            $0.int.flatMap(Int32.init(exactly:))
        }
    }

    private static let activations: [String: Activation] = [
        "silu": .silu, "swish": .silu, "gelu": .gelu, "gelu_python": .gelu,
        "gelu_pytorch_tanh": .geluTanh, "gelu_new": .geluTanh,
    ]

    private static func activation(
        _ fields: ConfigurationFields, of family: ModelFamily
    ) throws(ModelError) -> Activation {
        guard let name = try fields.string(family.activationKey) else { return family.activation }
        guard let activation = activations[name] else {
            throw ModelError(
                .unsupported,
                "\(family.activationKey) \(name.quoted) is not supported; known are \(activations.keys.sorted().joined(separator: ", "))"
            )
        }
        return activation == .gelu && family.readsGeluAsTanh ? .geluTanh : activation
    }

    /// The tokens that the scaling of the rotary embedding stretches the original context to.
    var stretchedContextLength: Int {
        rotaries.reduce(0) { longest, rotary in
            let length: Double =
                switch rotary.scaling {
                case .yarn(let scaling): scaling.factor * scaling.originalContext
                case .dynamic(let factor, let context): factor * Double(context)
                case .none, .linear, .llama3, .divisors, .longRope: 0
                }
            // More than a context may be is refused, whatever it is.
            return max(longest, length < 0x1p31 ? Int(length) : 1 << 31)
        }
    }
}
