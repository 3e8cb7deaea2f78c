import Wire

/// When those who found no room may come back.
///
/// The room that they are to find is kept for them until a while after they were to come.
struct Appointments: Sendable {
    /// What one connection and all of them may have; who has none is told when to come all the same, but nothing is kept for it.
    static let limit = 16_384
    static let clientLimit = limit / 2
    /// What is waited for whoever is late: for so long, and for so much of the time that it was sent away for.
    private static let patience: Duration = .seconds(1)
    private static let patienceShare = 4
    /// How often it is looked who did not come.
    private static let interval: Duration = .seconds(1)

    private struct Appointment {
        let due: Instant
        let end: Instant
        let load: QueueLoad
        let client: Address
    }

    private var byID: [RequestID: Appointment] = [:]
    private var lookedAt: Instant?
    private var counts: [Address: Int] = [:]
    /// What all are to bring.
    private(set) var load = QueueLoad()

    /// When a request is to come back, if it was told.
    func due(_ id: RequestID) -> Instant? { byID[id]?.due }

    /// Notes that a request is to come back.
    mutating func make(
        _ id: RequestID, _ load: QueueLoad, of client: Address, due: Instant, now: Instant
    ) {
        remove(id)
        guard byID.count < Self.limit, counts[client] ?? 0 < Self.clientLimit else { return }
        let end = due + Self.patience + (due - now) / Self.patienceShare
        byID[id] = Appointment(due: due, end: end, load: load, client: client)
        counts[client, default: 0] += 1
        self.load += load
    }

    /// Forgets a request: it was taken, or comes too late.
    mutating func remove(_ id: RequestID) {
        guard let appointment = byID.removeValue(forKey: id) else { return }
        load -= appointment.load
        let left = (counts[appointment.client] ?? 0) - 1
        counts[appointment.client] = left > 0 ? left : nil
    }

    /// Forgets what was told to a connection that is gone.
    mutating func forget(_ client: Address) {
        guard counts[client] != nil else { return }
        for (id, appointment) in byID where appointment.client == client { remove(id) }
    }

    /// Forgets those that did not come.
    mutating func forgetMissed(_ now: Instant) {
        if let lookedAt, now - lookedAt < Self.interval { return }
        lookedAt = now
        for (id, appointment) in byID where now >= appointment.end { remove(id) }
    }
}

/// What waits, or would.
struct QueueLoad: Sendable, Equatable {
    var parts = 0
    /// Estimated tokens, prompt and reply.
    var cost = 0

    static func + (one: QueueLoad, other: QueueLoad) -> QueueLoad {
        QueueLoad(parts: one.parts + other.parts, cost: one.cost + other.cost)
    }

    static func += (one: inout QueueLoad, other: QueueLoad) { one = one + other }

    static func -= (one: inout QueueLoad, other: QueueLoad) {
        one.parts -= other.parts
        one.cost -= other.cost
    }
}
