internal import Adapters
internal import Merging
public import Routing
public import Tensors

/// Chooses the mix of a row as a configuration says.
public struct MixChooser: Sendable {
    private let adapters: [String: Digest]
    private let names: [Digest: String]
    private let tables: [String: Digest]
    private let router: AdapterRouter?
    private let merges: [MergedMix: Digest]

    /// - Parameters:
    ///   - adapters: the digests of loaded adapters, by name.
    ///   - tables: those of tables of CAT coefficients, by name.
    ///   - router: bound to the adapters.
    ///   - merges: those of adapters that were made of others.
    public init(
        adapters: [String: Digest], tables: [String: Digest], router: AdapterRouter?,
        merges: [MergedMix: Digest] = [:]
    ) {
        self.adapters = adapters
        self.tables = tables
        self.router = router
        self.merges = merges
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
        guard case .router(let policy, let rule) = configuration.choice else {
            if let merged = configuration.merged(for: row) { return try chosen(merged) }
            return try fixed(configuration.weights(for: row) ?? [:], configuration)
        }
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

    private func chosen(_ merged: MergedMix) throws(EvaluationError) -> Chosen {
        let names = merged.weights.keys.sorted()
        guard let adapter = merges[merged] else {
            throw EvaluationError(
                .suite, "what \(merged.settings.method.rawValue) makes of \(names) was not loaded")
        }
        return Chosen(
            mix: AdapterMix(shares: [AdapterMix.Share(adapter: adapter, weight: AdapterMix.unit)]),
            adapters: Set(names), rerouting: nil)
    }

    private func fixed(
        _ weights: [String: Double], _ configuration: SuiteConfiguration
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
            adapters: Set(weights.keys), rerouting: nil)
    }
}
