public import Wire

/// A request as an engine keeps it; moments are milliseconds since 1970.
public struct StoredRequest: Sendable {
    public let id: RequestID
    /// Grows with each acceptance.
    public let serial: UInt64
    public let record: WireJournalRequest
    public let acceptedAt: Int64
    /// nil: none.
    public let deadline: Int64?
    /// nil: it has not ended.
    public var endedAt: Int64?
    public var parts: [StoredPart]

    public init(
        id: RequestID, serial: UInt64, record: WireJournalRequest, acceptedAt: Int64,
        deadline: Int64?, endedAt: Int64? = nil, parts: [StoredPart]
    ) {
        self.id = id
        self.serial = serial
        self.record = record
        self.acceptedAt = acceptedAt
        self.deadline = deadline
        self.endedAt = endedAt
        self.parts = parts
    }
}

/// How far a part of a stored request has come.
public struct StoredPart: Sendable {
    public var attempts: AttemptRecord
    /// What its client is to see, in order.
    public var entries: [WireJournalEntry]

    public init(attempts: AttemptRecord = AttemptRecord(), entries: [WireJournalEntry]) {
        self.attempts = attempts
        self.entries = entries
    }
}

/// What is known of a part's attempts, so that a worker that died of it is not forgotten with the front.
public struct AttemptRecord: Equatable, Sendable {
    /// The epoch of the latest dispatch; 0: none yet.
    public var epoch: UInt32 = 0
    /// Attempts since the reply last got further that ended without an end of the part.
    public var losses = 0
    /// Workers that died since then while they ran this part and nothing else could be blamed.
    public var deaths = 0
    /// A worker died with it: it must not endanger others.
    public var isOnProbation = false
    /// It shall stop: cancelled, or too late.
    public var stopping: WireFinishReason?
    /// It is not tried again unless somebody asks for it.
    public var isQuarantined = false

    public init() {}

    /// Dispatches since the reply last got further.
    public var count: UInt32 { epoch == 0 ? 0 : UInt32(clamping: losses) + 1 }
}
