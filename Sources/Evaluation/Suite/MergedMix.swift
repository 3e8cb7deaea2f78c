public import Merging

/// An adapter that is made of others and takes the place of their mix.
public struct MergedMix: Sendable, Hashable {
    public let settings: MergeSettings
    /// By adapter name; two adapters at least.
    public let weights: [String: Double]
}

extension SuiteConfiguration {
    /// The adapters that it takes for a row and their weights; nil: the router says.
    func weights(for row: EvaluationRow) -> [String: Double]? {
        switch choice {
        case .mix(let weights): return weights
        case .oracle(let weighting, let gain, let only):
            let names =
                only.map { $0.filter(row.adapters.indices.contains).map { row.adapters[$0] } }
                ?? row.adapters
            let weight = weighting == .sum ? gain : gain / Double(max(1, names.count))
            return Dictionary(names.map { ($0, weight) }, uniquingKeysWith: +)
        case .router: return nil
        }
    }

    /// What has to be made for a row: a single adapter stays as it is.
    func merged(for row: EvaluationRow) -> MergedMix? {
        guard let merge, let weights = weights(for: row), weights.count > 1 else { return nil }
        return MergedMix(settings: merge, weights: weights)
    }
}

extension Suite {
    /// What has to be made of adapters before anything is run, each once.
    public var merges: [MergedMix] {
        var seen: Set<MergedMix> = []
        var merges: [MergedMix] = []
        for configuration in configurations where configuration.merge != nil {
            for task in tasks where configuration.covers(task.name) {
                for row in task.rows {
                    guard let merged = configuration.merged(for: row), seen.insert(merged).inserted
                    else { continue }
                    merges.append(merged)
                }
            }
        }
        return merges
    }
}
