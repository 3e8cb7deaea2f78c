internal import Adapters
internal import Kernels

/// The merge of what several adapters add to one module.
struct ModuleMerge {
    let settings: MergeSettings
    /// The module, for what is drawn at random.
    let name: String
    /// Not empty.
    let parts: [WeightedFactors]

    func merged() throws -> AdapterFactors {
        switch settings.method.space {
        case .factors: try mergedFactors()
        case .deltas: try mergedDeltas()
        case .aligned: try mergedCoordinates()
        case .ranks:
            switch settings.method {
            case .cat: try concatenated()
            case .svd: try approximated()
            default:
                try RankClusters(parts).merged(
                    into: rank, adapters: parts.count, seed: settings.seed, name: name)
            }
        }
    }

    /// The largest of the adapters' unless it was chosen.
    private var rank: Int {
        settings.rank ?? parts.reduce(1) { max($0, $1.factors.rank) }
    }

    /// Σ u B A as factors: u on A, as PEFT has it.
    private var sum: (b: DenseMatrix, a: DenseMatrix) {
        (
            .beside(parts.map(\.b)),
            .stacked(parts.map { $0.a.scaled(by: Float($0.strength)) })
        )
    }

    private func concatenated() throws(AdapterError) -> AdapterFactors {
        try Self.factors(b: sum.b, a: sum.a)
    }

    private func approximated() throws -> AdapterFactors {
        let (b, a) = sum
        let best = try LowRankApproximation(b: b, a: a, rank: rank)
        return try Self.factors(b: best.b, a: best.a)
    }

    /// On A and on B by themselves, each with the root of u, its sign on A.
    private func mergedFactors() throws(AdapterError) -> AdapterFactors {
        let roots = parts.map { Float($0.strength.magnitude.squareRoot()) }
        let signed = zip(parts, roots).map { $0.strength < 0 ? -$1 : $1 }
        let (a, b) = (parts[0].a, parts[0].b)
        return try Self.factors(
            b: DenseMatrix(
                b.rows, b.columns, merged(parts.map(\.factors.b), weights: roots, name: "B")),
            a: DenseMatrix(
                a.rows, a.columns, merged(parts.map(\.factors.a), weights: signed, name: "A")))
    }

    private func mergedDeltas() throws -> AdapterFactors {
        let first = parts[0].factors
        let values = merged(parts.map { $0.delta.values }, weights: weights, name: "B A")
        let best = try LowRankApproximation(
            of: DenseMatrix(first.outputs, first.inputs, values), rank: rank)
        return try Self.factors(b: best.b, a: best.a)
    }

    private func mergedCoordinates() throws -> AdapterFactors {
        let shared = try SharedBasis(parts)
        let size = shared.basis.columns
        let values = merged(
            shared.coordinates.map(\.values), weights: weights, name: "coordinates")
        let a = DenseMatrix(size, parts[0].factors.inputs, values)
        guard let rank = settings.rank, rank < size else {
            return try Self.factors(b: shared.basis, a: a)
        }
        let best = try LowRankApproximation(b: shared.basis, a: a, rank: rank)
        return try Self.factors(b: best.b, a: best.a)
    }

    private var weights: [Float] { parts.map { Float($0.weight) } }

    private func merged(_ vectors: [[Float]], weights: [Float], name part: String) -> [Float] {
        var vectors = TaskVectors(vectors)
        if let density = settings.density, density < 1 {
            switch settings.method.pruning {
            case .none: break
            case .smallest: vectors.keepLargest(density)
            case .random:
                vectors.dropAtRandom(density, seed: settings.seed, name: "\(name) \(part)")
            }
        }
        return settings.method.electsSigns
            ? vectors.disjointMean(weights, election: settings.election) : vectors.sum(weights)
    }

    private static func factors(b: DenseMatrix, a: DenseMatrix) throws(AdapterError)
        -> AdapterFactors
    {
        try AdapterFactors(a: a.values, b: b.values, rank: a.rows, scale: 1)
    }
}
