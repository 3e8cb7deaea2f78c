internal import Tensors

/// What an `adapter_config.json` says about scaling and targets, and a refusal of everything that would not be applied fully.
struct AdapterConfiguration: Sendable {
    /// nil: factors are as they are.
    let alpha: Double?
    let usesRankStabilization: Bool
    let usesMagnitudes: Bool
    /// Whether B has a bias.
    let usesBias: Bool
    /// Whether the head of a tied base shares what the embedding gets.
    let tiesWeights: Bool
    /// The base that the adapter was trained on, as its author named it.
    let baseName: String?
    /// The digest of that base, where a tool of ours wrote the adapter.
    let baseDigest: Digest?
    let targets: AdapterTargets
    /// nil: whatever the tensors have.
    private let rank: Int?
    private let rankPattern: [(ModulePattern, Double)]
    private let alphaPattern: [(ModulePattern, Double)]

    /// The largest rank and alpha that are taken for meant.
    static let largestRank = 1024
    static let largestAlpha = 16384.0
    /// More than one for each linear layer of a model of 128 layers.
    static let largestPatternCount = 1024

    init(json: JSONValue) throws(AdapterError) {
        try AdapterSettings.check(json)
        guard let rank = json["r"]?.int, (1...Self.largestRank).contains(rank) else {
            throw AdapterError(.malformed, "r is missing or not in 1...\(Self.largestRank)")
        }
        guard let alpha = json["lora_alpha"]?.double, alpha > 0, alpha <= Self.largestAlpha else {
            throw AdapterError(
                .malformed, "lora_alpha is missing or not in (0, \(Int(Self.largestAlpha))]")
        }
        self.rank = rank
        self.alpha = alpha
        usesRankStabilization = try Self.flag(json, "use_rslora")
        usesMagnitudes = try Self.flag(json, "use_dora")
        usesBias = try Self.flag(json, "lora_bias")
        tiesWeights = try Self.flag(json, "ensure_weight_tying")
        guard !(usesBias && usesMagnitudes) else {
            throw AdapterError(.malformed, "lora_bias and use_dora exclude each other")
        }
        let bias = json["bias"] ?? .null
        guard bias.isNull || ["none", "all", "lora_only"].contains(bias.string) else {
            throw AdapterError(
                .malformed,
                "bias is \(bias.text.prefix(64)), not \"none\", \"all\" or \"lora_only\"")
        }
        baseName = json["base_model_name_or_path"]?.string
        rankPattern = try Self.patterns(
            json, "rank_pattern", limit: Double(Self.largestRank), isWhole: true)
        alphaPattern = try Self.patterns(json, "alpha_pattern", limit: Self.largestAlpha)
        targets = try AdapterTargets(json: json)
        guard let text = json["fusebox_base_digest"]?.string else {
            baseDigest = nil
            return
        }
        guard let digest = Digest(text) else {
            throw AdapterError(.malformed, "fusebox_base_digest is no SHA-256 in hexadecimal")
        }
        baseDigest = digest
    }

    /// Plain LoRA of one alpha, on whatever has tensors.
    init(alpha: Double?, baseName: String?) {
        self.alpha = alpha
        self.baseName = baseName
        usesRankStabilization = false
        usesMagnitudes = false
        usesBias = false
        tiesWeights = false
        baseDigest = nil
        targets = AdapterTargets()
        rank = nil
        rankPattern = []
        alphaPattern = []
    }

    /// The rank that the configuration gives to a module; nil when it gives none.
    func rank(of module: String) -> Int? {
        rankPattern.first { $0.0.matches(module) }.map { Int($0.1) } ?? rank
    }

    /// alpha / rank, or alpha / sqrt(rank) with rank stabilization (rsLoRA, Kalajdzievski 2023): computed only here.
    func scale(of module: String, rank: Int) -> Double {
        guard let alpha = alphaPattern.first(where: { $0.0.matches(module) })?.1 ?? self.alpha
        else {
            return 1
        }
        return alpha / (usesRankStabilization ? Double(rank).squareRoot() : Double(rank))
    }

    /// What multiplies the product of a module's factors.
    ///
    /// - Throws: for a rank other than the configuration's, or beyond the largest.
    func factor(
        of module: AdapterModule, _ pair: AdapterTensors.Pair
    ) throws(AdapterError) -> Float {
        let rank = pair.a.shape[0]
        let needed = self.rank(of: pair.path)
        guard rank == needed ?? rank else {
            throw AdapterError(
                .mismatch,
                "\(module.name): the rank is \(rank), the configuration says \(needed ?? rank)")
        }
        guard rank <= Self.largestRank else {
            throw AdapterError(
                .unsupported,
                "\(module.name): the rank is \(rank), at most \(Self.largestRank) are supported")
        }
        return Float(scale(of: pair.path, rank: rank))
    }

    /// Refuses a base other than the one that is recorded.
    func check(_ base: BaseShape) throws(AdapterError) {
        guard let baseDigest, baseDigest != base.digest else { return }
        throw AdapterError(
            .mismatch,
            "was made for the base \(baseDigest), this one is \(base.digest); use that one, or, for the same model in another file, take fusebox_base_digest out of adapter_config.json"
        )
    }

    private static func flag(_ json: JSONValue, _ key: String) throws(AdapterError) -> Bool {
        let value = json[key] ?? .null
        guard value.isNull || value.bool != nil else {
            throw AdapterError(.malformed, "\(key) is neither true nor false")
        }
        return value.bool ?? false
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
            let pattern: ModulePattern
            do {
                pattern = try ModulePattern(expression)
            } catch {
                throw AdapterError(
                    .unsupported,
                    "\(key): the regular expression \"\(expression.prefix(128))\" has \(error), which is not read; write the module names out"
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
}
