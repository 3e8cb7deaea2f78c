internal import Kernels
internal import Tensors

extension LowRankTerm {
    /// Stacks the factors of the modules that share an input; nil where the adapter has none of them.
    init?(
        _ modules: [AdapterTensors.Module], tensors: AdapterTensors,
        configuration: AdapterConfiguration, isReference: Bool
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
                    weights: try Self.pack(b, isReference: isReference),
                    factor: factor))
            stacked.append(a)
            firstRank += rank
        }
        guard !stacked.isEmpty else { return nil }
        self.init(
            shrink: try Self.rows(Self.stack(stacked), isReference: isReference),
            expansions: expansions)
    }

    /// Memory that the factors take.
    var byteCount: Int {
        expansions.reduce(shrink.byteCount) { $0 + $1.weights.byteCount }
    }

    private static func pack(_ tensor: Tensor, isReference: Bool) throws(AdapterError)
        -> PackedWeights
    {
        do {
            return try PackedWeights(tensor, type: isReference ? .f32 : .stored)
        } catch {
            throw AdapterError(.malformed, "\(error)")
        }
    }

    private static func rows(_ tensor: Tensor, isReference: Bool) throws(AdapterError) -> RankRows {
        do {
            return try RankRows(tensor, isReference: isReference)
        } catch {
            throw AdapterError(.malformed, "\(error)")
        }
    }

    /// The rows of all tensors one below the other, in their common type or in 32-bit floats.
    private static func stack(_ tensors: [Tensor]) throws(AdapterError) -> Tensor {
        if tensors.count == 1 { return tensors[0] }
        let ranks = tensors.reduce(0) { $0 + $1.shape[0] }
        let shape = [ranks, tensors[0].shape[1]]
        let name = tensors.map(\.name).joined(separator: ", ")
        do {
            if tensors.allSatisfy({ $0.dtype == tensors[0].dtype }), tensors[0].dtype.isReal {
                let bytes = tensors.flatMap { $0.bytes() }
                return try Tensor(name: name, dtype: tensors[0].dtype, shape: shape, bytes: bytes)
            }
            var floats: [Float] = []
            for tensor in tensors { floats += try tensor.floats() }
            return try Tensor(name: name, shape: shape, floats: floats)
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
                    weights: expansion.weights,
                    factor: expansion.factor * coefficient(expansion.part))
            })
    }
}
