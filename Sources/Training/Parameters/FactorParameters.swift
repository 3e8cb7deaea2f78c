public import Adapters
internal import Kernels
internal import Models
internal import Optimization

/// The low-rank factors of an adapter under training.
public final class FactorParameters: TrainableParameters {
    let addends: [[LowRankSite?]]
    private let places: [FrozenBase.Place]
    private let shape: BaseShape

    /// Draws A evenly from ±1 / sqrt(inputs) and leaves B at zero, as PEFT does (`init_lora_weights`).
    ///
    /// - Parameters:
    ///   - targets: last parts of module names, as PEFT's `target_modules` have them; nil: all linear layers of the blocks.
    ///   - layers: layers to train; nil: all.
    ///   - alpha: B A is scaled by alpha / rank.
    /// - Throws: for targets and layers that the base does not have.
    public convenience init(
        _ base: FrozenBase, targets: Set<String>? = nil, layers: Range<Int>? = nil, rank: Int,
        alpha: Float, seed: UInt64
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
        let layerCount = base.configuration.layerCount
        if let layers, layers.isEmpty || layers.upperBound > layerCount {
            throw TrainingError(
                .setting,
                "layers \(layers.lowerBound)-\(layers.upperBound - 1): the base has 0-\(layerCount - 1)"
            )
        }
        var random = SeededRandom(seed: seed)
        try self.init(base) { module, shape throws(AdapterError) in
            guard targets?.contains(module.lastName) ?? true,
                module.layer.map({ layers?.contains($0) ?? true }) ?? true
            else { return nil }
            let bound = 1 / Float(shape.inputs).squareRoot()
            return try AdapterFactors(
                a: (0..<rank * shape.inputs).map { _ in bound * (2 * random.unit() - 1) },
                b: [Float](repeating: 0, count: shape.outputs * rank), rank: rank,
                scale: alpha / Float(rank))
        }
    }

    /// Goes on from an adapter's factors.
    ///
    /// - Throws: for an adapter with factors of the head, which are not trained.
    public convenience init(_ base: FrozenBase, startingAt file: AdapterFile) throws(TrainingError)
    {
        try file.refuseHead("the adapter to start from")
        try self.init(base) { module, _ throws(AdapterError) in file.modules[module] }
    }

    /// - Parameter make: the factors of a module; nil: it is not trained.
    private init(
        _ base: FrozenBase,
        make: (AdapterModule, (outputs: Int, inputs: Int)) throws(AdapterError) -> AdapterFactors?
    ) throws(TrainingError) {
        do {
            (addends, places) = try base.addends(.factors, make: make)
        } catch {
            throw TrainingError(.setting, error.message)
        }
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
