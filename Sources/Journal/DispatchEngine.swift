public import Wire

/// Keeps what was accepted, and who works on it, beyond the life of the front that accepted it.
///
/// A front tells it what it decided, a turn at a time; nothing of the turn leaves the front before `commit` has returned. An
/// engine of one machine has one front; one of many has others, whose requests `watch` may bring.
public protocol DispatchEngine: Sendable {
    /// Where it keeps things; nil: in this process alone, and with it they are gone.
    var place: String? { get }

    /// Accepted requests without an end that no living front has, in the order of their acceptance.
    ///
    /// - Throws: `EngineFailure` when they cannot be read at all. One that is damaged is left out, and told of in `warnings`.
    mutating func watch() throws(EngineFailure) -> Recovery

    /// What is known of a request that the front does not remember.
    mutating func find(_ request: RequestID) throws(EngineFailure) -> Recollection?

    /// The youngest requests that have ended, at most `limit`, and how many there are.
    mutating func list(limit: Int) throws(EngineFailure) -> RequestList

    /// Makes a turn's decisions lasting, all or none of them.
    ///
    /// - Parameters:
    ///   - operations: none: only whether anything could be recorded is found out.
    ///   - durability: what they must survive when this returns.
    mutating func commit(
        _ operations: [DispatchOperation], durability: Durability
    ) throws(EngineFailure)

    /// Removes some of what ended before a moment, and of the ids that were closed before it: not so much that it takes long.
    ///
    /// - Parameters:
    ///   - moment: milliseconds since 1970.
    ///   - unwanted: as well; where room is short, what nobody asked to keep and that has ended before it is closed.
    /// - Returns: whether there may be more.
    mutating func expire(
        endedBefore moment: Int64, unwantedBefore unwanted: Int64
    ) throws(EngineFailure) -> Bool
}

/// What a commit survives.
public enum Durability: Sendable {
    /// The end of the process.
    case process
    /// The loss of power too.
    case power
}

/// What an engine hands to a front that begins.
public struct Recovery: Sendable {
    public var requests: [StoredRequest]
    /// What could not be read, in words.
    public var warnings: [String]
    /// The highest serial that was given; 0: none.
    public var lastSerial: UInt64

    public init(
        requests: [StoredRequest] = [], warnings: [String] = [], lastSerial: UInt64 = 0
    ) {
        self.requests = requests
        self.warnings = warnings
        self.lastSerial = lastSerial
    }
}

/// What is left of a request.
public enum Recollection: Sendable {
    /// Its client has closed it: only the id is kept, so that a late repetition does not run again.
    case closed
    case stored(StoredRequest)
}

/// Requests for a list, the youngest first.
public struct RequestList: Sendable {
    public var requests: [WireRequestSummary]
    public var total: Int

    public init(requests: [WireRequestSummary] = [], total: Int = 0) {
        self.requests = requests
        self.total = total
    }
}

/// Why an engine could not do what it was asked.
public struct EngineFailure: Error, Equatable, Sendable, CustomStringConvertible {
    public let message: String

    public init(_ message: String) {
        self.message = message
    }

    public var description: String { message }
}
