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

    private func makeGroup(_ member: Member) throws(InferenceError) -> LowRankGroup {
        guard let adapter = shelf[member.adapter] else {
            throw InferenceError.unknownAdapter(member.adapter.description)
        }
        guard let digest = member.coefficients else { return LowRankGroup(terms: adapter.terms) }
        guard let table = shelf.tables[digest] else {
            throw InferenceError.coefficients("the coefficient table \(digest) is not loaded here")
        }
        do {
            return LowRankGroup(terms: try table.terms(of: adapter))
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
