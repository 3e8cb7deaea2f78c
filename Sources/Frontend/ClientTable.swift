import Wire

/// The connections of clients: what each is told of, which have asked lately, and whose pipes are slow.
struct ClientTable: Sendable {
    private var requests: [Address: Set<RequestID>] = [:]
    /// When each last asked for something or got its end.
    private var activity: [Address: Instant] = [:]
    /// Requests whose clients have not been told all: out of credit, or their pipe is full.
    private(set) var waiting: [RequestID] = []

    /// Those that asked for something or got its end lately.
    var active: Set<Address> { Set(activity.keys) }

    /// What a client is told of, always in the same order.
    func requests(of client: Address) -> [RequestID] {
        (requests[client] ?? []).sorted { $0.description < $1.description }
    }

    /// Has a request's events go to another connection, or to none.
    mutating func move(_ id: RequestID, from before: Address?, to after: Address?) {
        if let before {
            requests[before]?.remove(id)
            if requests[before]?.isEmpty ?? false { requests[before] = nil }
        }
        if let after { requests[after, default: []].insert(id) }
    }

    mutating func noteActivity(of client: Address, _ now: Instant) {
        activity[client] = now
    }

    /// Forgets who has been quiet for so long.
    mutating func forgetQuiet(for time: Duration, _ now: Instant) {
        activity = activity.filter { now - $0.value < time }
    }

    /// Has an eye kept on a request; false: there is one already.
    mutating func watch(_ id: RequestID) -> Bool {
        guard !waiting.contains(id) else { return false }
        waiting.append(id)
        return true
    }

    mutating func unwatch(_ id: RequestID) {
        waiting.removeAll { $0 == id }
    }
}
