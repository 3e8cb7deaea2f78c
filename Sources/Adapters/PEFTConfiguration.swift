internal import Tensors

/// The `adapter_config.json` that says of factors what they are, and the factors as it says it.
///
/// PEFT knows a scale as alpha / rank. A scale of 24 bits times a rank of 10 is exact in a double, and so is its quotient, so that
/// readers get the scale back to the bit; whole alphas are preferred where they give the same.
struct PEFTConfiguration {
    private(set) var json: JSONObject
    /// With the scale in B where no alpha that is taken for meant says it.
    private(set) var modules: [AdapterModule: AdapterFactors] = [:]

    init(_ file: AdapterFile) throws(AdapterError) {
        var alphas: [AdapterModule: Double] = [:]
        for (module, factors) in file.modules {
            if let alpha = Self.alpha(of: factors) {
                modules[module] = factors
                alphas[module] = alpha
            } else {
                modules[module] = try AdapterFactors(
                    a: factors.a, b: factors.b.map { $0 * factors.scale }, rank: factors.rank,
                    scale: 1)
                alphas[module] = Double(factors.rank)
            }
        }
        let ranks = modules.mapValues { Double($0.rank) }
        let rank = Self.mostCommon(ranks.values)
        let alpha = Self.mostCommon(alphas.values)
        json = [
            "peft_type": .string("LORA"), "task_type": .string("CAUSAL_LM"),
            "base_model_name_or_path": .string(file.baseName),
            "fusebox_base_digest": .string(file.base.digest.description),
            "r": Self.number(rank), "lora_alpha": Self.number(alpha),
            "rank_pattern": Self.pattern(ranks, except: rank, order: file.sortedModules),
            "alpha_pattern": Self.pattern(alphas, except: alpha, order: file.sortedModules),
            "target_modules": .array(Self.targets(file).map { .string($0) }),
            "bias": .string("none"), "lora_dropout": .number(0), "use_rslora": .bool(false),
            "use_dora": .bool(false), "inference_mode": .bool(true),
        ]
        if let layers = Self.layers(file) {
            json.append("layers_to_transform", .array(layers.map { .integer(Int64($0)) }))
        }
    }

    /// The alpha that gives the scale; nil where none in `(0, largestAlpha]` does.
    private static func alpha(of factors: AdapterFactors) -> Double? {
        let rank = Double(factors.rank)
        let exact = Double(factors.scale) * rank
        let whole = exact.rounded()
        let alpha = Float(whole / rank) == factors.scale ? whole : exact
        return alpha > 0 && alpha <= AdapterConfiguration.largestAlpha ? alpha : nil
    }

    /// The larger where several are as common.
    private static func mostCommon(_ values: some Sequence<Double>) -> Double {
        let counts = Dictionary(values.map { ($0, 1) }, uniquingKeysWith: +)
        return counts.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key ?? 1
    }

    /// The values of modules that have another than most.
    private static func pattern(
        _ values: [AdapterModule: Double], except common: Double, order: [AdapterModule]
    ) -> JSONValue {
        var members = JSONObject()
        for module in order {
            guard let value = values[module], value != common else { continue }
            members.append(module.name, number(value))
        }
        return .object(members)
    }

    /// The last component of names that all layers have, or the same ones of them, and the whole name of other modules.
    private static func targets(_ file: AdapterFile) -> [String] {
        let layerCount = layers(file)?.count ?? file.base.layerCount
        return kinds(file).sorted { $0.key < $1.key }.flatMap { kind, modules in
            modules.count == layerCount || modules == [.head] ? [kind] : modules.map(\.name)
        }
    }

    /// The layers that all kinds of modules have; nil where those are all layers, or not the same for each kind.
    private static func layers(_ file: AdapterFile) -> [Int]? {
        let layers = Set(kinds(file).values.map { $0.map(\.layer) })
        guard layers.count == 1, let first = layers.first else { return nil }
        let numbers = first.compactMap(\.self)
        return numbers.count == first.count && numbers.count < file.base.layerCount ? numbers : nil
    }

    private static func kinds(_ file: AdapterFile) -> [String: [AdapterModule]] {
        Dictionary(grouping: file.sortedModules) { module in
            module.name.split(separator: ".").last.map(String.init) ?? module.name
        }
    }

    private static func number(_ value: Double) -> JSONValue {
        Int64(exactly: value).map { .integer($0) } ?? .number(value)
    }
}
