internal import Kernels
internal import Tensors

extension LowRankTerm {
    /// Stacks the factors of the modules that share an input; nil where the adapter has none of them.
    init?(
        _ modules: [AdapterTensors.Module], tensors: AdapterTensors,
        configuration: AdapterConfiguration, format: FactorFormat
    ) throws(AdapterError) {
        var stacked: [Tensor] = []
        var expansions: [Expansion] = []
        var firstRank = 0
        for (part, module) in modules.enumerated() {
            guard let (a, b) = tensors.pairs[module] else { continue }
            let rank = a.shape[0]
            guard rank == configuration.rank(of: module.name) else {
                throw AdapterError(
                    .mismatch,
                    "\(module.name): the rank is \(rank), the configuration says \(configuration.rank(of: module.name))"
                )
            }
            let factor = Float(configuration.scale(of: module.name, rank: rank))
            expansions.append(
                Expansion(
                    part: part, firstRank: firstRank,
                    columns: try Self.packed { () throws(KernelError) in
                        try RankColumns(b, format: format)
                    },
                    factor: factor))
            stacked.append(a)
            firstRank += rank
        }
        guard !stacked.isEmpty else { return nil }
        let a = try Self.stack(stacked)
        self.init(
            shrink: try Self.packed { () throws(KernelError) in try RankRows(a, format: format) },
            expansions: expansions)
    }

    /// Memory that the factors take.
    var byteCount: Int {
        expansions.reduce(shrink.byteCount) { $0 + $1.columns.byteCount }
    }

    private static func packed<Factor>(
        _ pack: () throws(KernelError) -> Factor
    ) throws(AdapterError) -> Factor {
        do {
            return try pack()
        } catch {
            throw AdapterError(.malformed, "\(error)")
        }
    }

    /// The rows of all tensors one below the other, in 32-bit floats.
    private static func stack(_ tensors: [Tensor]) throws(AdapterError) -> Tensor {
        if tensors.count == 1 { return tensors[0] }
        do {
            return try Tensor(
                name: tensors.map(\.name).joined(separator: ", "),
                shape: [tensors.reduce(0) { $0 + $1.shape[0] }, tensors[0].shape[1]],
                floats: tensors.flatMap { tensor throws(TensorError) in try tensor.floats() })
        } catch {
            throw AdapterError(.malformed, "\(error)")
        }
    }
}

extension LowRankTerm {
    /// The same factors with each part's factor multiplied.
    func scaled(by coefficient: (_ part: Int) -> Float) -> LowRankTerm {
        LowRankTerm(
            shrink: shrink,
            expansions: expansions.map { expansion in
                Expansion(
                    part: expansion.part, firstRank: expansion.firstRank,
                    columns: expansion.columns,
                    factor: expansion.factor * coefficient(expansion.part))
            })
    }
}
