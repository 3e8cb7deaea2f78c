public import Adapters
internal import Kernels
internal import Models
internal import Optimization

/// The low-rank factors of an adapter under training.
public final class FactorParameters: TrainableParameters {
    /// Where the factors of a module are.
    private struct Place {
        let module: AdapterModule
        let site: LowRankSite
        let part: Int
    }

    let addends: [[LowRankSite?]]
    private let places: [Place]
    private let shape: BaseShape

    /// Draws A evenly from ±1 / sqrt(inputs) and leaves B at zero, as PEFT does (`init_lora_weights`).
    ///
    /// - Parameters:
    ///   - targets: last parts of module names, as PEFT's `target_modules` have them; nil: all linear layers of the blocks.
    ///   - alpha: B A is scaled by alpha / rank.
    /// - Throws: for targets that the base does not have.
    public convenience init(
        _ base: FrozenBase, targets: Set<String>? = nil, rank: Int, alpha: Float, seed: UInt64
    ) throws(TrainingError) {
        guard (1...AdapterFactors.largestRank).contains(rank) else {
            throw TrainingError(
                .setting,
                "the rank is \(rank), possible are 1...\(AdapterFactors.largestRank)")
        }
        guard alpha.isFinite, alpha > 0 else {
            throw TrainingError(.setting, "alpha is \(alpha); it has to be above 0")
        }
        let known = base.moduleNames
        if let wrong = targets?.subtracting(known).min() {
            throw TrainingError(
                .setting,
                "the base has no \"\(wrong.prefix(64))\" to train; it has \(known.joined(separator: ", "))"
            )
        }
        var random = SeededRandom(seed: seed)
        self.init(base) { module, shape in
            guard targets?.contains(module.lastName) ?? true else { return nil }
            let bound = 1 / Float(shape.inputs).squareRoot()
            let a = (0..<rank * shape.inputs).map { _ in bound * (2 * random.unit() - 1) }
            let b = [Float](repeating: 0, count: shape.outputs * rank)
            return (a, b, rank, alpha / Float(rank))
        }
    }

    /// Goes on from an adapter's factors.
    ///
    /// - Throws: for an adapter with factors of the head, which are not trained.
    public convenience init(_ base: FrozenBase, startingAt file: AdapterFile) throws(TrainingError)
    {
        if file.modules.keys.contains(.head) {
            throw TrainingError(
                .setting, "the adapter to start from changes lm_head, which is not trained here")
        }
        self.init(base) { module, _ in
            file.modules[module].map { ($0.a, $0.b, $0.rank, $0.scale) }
        }
    }

    /// - Parameter make: the factors of a module; nil: it is not trained.
    private init(
        _ base: FrozenBase,
        make: (AdapterModule, (outputs: Int, inputs: Int)) -> (
            a: [Float], b: [Float], rank: Int, scale: Float
        )?
    ) {
        var places: [Place] = []
        var addends: [[LowRankSite?]] = []
        for layer in 0..<base.configuration.layerCount {
            var sites: [LowRankSite?] = []
            for site in LinearName.Site.allCases {
                let inputs = base.inputs(of: site)
                let found = base.modules(site, layer: layer).compactMap { module, columns in
                    make(module, (columns.count, inputs)).map { (module, columns, $0) }
                }
                guard !found.isEmpty else {
                    sites.append(nil)
                    continue
                }
                let addend = LowRankSite(
                    rank: found.reduce(0) { $0 + $1.2.rank }, inputs: inputs, trainsFactors: true)
                var first = 0
                for (module, columns, factors) in found {
                    let ranks = first..<first + factors.rank
                    places.append(Place(module: module, site: addend, part: addend.parts.count))
                    addend.a.rows(ranks).set(factors.a)
                    addend.parts.append(
                        LowRankSite.Part(
                            ranks: ranks, columns: columns,
                            b: Matrix(columns.count, factors.rank, factors.b),
                            weight: factors.scale,
                            bGradient: Matrix(columns.count, factors.rank)))
                    first = ranks.upperBound
                }
                sites.append(addend)
            }
            addends.append(sites)
        }
        self.places = places
        self.addends = addends
        shape = base.shape
    }

    /// A and B of each module in turn.
    var values: [Float] {
        get {
            places.flatMap { place in
                let part = place.site.parts[place.part]
                return place.site.a.rows(part.ranks).elements + part.b.elements
            }
        }
        set {
            var first = 0
            for place in places {
                let part = place.site.parts[place.part]
                for matrix in [place.site.a.rows(part.ranks), part.b] {
                    let end = first + matrix.rows * matrix.columns
                    matrix.set(Array(newValue[first..<end]))
                    first = end
                }
            }
        }
    }

    var gradient: [Float] {
        places.flatMap { place in
            let part = place.site.parts[place.part]
            let a = place.site.aGradient?.rows(part.ranks).elements ?? []
            return a + (part.bGradient?.elements ?? [])
        }
    }

    /// The adapter with other values than those that stand in the model now.
    ///
    /// - Throws: when no module is trained, or a value is not finite.
    public func file(_ values: [Float]) throws(AdapterError) -> AdapterFile {
        var modules: [AdapterModule: AdapterFactors] = [:]
        var first = 0
        for place in places {
            let part = place.site.parts[place.part]
            let middle = first + part.ranks.count * place.site.a.columns
            let end = middle + part.columns.count * part.ranks.count
            modules[place.module] = try AdapterFactors(
                a: Array(values[first..<middle]), b: Array(values[middle..<end]),
                rank: part.ranks.count, scale: part.weight)
            first = end
        }
        return try AdapterFile(modules, base: shape)
    }
}
