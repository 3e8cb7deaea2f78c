internal import Tensors

/// The tensors of an adapter by what they do, every one accounted for.
struct AdapterTensors {
    /// What a module gets, in shapes that fit the base.
    struct Pair {
        /// The module's name in the model that was trained.
        let path: String
        /// (rank, inputs).
        let a: Tensor
        /// (outputs, rank).
        let b: Tensor
        /// The lengths of DoRA, (outputs).
        let magnitude: Tensor?
        /// The bias of B, (outputs).
        let bias: Tensor?
    }

    /// The tensors of a module as they come.
    struct Factors {
        var path = ""
        var tensors: [AdapterTensorName.Kind: Tensor] = [:]
    }

    private(set) var pairs: [AdapterModule: Pair] = [:]
    /// The same with those of fused matrices whole, as the file has them.
    private(set) var stored: [AdapterModule: Pair] = [:]
    /// Whole tensors of the base, under its names.
    private(set) var copies: [String: Tensor] = [:]
    /// Modules with tensors that the configuration does not target.
    private(set) var leftOut: Set<String> = []
    /// Modules with tensors that read images: they change nothing in a text, so a text model goes without them.
    private(set) var ofImages: Set<String> = []

    /// Sorts the tensors of a PEFT file; what the configuration does not target is left out, as PEFT does.
    init(
        _ tensors: [Tensor], base: BaseShape, targets: AdapterTargets = AdapterTargets()
    ) throws(AdapterError) {
        var adapters: Set<String> = []
        var factors: [AdapterModule: Factors] = [:]
        for tensor in tensors {
            guard let name = AdapterTensorName(tensor.name) else { throw Self.unknown(tensor) }
            if let adapter = name.adapter { adapters.insert(adapter) }
            guard !name.isOfImages else {
                ofImages.insert(name.path)
                continue
            }
            switch name.kind {
            case .unused: break
            case .whole(let parameter):
                let key = "\(name.module).\(parameter)"
                guard copies.updateValue(tensor, forKey: key) == nil else {
                    throw AdapterError(.malformed, "\(key.prefix(160)) is there twice")
                }
            case .a, .b, .magnitude, .bias:
                let module = AdapterModule(name: name.module)
                let isLinear = module?.layer != nil
                guard targets.includes(name.path, isLinear: isLinear) else {
                    leftOut.insert(name.path)
                    continue
                }
                guard let module else { throw Self.unknown(tensor) }
                try Self.check(module, of: tensor, base: base)
                let other = factors[module, default: Factors(path: name.path)].tensors
                    .updateValue(tensor, forKey: name.kind)
                guard other == nil else {
                    throw AdapterError(
                        .malformed, "\(module.name): \(tensor.name.prefix(160)) is there twice")
                }
            }
        }
        guard adapters.count <= 1 else {
            throw AdapterError(
                .unsupported,
                "holds the adapters \(adapters.sorted().joined(separator: ", ").prefix(160)) in one file; save each by itself"
            )
        }
        try pair(factors, base: base)
    }

    /// Takes factors that are sorted by module.
    init(_ factors: [AdapterModule: Factors], base: BaseShape) throws(AdapterError) {
        try pair(factors, base: base)
    }

    private static func unknown(_ tensor: Tensor) -> AdapterError {
        let reason =
            tensor.name.contains("trainable_tokens")
            ? "embeddings of single tokens are not applied" : "nothing is skipped"
        return AdapterError(
            .unsupported,
            "tensor \"\(tensor.name.prefix(160))\" is not one that Fusebox can apply; \(reason)")
    }

    /// Refuses layers that the base does not have.
    static func check(
        _ module: AdapterModule, of tensor: Tensor, base: BaseShape
    ) throws(AdapterError) {
        if let layer = module.layer, layer >= base.layerCount {
            throw AdapterError(
                .mismatch,
                "tensor \"\(tensor.name.prefix(160))\": the base has \(base.layerCount) layers; is this adapter for another base?"
            )
        }
    }

