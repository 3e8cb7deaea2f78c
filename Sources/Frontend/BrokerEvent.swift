public import Journal
public import Wire

/// What happens to the broker.
///
/// All it knows comes through these.
public enum BrokerEvent: Sendable {
    case client(Address, ClientVerb)
    case worker(Address, WorkerReport)
    /// A client's connection is over.
    case clientLeft(Address)
    /// The supervisor started a process for a place in the pool.
    case workerStarted(place: Int, identity: WorkerIdentity, pid: Int32)
    /// A process that the supervisor started has ended, or did not start at all.
    case workerExited(place: Int, identity: WorkerIdentity, reason: String)
    /// A worker's connection is over.
    case workerLeft(Address)
    /// An order could not be sent.
    case orderUndelivered(Address, WorkerOrder, SendFailure)
    /// A worker sent something that is no message.
    case workerMalformed(Address, String)
    /// A part of a stream could not be sent; nothing after it was sent either.
    case undelivered(Address, DeliveryMark, SendFailure)
    /// The shelf's folder may have changed.
    case rescan
    /// What came of the errand of a ticket.
    case shelfPrepared(ticket: UInt64, ShelfFinding)
    /// The registry of a ticket is written down, or why not.
    case registrySaved(ticket: UInt64, failure: String?)
    /// How the front's connections fare.
    case connections(WireConnectionStatus)
    /// The front itself was away, stopped or suspended.
    case awoken
    /// Time has passed.
    case tick
    /// Take nothing new, let what runs finish, then leave.
    case drain
    /// What the engine knows of a request that somebody speaks of and that is not in memory.
    case recalled(Recollection, RequestID, WallTime)
}

/// Why a message did not leave.
public enum SendFailure: Hashable, Sendable {
    /// There is no such peer any more.
    case unreachable
    /// Its pipe is full; it may be tried again.
    case congested
    /// It is no message that the receiver would take, and never will be.
    case unencodable(String)
}

/// A place in a request's stream, from which delivery can go on.
public enum DeliveryMark: Hashable, Sendable {
    case acceptance(RequestID)
    case entry(RequestID, part: Int, index: Int)

    var request: RequestID {
        switch self {
        case .acceptance(let request), .entry(let request, _, _): request
        }
    }
}
