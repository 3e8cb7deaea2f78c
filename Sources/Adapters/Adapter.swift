public import Kernels
public import Tensors

/// A LoRA adapter, bound to a base and packed for the kernels; read-only.
public struct Adapter: Sendable {
    /// SHA-256 of configuration and tensors: the adapter's identity.
    public let digest: Digest
    /// The largest rank of its modules.
    public let rank: Int
    /// Memory that it takes.
    public let byteCount: Int
    /// What a user should know, and what every reply made with it repeats.
    public let warnings: [String]
    /// By site, the head's last, nil where it adds nothing.
    public let terms: [LowRankTerm?]
    /// What becomes of the embedding and of a replaced head.
    public let vocabulary: VocabularyTerm?

    /// Loads an adapter for a base: a PEFT directory (`adapter_config.json`, `adapter_model.safetensors`) or a GGUF file.
    ///
    /// The files are read into memory, so that a later change on disk changes nothing.
    ///
    /// - Parameters:
    ///   - weights: the base's, which DoRA and whole tensors are compared with; nil: the adapter is only checked.
    ///   - format: what the factors are rounded to; 32-bit floats keep all that checkpoints store.
    /// - Throws: for everything that could not be applied fully: see `AdapterConfiguration` and `AdapterTensors`.
    public init(
        path: String, base: BaseShape, weights: (any BaseWeights)? = nil,
        format: FactorFormat = .f32
    ) throws(AdapterError) {
        let files = try AdapterFiles(path: path)
        do throws(AdapterError) {
            try self.init(files, base: base, weights: weights, format: format)
        } catch {
            throw AdapterError(error.code, "\(path): \(error)")
        }
    }

    private init(
        _ files: AdapterFiles, base: BaseShape, weights: (any BaseWeights)?, format: FactorFormat
    ) throws(AdapterError) {
        let configuration = try files.configuration()
        let tensors = try files.tensors(base: base, targets: configuration.targets)
        try configuration.check(base)
        let copies = try AdapterCopies(
            tensors.copies, base: base, weights: weights, targets: configuration.targets)
        let terms = AdapterTerms(
            configuration: configuration, tensors: tensors, copies: copies, base: base,
            weights: weights, format: format)
        self.terms = try terms.bySite()
        vocabulary = try terms.vocabulary()
        guard !tensors.pairs.isEmpty || !tensors.copies.isEmpty || !tensors.leftOut.isEmpty else {
            throw AdapterError(
                .malformed,
                "holds no LoRA tensors"
                    + (tensors.ofImages.isEmpty ? "" : " but those of parts that read images"))
        }
        digest = files.digest
        rank = tensors.pairs.values.reduce(0) { max($0, $1.a.shape[0]) }
        byteCount = self.terms.reduce(vocabulary?.byteCount ?? 0) { $0 + ($1?.byteCount ?? 0) }
        warnings = Self.warnings(configuration, tensors, copies, base: base)
    }

    /// All but the weights.
    public var summary: AdapterSummary {
        AdapterSummary(
            digest: digest, rank: rank, byteCount: byteCount, warnings: warnings,
            replacesEmbedding: vocabulary?.otherEmbedding != nil,
            replacesHead: vocabulary?.otherHead != nil,
            scalesHead: terms.last??.scales == true)
    }

    /// The identity of an adapter, without a base to load it for.
    public static func digest(path: String) throws(AdapterError) -> Digest {
        try AdapterFiles(path: path).digest
    }

    /// - Parameter copies: nil: there are none.
    static func warnings(
        _ configuration: AdapterConfiguration, _ tensors: AdapterTensors,
        _ copies: AdapterCopies? = nil, base: BaseShape
    ) -> [String] {
        var warnings: [String] = []
        if let name = configuration.baseName, !isSameBase(name, base.name) {
            warnings.append("was trained on \"\(name.prefix(128))\", the base is \"\(base.name)\"")
        }
        if !tensors.leftOut.isEmpty {
            warnings.append(
                "left out, since the configuration does not target them: \(some(tensors.leftOut))")
        }
        if !tensors.ofImages.isEmpty {
            warnings.append(
                "left out, since they read images and the base is a text model: \(some(tensors.ofImages))"
            )
        }
        var missing: Set<String> = []
        for layer in 0..<base.layerCount where configuration.targets.areGiven {
            for linear in LinearName.allCases {
                let module = AdapterModule.linear(layer: layer, linear)
                if tensors.pairs[module] == nil,
                    configuration.targets.includes(module.name, isLinear: true)
                {
                    missing.insert(module.name)
                }
            }
        }
        if !missing.isEmpty {
            warnings.append("targets modules of which it has no tensors: \(some(missing))")
        }
        for (name, copy) in [("embed_tokens", copies?.embedding), ("lm_head", copies?.head)]
        where copy != nil {
            warnings.append(
                "has an \(name) of its own, so it does not mix with other adapters that have one")
        }
        return warnings
    }

    /// The first names and how many more there are.
    private static func some(_ names: Set<String>) -> String {
        let first = names.sorted().prefix(3).map { String($0.prefix(128)) }
        let more = names.count - first.count
        return first.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
    }

    /// Whether two names mean the same base as far as names go: the last component of a path or a hub name.
    private static func isSameBase(_ left: String, _ right: String) -> Bool {
        let names = [left, right].map { $0.split(separator: "/").last?.lowercased() ?? "" }
        return names[0] == names[1]
    }
}
