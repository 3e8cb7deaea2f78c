public import Messaging
public import Wire

/// What happens to the broker.
///
/// All it knows comes through these.
public enum BrokerEvent: Sendable {
    case client(Peer, ClientVerb)
    case worker(Peer, WorkerReport)
    /// The supervisor started a process for a place in the pool.
    case workerStarted(place: Int, pid: Int32)
    /// A process that the supervisor started has ended.
    case workerExited(place: Int, pid: Int32)
    /// A worker's socket is gone.
    case workerUnreachable(Peer)
    /// A worker sent something that is no message.
    case workerMalformed(Peer, String)
    /// A part of a stream could not be sent; nothing after it was sent either.
    case undelivered(Peer, DeliveryMark, SendFailure)
    /// Time has passed.
    case tick
    /// Take nothing new, let what runs finish, then leave.
    case drain
}

/// Why a message to a client did not leave.
public enum SendFailure: Sendable {
    /// There is no such peer any more.
    case unreachable
    /// Its pipe is full; it may be tried again.
    case congested
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
