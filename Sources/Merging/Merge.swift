public import Adapters
internal import Kernels

/// Several adapters of one base that become one, offline; what serving adds exactly, a merge approximates once and for all.
public struct Merge: Sendable {
    /// An adapter and how much of it is taken.
    public struct Part: Sendable {
        /// What errors call it.
        public let name: String
        public let adapter: AdapterFile
        public let weight: Double

        public init(name: String, adapter: AdapterFile, weight: Double = 1) {
            self.name = name
            self.adapter = adapter
            self.weight = weight
        }
    }

    private let parts: [Part]
    private let settings: MergeSettings

    /// Checks what is to be merged.
    ///
    /// - Throws: for no adapters, different bases, weights that are zero or not finite, settings that the method does not take or
    ///   that are out of range, ranks that differ where A and B are merged by themselves, and a rank that the adapters do not have
    ///   together.
    public init(_ parts: [Part], settings: MergeSettings) throws(MergeError) {
        self.parts = parts
        self.settings = settings
        try settings.check()
        try checkParts()
        try checkRanks()
    }

    /// Merges module after module; one that some adapters do not change is merged of the others.
    ///
    /// The same parts in the same order, settings and seed give the same adapter.
    ///
    /// - Parameter progress: gets what is done, from 0 to 1.
    public func merged(
        progress: (Double) -> Void = { _ in }
    ) throws(MergeError) -> AdapterFile {
        // Sums are the same on every machine.
        DenseAlgebra.setThreadCount(1)
        var modules: [AdapterModule: AdapterFactors] = [:]
        let all = self.modules
        for (index, module) in all.enumerated() {
            let merge = ModuleMerge(
                settings: settings, name: module.name, parts: factors(of: module))
            do {
                modules[module] = try merge.merged()
            } catch {
                throw MergeError(.unsupported, "\(module.name): \(error)")
            }
            progress(Double(index + 1) / Double(all.count))
        }
        do {
            return try AdapterFile(
                modules, base: parts[0].adapter.base, baseName: parts[0].adapter.baseName)
        } catch {
            throw MergeError(.unsupported, error.message)
        }
    }

    /// All modules that some adapter changes.
    private var modules: [AdapterModule] {
        Set(parts.flatMap { $0.adapter.modules.keys }).sorted { $0.name < $1.name }
    }

    private func factors(of module: AdapterModule) -> [WeightedFactors] {
        parts.compactMap { part in
            part.adapter.modules[module].map { WeightedFactors(factors: $0, weight: part.weight) }
        }
    }
}

extension Merge {
    private func checkParts() throws(MergeError) {
        guard let first = parts.first else {
            throw MergeError(.invalid, "there are no adapters to merge")
        }
        for part in parts {
            guard part.weight.isFinite, part.weight != 0 else {
                throw MergeError(
                    .invalid,
                    "\(part.name): the weight is \(part.weight); give a number other than zero")
            }
            guard part.adapter.base.digest == first.adapter.base.digest else {
                throw MergeError(
                    .mismatch,
                    "\(part.name): is for the base \(part.adapter.base.digest), \(first.name) for \(first.adapter.base.digest)"
                )
            }
        }
    }

    /// Whether what comes out may have as many ranks as the adapters have together.
    private var keepsAllRanks: Bool {
        settings.method == .cat || settings.method.space == .aligned && settings.rank == nil
    }

    private func checkRanks() throws(MergeError) {
        var largest = 0
        for module in modules {
            let ranks = parts.compactMap { part in
                part.adapter.modules[module].map { (name: part.name, rank: $0.rank) }
            }
            let sum = ranks.reduce(0) { $0 + $1.rank }
            largest = max(largest, sum)
            if settings.method.space == .factors,
                let other = ranks.first(where: { $0.rank != ranks[0].rank })
            {
                throw MergeError(
                    .mismatch,
                    "\(module.name): \(ranks[0].name) has the rank \(ranks[0].rank), \(other.name) \(other.rank), and \(settings.method.rawValue) takes equal ones; choose \(settings.method.withRank.rawValue)"
                )
            }
            guard !keepsAllRanks || sum <= AdapterFactors.largestRank else {
                throw MergeError(
                    .unsupported,
                    "\(module.name): the ranks together are \(sum), at most \(AdapterFactors.largestRank) can be served; give a rank\(settings.method == .cat ? " to svd" : "")"
                )
            }
        }
        if let rank = settings.rank, settings.method.space != .deltas, rank > largest {
            throw MergeError(
                .invalid, "the rank is \(rank), but the adapters have only \(largest) together")
        }
    }
}