    /// Checks that factors come in pairs of the base's shapes.
    private mutating func pair(
        _ factors: [AdapterModule: Factors], base: BaseShape
    ) throws(AdapterError) {
        for (module, factor) in factors.sorted(by: { $0.key.name < $1.key.name }) {
            let name = module.name
            guard let a = factor.tensors[.a], let b = factor.tensors[.b] else {
                let missing = factor.tensors[.a] == nil ? "A" : "B"
                throw AdapterError(.malformed, "\(name): lora_\(missing) is missing")
            }
            guard a.shape.count == 2, b.shape.count == 2, a.shape[0] == b.shape[1], a.shape[0] > 0
            else {
                throw AdapterError(
                    .mismatch, "\(name): A \(a.shape) and B \(b.shape) do not share a rank")
            }
            guard let shape = base.shape(of: module) else {
                throw AdapterError(.mismatch, "\(name): the base has no such module")
            }
            guard a.shape[1] == shape.inputs, b.shape[0] == shape.outputs else {
                throw AdapterError(
                    .mismatch,
                    "\(name): B A is \([b.shape[0], a.shape[1]]), the base's weight is \([shape.outputs, shape.inputs]); is this adapter for another base?"
                )
            }
            for kind in [AdapterTensorName.Kind.magnitude, .bias] {
                guard let tensor = factor.tensors[kind], tensor.elementCount != shape.outputs
                else { continue }
                throw AdapterError(
                    .mismatch,
                    "\(tensor.name.prefix(160)) has the shape \(tensor.shape), needed is [\(shape.outputs)]"
                )
            }
            let pair = Pair(
                path: factor.path, a: a, b: b, magnitude: factor.tensors[.magnitude],
                bias: factor.tensors[.bias])
            stored[module] = pair
            for (module, pair) in try Self.parts(of: module, pair, base: base) {
                guard pairs.updateValue(pair, forKey: module) == nil else {
                    throw AdapterError(
                        .malformed,
                        "\(module.name): has factors of its own beside those of a matrix that it is a part of"
                    )
                }
            }
        }
    }

    /// The linear layers that a fused matrix holds, with their rows; any other module by itself.
    private static func parts(
        of module: AdapterModule, _ pair: Pair, base: BaseShape
    ) throws(AdapterError) -> [(AdapterModule, Pair)] {
        guard case .fused(let layer, let site) = module else { return [(module, pair)] }
        var parts: [(AdapterModule, Pair)] = []
        var row = 0
        for linear in site.parts {
            let rows = row..<row + (base.linears[linear]?.outputs ?? 0)
            parts.append((.linear(layer: layer, linear), try pair.cut(rows)))
            row = rows.upperBound
        }
        return parts
    }
}

extension AdapterTensors.Pair {
    /// What some rows of the module get.
    fileprivate func cut(_ rows: Range<Int>) throws(AdapterError) -> Self {
        Self(
            path: path, a: a, b: try Self.cut(b, rows, width: b.shape[1]),
            magnitude: try magnitude.map { tensor throws(AdapterError) in try Self.cut(tensor, rows)
            },
            bias: try bias.map { tensor throws(AdapterError) in try Self.cut(tensor, rows) })
    }

    /// - Parameter width: elements of a row.
    private static func cut(
        _ tensor: Tensor, _ rows: Range<Int>, width: Int = 1
    ) throws(AdapterError) -> Tensor {
        do {
            let values = try tensor.floats()[rows.lowerBound * width..<rows.upperBound * width]
            let shape = width == 1 && tensor.shape.count == 1 ? [rows.count] : [rows.count, width]
            return try Tensor(name: tensor.name, shape: shape, floats: Array(values))
        } catch {
            throw AdapterError(.malformed, "\(error)")
        }
    }
}
