public import Journal
public import Wire

/// A dispatch engine in plain memory: what others are compared with, and what a simulated front records in.
///
/// A shared object, because it outlives the fronts that use it. It can lose what was not forced to disk, and refuse to take
/// anything.
///
/// Sendable unchecked: a simulation has one thread.
public final class ModelEngine: DispatchEngine, @unchecked Sendable {
    public let place: String? = "model"
    private var batches: [[DispatchOperation]] = []
    /// Batches that survive a loss of power.
    private var forcedCount = 0
    private var requests: [RequestID: StoredRequest] = [:]
    private var closed: [RequestID: Int64] = [:]
    private var summaries: [RequestID: WireRequestSummary] = [:]
    private var order: [RequestID] = []
    private var lastSerial: UInt64 = 0
    /// Why it takes nothing.
    public var problem: String?
    /// Whether it takes nothing this once, by the number of the commit.
    public var fails: @Sendable (Int) -> Bool = { _ in false }
    /// What becomes of a batch on its way in; a fault that a test plants.
    public var alter: @Sendable ([DispatchOperation]) -> [DispatchOperation] = { $0 }
    /// A fault that a test plants: nothing is ever forced to disk.
    public var forgetsToForce = false
    public private(set) var commitCount = 0

    public init() {}

    public func watch() -> Recovery {
        let open = order.compactMap { requests[$0] }.filter { $0.endedAt == nil }
            .sorted { $0.serial < $1.serial }
        return Recovery(requests: open, lastSerial: lastSerial)
    }

    public func find(_ request: RequestID) -> Recollection? {
        if closed[request] != nil { return .closed }
        return requests[request].map { .stored($0) }
    }

    public func list(limit: Int) -> RequestList {
        let ended = requests.values.sorted { $0.serial > $1.serial }.compactMap { summaries[$0.id] }
        return RequestList(requests: Array(ended.prefix(limit)), total: ended.count)
    }

    public func commit(
        _ operations: [DispatchOperation], durability: Durability
    ) throws(EngineFailure) {
        if let problem { throw EngineFailure(problem) }
        commitCount += 1
        guard !fails(commitCount) else { throw EngineFailure("the disk has failed once") }
        let operations = alter(operations)
        batches.append(operations)
        if durability == .power, !forgetsToForce { forcedCount = batches.count }
        for operation in operations { apply(operation) }
    }

    public func expire(endedBefore moment: Int64, unwantedBefore unwanted: Int64) -> Bool {
        for (id, request) in requests where (request.endedAt ?? .max) < moment {
            requests[id] = nil
        }
        closed = closed.filter { $0.value >= moment }
        return false
    }

    /// Loses what was not forced to disk, down to `count` batches of it.
    public func losePower(keeping count: Int) {
        batches.removeSubrange(min(batches.count, forcedCount + count)...)
        forcedCount = batches.count
        (requests, summaries, closed, order, lastSerial) = ([:], [:], [:], [], 0)
        for operation in batches.joined() { apply(operation) }
    }

    private func apply(_ operation: DispatchOperation) {
        let id = operation.request
        switch operation {
        case .submit(let stored):
            requests[id] = stored
            order.append(id)
            lastSerial = max(lastSerial, stored.serial)
        case .lease(let key, let attempts), .release(let key, let attempts):
            requests[id]?.parts[key.part].attempts = attempts
        case .renew(let key, let position, let entries):
            put(entries, at: position, in: key)
        case .complete(let key, let position, let entry, let attempts),
            .quarantine(let key, let position, let entry, let attempts):
            put([entry], at: position, in: key)
            requests[id]?.parts[key.part].attempts = attempts
        case .reopen(let key, let position, let attempts):
            let kept = requests[id]?.parts[key.part].entries.prefix(position) ?? []
            requests[id]?.parts[key.part].entries = Array(kept)
            requests[id]?.parts[key.part].attempts = attempts
        case .end(_, let moment, let summary):
            requests[id]?.endedAt = moment
            summaries[id] = summary
        case .resume:
            requests[id]?.endedAt = nil
            summaries[id] = nil
        case .forget:
            requests[id] = nil
            summaries[id] = nil
        case .close(_, let moment):
            requests[id] = nil
            summaries[id] = nil
            closed[id] = moment
        }
    }

    private func put(_ entries: [WireJournalEntry], at position: Int, in key: PartKey) {
        guard let known = requests[key.request]?.parts[key.part].entries, position <= known.count
        else { return }
        requests[key.request]?.parts[key.part].entries = known.prefix(position) + entries
    }
}
