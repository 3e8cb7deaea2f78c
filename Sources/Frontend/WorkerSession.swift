import DequeModule
import Messaging
import Tensors
import Wire

/// A worker process from its `Ready` to its loss.
struct WorkerSession: Sendable {
    /// A dispatch that occupies a slot until the worker says that it is over.
    struct Occupant: Sendable {
        let key: PartKey
        let epoch: UInt32
        /// When the worker was asked to stop it.
        var stopSince: Instant?
    }

    /// How many prompt beginnings are remembered, about what a prefix cache may still hold.
    static let memory = 256

    let address: Peer
    let pid: Int32
    let slots: Int
    let adapters: Set<Digest>
    var heardAt: Instant
    var beatenAt: Instant
    var heartbeat = WireHeartbeat()
    var occupants: [Occupant] = []
    var isDraining = false
    private var recentPrefixes: Deque<UInt64> = []

    init(
        address: Peer, pid: Int32, slots: Int, adapters: Set<Digest>, now: Instant
    ) {
        self.address = address
        self.pid = pid
        self.slots = slots
        self.adapters = adapters
        heardAt = now
        beatenAt = now
    }

    var hasRoom: Bool { !isDraining && occupants.count < slots }

    /// Remembers that a prompt went here.
    mutating func remember(_ prefixes: [UInt64]) {
        for prefix in prefixes where !recentPrefixes.contains(prefix) {
            recentPrefixes.append(prefix)
            if recentPrefixes.count > Self.memory { recentPrefixes.removeFirst() }
        }
    }

    /// How many of a prompt's beginnings went here lately.
    func familiarity(_ prefixes: [UInt64]) -> Int {
        prefixes.count { recentPrefixes.contains($0) }
    }

    /// Takes an attempt off its slot; false when it had none.
    mutating func release(_ key: PartKey, epoch: UInt32) -> Bool {
        guard let index = occupants.firstIndex(where: { $0.key == key && $0.epoch == epoch })
        else { return false }
        occupants.remove(at: index)
        return true
    }
}

/// A place of the pool, which one process after another fills.
struct WorkerPlace: Sendable {
    var pid: Int32
    var restarts: UInt32 = 0
    var isAlive = true
}
