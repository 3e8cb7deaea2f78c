import Tensors
import Wire

/// The editions that requests were accepted under, and the ones that new requests get.
struct EditionTable: Sendable {
    /// An edition for a part of the requests.
    struct Trial: Sendable {
        let id: Digest
        /// In thousandths.
        let share: Int
    }

    private var known: [Digest: Edition] = [:]
    /// What workers said of adapters, by their bytes.
    private var facts: [Digest: RegisteredAdapter] = [:]
    private(set) var currentID: Digest?
    private(set) var trial: Trial?

    subscript(id: Digest) -> Edition? { known[id] }

    /// What most requests get; nil: no worker has come up yet.
    var current: Edition? { currentID.flatMap { known[$0] } }

    /// All of them, in an order that depends on nothing else.
    var all: [Edition] { known.values.sorted { $0.id < $1.id } }

    /// Those that new requests get.
    var wanted: Set<Digest> { Set([currentID, trial?.id].compactMap(\.self)) }

    /// What a request gets: a function of its id, so that it is the same wherever it is asked again.
    func edition(for request: RequestID) -> Edition? {
        guard let trial, Self.place(of: request) < trial.share else { return current }
        return known[trial.id]
    }

    /// From 0 to 999, evenly.
    private static func place(of request: RequestID) -> Int {
        let seed = request.bytes.reduce(into: UInt64(0)) { $0 = $0 &* 0x100_0000_01B3 ^ UInt64($1) }
        return Int(SplitMix.seed(seed, part: 0) % 1000)
    }

    /// Notes what a worker says of adapters that it loaded.
    mutating func learn(_ adapters: [RegisteredAdapter]) {
        for adapter in adapters { facts[adapter.digest] = adapter }
    }

    /// The adapters of a shelf with what is known of them, by name.
    func adapters(of shelf: [String: Digest]) -> [RegisteredAdapter] {
        shelf.sorted { $0.key < $1.key }.map { name, digest in
            facts[digest]?.named(name) ?? RegisteredAdapter(name: name, digest: digest)
        }
    }

    /// Has new requests get these.
    mutating func install(_ current: Edition, trial: (edition: Edition, share: Int)? = nil) {
        known[current.id] = known[current.id] ?? current
        currentID = current.id
        self.trial = trial.map { Trial(id: $0.edition.id, share: $0.share) }
        if let edition = trial?.edition { known[edition.id] = known[edition.id] ?? edition }
    }

    /// Has an edition that requests of an earlier front need.
    mutating func remember(_ edition: Edition) {
        known[edition.id] = known[edition.id] ?? edition
    }

    /// Forgets what neither new requests get nor these ones have.
    ///
    /// - Parameter digests: adapters that may be asked for again.
    mutating func forget(unless isUsed: (Digest) -> Bool, keeping digests: Set<Digest>) {
        let kept = wanted
        known = known.filter { kept.contains($0.key) || isUsed($0.key) }
        let digests = digests.union(known.values.flatMap { $0.adapters.map(\.digest) })
        facts = facts.filter { digests.contains($0.key) }
    }
}
