public import Wire

/// Why a conversation with the service ended without its answer.
///
/// A request that the service itself refuses or fails is no error but the event `.failed`.
public struct ClientError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        /// The endpoint is none, or the system has no room for another socket or thread.
        case setup
        /// The default endpoint lies where others could have put it; nothing was sent.
        case untrusted
        /// Nobody answers at the endpoint.
        case unreachable
        /// Somebody answers, but not in this protocol or not in this version of it.
        case protocolMismatch
        /// The service is there and says nothing.
        case noAnswer
        /// After a restart the service gave another reply to the same request.
        case diverged
        /// The request cannot be sent as it is.
        case invalidRequest
        /// The service refused a question that has no events: route, adapters, status, encode, decode.
        case refused
        /// The client was shut down.
        case shutDown
    }

    public let code: Code
    public let message: String
    /// What the service said, where it refused: its own code, and when to ask again.
    public let failure: WireFailed?

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
        failure = nil
    }

    init(_ failure: WireFailed) {
        code = .refused
        message = failure.message
        self.failure = failure
    }

    public var description: String { message }
}
