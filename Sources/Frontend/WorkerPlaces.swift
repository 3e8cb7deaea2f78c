/// The places of the pool, which one process after another fills.
struct WorkerPlaces: Sendable {
    struct Place: Sendable {
        fileprivate(set) var identity: WorkerIdentity
        fileprivate(set) var pid: Int32
        fileprivate(set) var restarts: UInt32 = 0
        fileprivate(set) var isAlive = true
        /// Why the last process ended; forgotten when another one serves.
        fileprivate(set) var problem = ""
    }

    private var places: [Int: Place] = [:]

    /// By their numbers.
    var all: [(index: Int, place: Place)] {
        places.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    var identities: Set<WorkerIdentity> { Set(places.values.map(\.identity)) }

    mutating func started(_ index: Int, identity: WorkerIdentity, pid: Int32) {
        var place = Place(identity: identity, pid: pid)
        if let known = places[index] {
            place.restarts = known.restarts + 1
            place.problem = known.problem
        }
        places[index] = place
    }

    mutating func exited(_ index: Int, identity: WorkerIdentity, because reason: String) {
        var place = places[index] ?? Place(identity: identity, pid: 0)
        if place.identity == identity { place.isAlive = false }
        place.problem = reason
        places[index] = place
    }

    /// Notes that a process introduced itself: what its predecessor died of is over.
    mutating func serves(_ identity: WorkerIdentity?) {
        guard let index = index(of: identity) else { return }
        places[index]?.problem = ""
    }

    func index(of identity: WorkerIdentity?) -> Int? {
        places.first { $0.value.identity == identity }?.key
    }

    /// Why fewer workers serve than should; empty where all do.
    func degradation(serving: Set<WorkerIdentity>) -> String {
        let missing = all.filter { !serving.contains($0.place.identity) }
        guard !missing.isEmpty else { return "" }
        let reasons = missing.map { index, place in
            "worker-\(index): \(place.problem.isEmpty ? "it is starting" : place.problem)"
        }
        return "\(places.count - missing.count) of \(places.count) workers serve; "
            + reasons.joined(separator: "; ")
    }
}
