internal import Adapters
internal import Kernels
internal import Tensors

/// The groups of rows that use each adapter, kept from step to step as long as its weights are in memory.
struct MixTable {
    /// A mix with its adapters' groups and weights looked up.
    struct Resolved {
        let groups: [(group: LowRankGroup, weight: Float)]
    }

    private struct Member: Hashable {
        let adapter: Digest
        let coefficients: Digest?
    }

    private(set) var shelf: AdapterShelf
    /// The adapters whose weights are in memory.
    private var resident: [Digest: Adapter] = [:]
    private var groups: [Member: LowRankGroup] = [:]
    private var resolved: [AdapterMix: Resolved] = [:]

    /// Mixes that stay looked up; more start afresh, since clients may invent weights without end.
    private static let capacity = 4096

    /// Takes over the weights that the shelf has.
    init(shelf: AdapterShelf) {
        self.shelf = shelf
        for adapter in shelf.adapters { resident[adapter.digest] = adapter.weights }
        self.shelf.dropWeights()
    }

    // MARK: The shelf

    /// Takes an adapter by its content alone.
    mutating func hold(_ adapter: ShelvedAdapter) {
        shelf.hold(ShelvedAdapter(adapter.summary, source: adapter.source))
    }

    /// Takes an adapter off the shelf; its weights stay until they are evicted.
    mutating func remove(_ adapter: Digest) {
        shelf.remove(adapter)
    }

    /// Takes the weights of an adapter into memory.
    mutating func insert(_ adapter: Adapter) {
        resident[adapter.digest] = adapter
    }

    /// Lets go of an adapter's weights.
    mutating func evict(_ adapter: Digest) {
        resident[adapter] = nil
        groups = groups.filter { $0.key.adapter != adapter }
        resolved.removeAll(keepingCapacity: true)
    }

    // MARK: Mixes

    /// Refuses a mix that cannot be had: of adapters that are not on the shelf or exclude each other, or without coefficients.
    func check(_ mix: AdapterMix) throws(InferenceError) {
        for share in mix.shares where shelf[share.adapter] == nil {
            throw InferenceError.unknownAdapter(share.adapter.description)
        }
        try checkVocabulary(of: mix)
        guard let digest = mix.coefficients else { return }
        let table = try table(digest)
        for share in mix.shares {
            do {
                try table.check(share.adapter)
            } catch {
                throw InferenceError.coefficients("\(error)")
            }
        }
    }

    /// Looks up a mix's adapters, in the order in which their outputs are added: by digest.
    ///
    /// - Throws: also for adapters whose weights are not in memory.
    mutating func resolve(_ mix: AdapterMix) throws(InferenceError) -> Resolved {
        if let known = resolved[mix] { return known }
        var members: [(LowRankGroup, Float)] = []
        for share in mix.shares {
            let member = Member(adapter: share.adapter, coefficients: mix.coefficients)
            let group: LowRankGroup
            if let known = groups[member] {
                group = known
            } else {
                group = try makeGroup(member)
                groups[member] = group
            }
            members.append((group, Float(share.weight) / Float(AdapterMix.unit)))
        }
        if resolved.count >= Self.capacity { resolved.removeAll(keepingCapacity: true) }
        let result = Resolved(groups: members)
        resolved[mix] = result
        return result
    }

    /// Refuses mixes in which the embedding or the head would have to be several at once.
    private func checkVocabulary(of mix: AdapterMix) throws(InferenceError) {
        let adapters = mix.shares.compactMap { shelf[$0.adapter]?.summary }
        for (what, having) in [
            ("embed_tokens", adapters.filter(\.replacesEmbedding)),
            ("lm_head", adapters.filter(\.replacesHead)),
        ] where having.count > 1 {
            let names = having.map { shelf.name(of: $0.digest) }.sorted()
            throw InferenceError.mix(
                "the adapters \(names.joined(separator: " and ")) each have an \(what) of their own, and only one can take the base's place; use one of them"
            )
        }
        guard let first = adapters.first(where: \.scalesHead),
            let other = adapters.first(where: \.replacesHead)
        else { return }
        throw InferenceError.mix(
            "the adapter \(shelf.name(of: first.digest)) scales the base's lm_head (DoRA), which \(shelf.name(of: other.digest)) replaces; use one of them"
        )
    }

    private func table(_ digest: Digest) throws(InferenceError) -> CoefficientTable {
        guard let table = shelf.tables[digest] else {
            throw InferenceError.coefficients("the coefficient table \(digest) is not loaded here")
        }
        return table
    }

    private func makeGroup(_ member: Member) throws(InferenceError) -> LowRankGroup {
        guard let adapter = resident[member.adapter] else {
            throw InferenceError.unknownAdapter(member.adapter.description)
        }
        guard let digest = member.coefficients else {
            return LowRankGroup(terms: adapter.terms, vocabulary: adapter.vocabulary)
        }
        let table = try table(digest)
        do {
            return LowRankGroup(
                terms: try table.terms(of: adapter), vocabulary: adapter.vocabulary)
        } catch {
            throw InferenceError.coefficients("\(error)")
        }
    }

    /// The groups that have rows, by adapter digest, then by coefficient table.
    func used(into list: inout [LowRankGroup]) {
        let members = groups.filter { $0.value.rowCount > 0 }.sorted {
            $0.key.adapter != $1.key.adapter
                ? $0.key.adapter < $1.key.adapter
                : ($0.key.coefficients?.description ?? "")
                    < ($1.key.coefficients?.description ?? "")
        }
        list.append(contentsOf: members.map(\.value))
    }

    func removeRows() {
        for group in groups.values { group.removeAll() }
    }
}
