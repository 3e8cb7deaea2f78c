internal import Tensors

/// What an `adapter_config.json` says about scaling, and a refusal of everything that would not be applied fully.
struct AdapterConfiguration: Sendable {
    let rank: Int
    let alpha: Double
    let usesRankStabilization: Bool
    /// The base that the adapter was trained on, as its author named it.
    let baseName: String?
    /// The digest of that base, where a tool of ours wrote the adapter.
    let baseDigest: Digest?
    private let rankPattern: [(ModulePattern, Double)]
    private let alphaPattern: [(ModulePattern, Double)]

    /// The largest rank and alpha that are taken for meant.
    static let largestRank = 256
    static let largestAlpha = 4096.0
    /// More than one for each linear layer of a model of 128 layers.
    static let largestPatternCount = 1024

    init(json: JSONValue) throws(AdapterError) {
        try Self.refuseForeignFeatures(json)
        guard let rank = json["r"]?.int, (1...Self.largestRank).contains(rank) else {
            throw AdapterError(.malformed, "r is missing or not in 1...\(Self.largestRank)")
        }
        guard let alpha = json["lora_alpha"]?.double, alpha > 0, alpha <= Self.largestAlpha else {
            throw AdapterError(
                .malformed, "lora_alpha is missing or not in (0, \(Int(Self.largestAlpha))]")
        }
        self.rank = rank
        self.alpha = alpha
        let stabilization = json["use_rslora"] ?? .null
        guard stabilization.isNull || stabilization.bool != nil else {
            throw AdapterError(.malformed, "use_rslora is neither true nor false")
        }
        usesRankStabilization = stabilization.bool ?? false
        baseName = json["base_model_name_or_path"]?.string
        rankPattern = try Self.patterns(
            json, "rank_pattern", limit: Double(Self.largestRank), isWhole: true)
        alphaPattern = try Self.patterns(json, "alpha_pattern", limit: Self.largestAlpha)
        guard let text = json["fusebox_base_digest"]?.string else {
            baseDigest = nil
            return
        }
        guard let digest = Digest(text) else {
            throw AdapterError(.malformed, "fusebox_base_digest is no SHA-256 in hexadecimal")
        }
        baseDigest = digest
    }

    /// The rank that the configuration gives to a module.
    func rank(of module: String) -> Int {
        rankPattern.first { $0.0.matches(module) }.map { Int($0.1) } ?? rank
    }

    /// alpha / rank, or alpha / sqrt(rank) with rank stabilization (rsLoRA, Kalajdzievski 2023): computed only here.
    func scale(of module: String, rank: Int) -> Double {
        let alpha = alphaPattern.first { $0.0.matches(module) }?.1 ?? self.alpha
        return alpha / (usesRankStabilization ? Double(rank).squareRoot() : Double(rank))
    }

    private static func patterns(
        _ json: JSONValue, _ key: String, limit: Double, isWhole: Bool = false
    ) throws(AdapterError) -> [(ModulePattern, Double)] {
        let value = json[key] ?? .null
        guard value.isNull || value.object != nil else {
            throw AdapterError(.malformed, "\(key) is no object of module names and numbers")
        }
        let members = value.object ?? [:]
        guard members.count <= largestPatternCount else {
            throw AdapterError(
                .malformed,
                "\(key) has \(members.count) members, allowed are \(largestPatternCount)")
        }
        var patterns: [(ModulePattern, Double)] = []
        for (expression, value) in members {
            guard let pattern = ModulePattern(expression) else {
                throw AdapterError(
                    .unsupported,
                    "\(key): \"\(expression.prefix(128))\" uses regular expressions that are not read; write the module names out"
                )
            }
            guard let number = value.double, number > 0, number <= limit,
                !isWhole || value.int != nil
            else {
                throw AdapterError(
                    .malformed,
                    "\(key): \"\(expression.prefix(128))\" is no \(isWhole ? "whole " : "")number in (0, \(Int(limit))]"
                )
            }
            patterns.append((pattern, number))
        }
        return patterns
    }

    private static func refuseForeignFeatures(_ json: JSONValue) throws(AdapterError) {
        let kind = json["peft_type"]?.string ?? "none"
        guard kind == "LORA" else {
            throw AdapterError(
                .unsupported, "peft_type \"\(kind.prefix(64))\" is not supported; only LORA is")
        }
        let refused = [
            (
                "use_dora",
                "DoRA is not additive and cannot be mixed; merge it into a base of its own"
            ),
            (
                "modules_to_save",
                "whole replaced modules cannot be mixed; train with LoRA on them instead"
            ),
            ("trainable_token_indices", "trained token embeddings cannot be mixed"),
            ("lora_bias", "biases of adapters are not supported; train with lora_bias=False"),
            ("layer_replication", "replicated layers need another base"),
            ("alora_invocation_tokens", "activated LoRA is not supported"),
            ("target_parameters", "adapters on bare parameters are not supported"),
            ("fan_in_fan_out", "transposed weights (Conv1D) are not supported"),
            ("use_qalora", "QA-LoRA pools its inputs and is not supported"),
            ("use_bdlora", "block-diagonal LoRA is not supported"),
            ("arrow_config", "Arrow routes by itself; list its adapters instead"),
            ("kasa_config", "KaSA changes the base weights and is not supported"),
            ("velora_config", "VeLoRA is not supported"),
            ("monteclora_config", "MonteCLoRA is not supported"),
        ]
        for (key, reason) in refused where isSet(json[key]) {
            throw AdapterError(.unsupported, "\(key): \(reason)")
        }
        let bias = json["bias"] ?? .null
        guard bias.isNull || bias.string == "none" else {
            throw AdapterError(
                .unsupported,
                "bias \(bias.text.prefix(64)): trained biases cannot be mixed; train with bias=\"none\""
            )
        }
        if let start = json["init_lora_weights"]?.string,
            ["pissa", "olora", "corda", "loftq", "lora_ga"].contains(where: { start.hasPrefix($0) })
        {
            throw AdapterError(
                .unsupported,
                "init_lora_weights \"\(start.prefix(64))\" changed the base weights; save the adapter converted to plain LoRA"
            )
        }
    }

    private static func isSet(_ value: JSONValue?) -> Bool {
        switch value {
        case nil, .null, .bool(false): false
        case .array(let items): !items.isEmpty
        case .object(let members): !members.isEmpty
        default: true
        }
    }
}
