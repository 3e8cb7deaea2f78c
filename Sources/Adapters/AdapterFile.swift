internal import Tensors

/// An adapter's numbers as its files have them, to be read, changed and written; `Adapter` is what the kernels take.
///
/// Holds low-rank factors of linear layers and of the head, nothing else.
public struct AdapterFile: Sendable {
    /// What the factors have to fit.
    public let base: BaseShape
    /// The base as `base_model_name_or_path` names it.
    public let baseName: String
    /// By module as the base's checkpoint has it, so a fused matrix whole; never empty.
    public let modules: [AdapterModule: AdapterFactors]
    /// What a user should know.
    public let warnings: [String]

    /// Reads a PEFT directory or a GGUF file, for a base.
    ///
    /// - Throws: what `Adapter.init` throws; also for everything that is no low-rank factor of a linear layer or the head.
    public init(path: String, base: BaseShape) throws(AdapterError) {
        let files = try AdapterFiles(path: path)
        do throws(AdapterError) {
            let configuration = try files.configuration()
            let tensors = try files.tensors(base: base, targets: configuration.targets)
            try configuration.check(base)
            try Self.refuseOtherForms(configuration, tensors)
            var modules: [AdapterModule: AdapterFactors] = [:]
            for (module, pair) in tensors.stored {
                modules[module] = try AdapterFactors(
                    a: AdapterCopies.floats(pair.a), b: AdapterCopies.floats(pair.b),
                    rank: pair.a.shape[0], scale: configuration.factor(of: module, pair))
            }
            try self.init(
                modules, base: base, baseName: configuration.baseName,
                warnings: Adapter.warnings(configuration, tensors, base: base))
        } catch {
            throw AdapterError(error.code, "\(path): \(error)")
        }
    }

    /// An adapter of factors that were computed.
    ///
    /// - Parameter baseName: nil: the base's name.
    /// - Throws: for modules that the base does not have or has inside a fused matrix, for other shapes, and for no modules.
    public init(
        _ modules: [AdapterModule: AdapterFactors], base: BaseShape, baseName: String? = nil,
        warnings: [String] = []
    ) throws(AdapterError) {
        guard !modules.isEmpty else { throw AdapterError(.malformed, "holds no LoRA tensors") }
        for (module, factors) in modules.sorted(by: { $0.key.name < $1.key.name }) {
            try Self.check(module, factors, base: base)
        }
        self.base = base
        self.baseName = baseName ?? base.name
        self.modules = modules
        self.warnings = warnings
    }

    /// The modules in the order of the base: layer by layer, the head last.
    public var sortedModules: [AdapterModule] {
        modules.keys.sorted { ($0.layer ?? .max, $0.name) < ($1.layer ?? .max, $1.name) }
    }

    private static func check(
        _ module: AdapterModule, _ factors: AdapterFactors, base: BaseShape
    ) throws(AdapterError) {
        if module == .embedding {
            throw AdapterError(
                .unsupported,
                "\(module.name): LoRA on the embedding can be served, but not be changed or merged; train without embed_tokens"
            )
        }
        if case .linear(_, let linear) = module,
            let site = base.fused.first(where: { $0.parts.contains(linear) })
        {
            throw AdapterError(
                .unsupported,
                "\(module.name): the base has it inside \(site.fusedName ?? ""), which PEFT's adapters have to target"
            )
        }
        guard let shape = base.shape(of: module) else {
            throw AdapterError(.mismatch, "\(module.name): the base has no such module")
        }
        guard shape == (factors.outputs, factors.inputs) else {
            throw AdapterError(
                .mismatch,
                "\(module.name): B A is \([factors.outputs, factors.inputs]), the base's weight is \([shape.outputs, shape.inputs])"
            )
        }
    }

    /// Refuses what is more than B A.
    private static func refuseOtherForms(
        _ configuration: AdapterConfiguration, _ tensors: AdapterTensors
    ) throws(AdapterError) {
        if configuration.usesMagnitudes
            || tensors.stored.values.contains(where: { $0.magnitude != nil })
        {
            throw AdapterError(
                .unsupported,
                "is DoRA, which can be served, but not be changed or merged: its lengths are no sum of factors; train with use_dora false"
            )
        }
        if configuration.usesBias || tensors.stored.values.contains(where: { $0.bias != nil }) {
            throw AdapterError(
                .unsupported,
                "has biases of its own, which can be served, but not be changed or merged; train with lora_bias false"
            )
        }
        if let copy = tensors.copies.keys.min() {
            throw AdapterError(
                .unsupported,
                "brings the whole tensor \(copy.prefix(160)), which can be served, but not be changed or merged; save it without (modules_to_save, bias, save_embedding_layers=False)"
            )
        }
    }
}
