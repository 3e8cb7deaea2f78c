internal import Adapters
public import Routing
public import Tensors

/// Chooses the mix of a row as a configuration says.
public struct MixChooser: Sendable {
    private let adapters: [String: Digest]
    private let names: [Digest: String]
    private let tables: [String: Digest]
    private let router: AdapterRouter?

    /// - Parameters:
    ///   - adapters: the digests of loaded adapters, by name.
    ///   - tables: those of tables of CAT coefficients, by name.
    ///   - router: bound to the adapters.
    public init(adapters: [String: Digest], tables: [String: Digest], router: AdapterRouter?) {
        self.adapters = adapters
        self.tables = tables
        self.router = router
        names = Dictionary(adapters.map { ($0.value, $0.key) }) { min($0, $1) }
    }

    /// A mix and what it came of.
    struct Chosen {
        let mix: AdapterMix
        /// The adapters of the mix by name, whatever they weigh.
        let adapters: Set<String>
        let rerouting: ReplyRun.Rerouting?
    }

    func choose(
        for row: EvaluationRow, by configuration: SuiteConfiguration
    ) throws(EvaluationError) -> Chosen {
        switch configuration.choice {
        case .mix(let weights):
            return try fixed(weights.map { ($0.key, $0.value) }, configuration)
        case .oracle(let weighting, let gain, let only):
            let names =
                only.map { $0.filter(row.adapters.indices.contains).map { row.adapters[$0] } }
                ?? row.adapters
            let weight = weighting == .sum ? gain : gain / Double(max(1, names.count))
            return try fixed(names.map { ($0, weight) }, configuration)
        case .router(let policy, let rule):
            guard let router else {
                throw EvaluationError(
                    .suite, "the configuration \(configuration.name.quoted) needs a router")
            }
            let decision = router.route(row.prompt, policy: policy)
            let chosen = decision.mix.shares.compactMap { names[$0.adapter] }
            return Chosen(
                mix: decision.mix, adapters: Set(chosen),
                rerouting: rule == .pin
                    ? nil
                    : ReplyRun.Rerouting(
                        userMessage: row.prompt, policy: policy, rule: rule, digest: router.digest))
        }
    }

    private func fixed(
        _ weights: [(name: String, weight: Double)], _ configuration: SuiteConfiguration
    ) throws(EvaluationError) -> Chosen {
        var shares: [AdapterMix.Share] = []
        for (name, value) in weights {
            guard let adapter = adapters[name], let weight = AdapterMix.weight(value) else {
                throw EvaluationError(
                    .suite,
                    "the configuration \(configuration.name.quoted): the adapter \(name.quoted) was not loaded, or its weight of \(value) is too large"
                )
            }
            shares.append(AdapterMix.Share(adapter: adapter, weight: weight))
        }
        let table = try configuration.table.map { name throws(EvaluationError) in
            guard let table = tables[name] else {
                throw EvaluationError(.suite, "the table \(name.quoted) was not loaded")
            }
            return table
        }
        return Chosen(
            mix: AdapterMix(shares: shares, coefficients: table),
            adapters: Set(weights.map(\.name)), rerouting: nil)
    }
}
