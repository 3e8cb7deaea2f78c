internal import Adapters
internal import Kernels
internal import Tensors

/// The groups of rows that use each adapter, kept from step to step.
struct MixTable {
    /// A mix with its adapters' groups and weights looked up.
    struct Resolved {
        let groups: [(group: LowRankGroup, weight: Float)]
    }

    private struct Member: Hashable {
        let adapter: Digest
        let coefficients: Digest?
    }

    let shelf: AdapterShelf
    private var groups: [Member: LowRankGroup] = [:]
    private var resolved: [AdapterMix: Resolved] = [:]

    /// Mixes that stay looked up; more start afresh, since clients may invent weights without end.
    private static let capacity = 4096

    init(shelf: AdapterShelf) {
        self.shelf = shelf
    }

    /// Looks up a mix's adapters, in the order in which their outputs are added: by digest.
    mutating func resolve(_ mix: AdapterMix) throws(InferenceError) -> Resolved {
        if let known = resolved[mix] { return known }
        try checkVocabulary(of: mix)
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
        let adapters = mix.shares.compactMap { shelf[$0.adapter] }
        for (what, having) in [
            ("embed_tokens", adapters.filter { $0.vocabulary?.otherEmbedding != nil }),
            ("lm_head", adapters.filter { $0.vocabulary?.otherHead != nil }),
        ] where having.count > 1 {
            let names = having.map { shelf.name(of: $0.digest) }.sorted()
            throw InferenceError.mix(
                "the adapters \(names.joined(separator: " and ")) each have an \(what) of their own, and only one can take the base's place; use one of them"
            )
        }
        let scaling = adapters.filter { $0.terms.last??.scales == true }
        let replacing = adapters.filter { $0.vocabulary?.otherHead != nil }
        guard let first = scaling.first, let other = replacing.first else { return }
        throw InferenceError.mix(
            "the adapter \(shelf.name(of: first.digest)) scales the base's lm_head (DoRA), which \(shelf.name(of: other.digest)) replaces; use one of them"
        )
    }

    private func makeGroup(_ member: Member) throws(InferenceError) -> LowRankGroup {
        guard let adapter = shelf[member.adapter] else {
            throw InferenceError.unknownAdapter(member.adapter.description)
        }
        guard let digest = member.coefficients else {
            return LowRankGroup(terms: adapter.terms, vocabulary: adapter.vocabulary)
        }
        guard let table = shelf.tables[digest] else {
            throw InferenceError.coefficients("the coefficient table \(digest) is not loaded here")
        }
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
