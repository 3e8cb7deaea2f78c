import DequeModule
import Journal
import Tensors
import Wire

/// The requests in memory, and which of them the engine has not been told all of.
struct RequestTable: Sendable {
    /// Ids of closed requests that are known without asking the engine.
    private static let closedLimit = 4096

    private var byID: [RequestID: ServedRequest] = [:]
    /// Those that have not ended, in order of acceptance.
    private(set) var live: [RequestID] = []
    /// Those that have, in order of their end.
    private(set) var ended: [RequestID] = []
    private(set) var endedByteCount = 0
    private var nextSerial: UInt64 = 0

    /// Those that were looked at with a pen in hand since the last commit.
    private var touched: Set<RequestID> = []
    /// Closed since the last commit.
    private var closing: [RequestID] = []
    /// Forgotten since, ids and all.
    private var forgotten: [RequestID] = []
    private var closed: Set<RequestID> = []
    private var closedInOrder: Deque<RequestID> = []

    var count: Int { byID.count }
    var isEmpty: Bool { byID.isEmpty }
    /// What the requests in memory were accepted under.
    var editions: Set<Digest> { Set(byID.values.compactMap(\.edition)) }

    /// A request in memory; whatever may change it has it recorded with the next commit.
    subscript(id: RequestID) -> ServedRequest? {
        get { byID[id] }
        _modify {
            touched.insert(id)
            yield &byID[id]
        }
    }

    /// The number of the next request to be accepted.
    mutating func takeSerial() -> UInt64 {
        defer { nextSerial += 1 }
        return nextSerial
    }

    /// Numbers from now on are above those that another front gave.
    mutating func skipSerials(through serial: UInt64) {
        nextSerial = max(nextSerial, serial.addingReportingOverflow(1).partialValue)
    }

    /// Adds one that has not ended, or that ended before it came here.
    mutating func add(_ request: ServedRequest) {
        self[request.id] = request
        if request.endedAt == nil {
            live.append(request.id)
        } else {
            noteEnd(of: request.id)
        }
    }

    /// Notes that every part of a request has ended.
    mutating func end(_ id: RequestID, now: Instant) {
        guard self[id] != nil else { return }
        self[id]?.endedAt = now
        live.removeAll { $0 == id }
        noteEnd(of: id)
    }

    private mutating func noteEnd(of id: RequestID) {
        ended.append(id)
        let byteCount = byID[id]?.byteCount ?? 0
        self[id]?.keptByteCount = byteCount
        endedByteCount += byteCount
    }

    /// Lets an ended request live again.
    mutating func reopen(_ id: RequestID) {
        guard let request = byID[id], request.endedAt != nil else { return }
        leaveEnded(request)
        self[id]?.endedAt = nil
        live.append(id)
    }

    /// Forgets a request; the engine, if it keeps any, still has it.
    mutating func evict(_ id: RequestID) {
        guard let request = byID.removeValue(forKey: id) else { return }
        touched.remove(id)
        leaveEnded(request)
        live.removeAll { $0 == id }
    }

    /// Forgets a request for good, but for its id.
    mutating func close(_ id: RequestID) {
        guard byID[id] != nil else { return }
        evict(id)
        closing.append(id)
        noteClosed(id)
    }

    /// Forgets a request and its id.
    mutating func forget(_ id: RequestID) {
        guard byID[id] != nil else { return }
        evict(id)
        forgotten.append(id)
    }

    private mutating func leaveEnded(_ request: ServedRequest) {
        guard request.endedAt != nil else { return }
        endedByteCount -= request.keptByteCount
        ended.removeAll { $0 == request.id }
    }

    /// Remembers an id that must not be used again.
    mutating func noteClosed(_ id: RequestID) {
        guard closed.insert(id).inserted else { return }
        closedInOrder.append(id)
        if closedInOrder.count > Self.closedLimit, let oldest = closedInOrder.popFirst() {
            closed.remove(oldest)
        }
    }

    /// Whether a request of this id is known to be closed.
    func isClosed(_ id: RequestID) -> Bool { closed.contains(id) }

    /// Whether the engine knows all of a request.
    func isRecorded(_ id: RequestID) -> Bool { byID[id]?.isRecorded ?? true }
}

// What the engine has not been told.
extension RequestTable {
    private var hasLeaving: Bool { !closing.isEmpty || !forgotten.isEmpty }

    /// Whether anything waits for a commit.
    var hasUnrecorded: Bool {
        hasLeaving || touched.contains { !isRecorded($0) }
    }

    /// Whether something waits that no client may hear of before it is on disk.
    var isUrgent: Bool {
        hasLeaving || touched.contains { byID[$0]?.isUrgent ?? false }
    }

    /// Whether a part is about to run whose lease is not recorded.
    var hasUnrecordedLease: Bool { touched.contains { byID[$0]?.hasUnrecordedLease ?? false } }

    /// All that is not recorded, in the order of acceptance.
    func unrecorded(at time: WallTime) -> [DispatchOperation] {
        // An id that was forgotten may have come again in the same turn.
        forgotten.map { .forget($0) }
            + touched.compactMap { byID[$0] }.sorted { $0.serial < $1.serial }
            .flatMap { $0.unrecorded(at: time) }
            + closing.map { .close($0, at: time.milliseconds) }
    }

    /// Notes that a commit has taken all that was unrecorded; returns the requests that are accepted by it.
    mutating func noteRecorded() -> [RequestID] {
        let fresh = touched.compactMap { byID[$0] }.filter { !$0.recording.isAccepted }
            .sorted { $0.serial < $1.serial }.map(\.id)
        for id in touched { byID[id]?.noteRecorded() }
        touched = []
        (closing, forgotten) = ([], [])
        return fresh
    }

    /// Those that no commit has taken yet.
    var unaccepted: [RequestID] { live.filter { !(byID[$0]?.recording.isAccepted ?? true) } }
}
