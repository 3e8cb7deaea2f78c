import CZeroMQ
import Glibc

/// Why a socket operation did not happen.
public struct MessagingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What a caller may react to.
    public enum Code: Hashable, Sendable {
        /// The peer's queue is full, or no peer is connected yet (EAGAIN). Nothing was sent.
        case wouldBlock
        /// A router knows no such peer: it went away. Nothing was sent.
        case unreachable
        /// The context was shut down (ETERM): close the socket and leave.
        case terminated
        /// A message had more than `SocketHandle.frameLimit` frames and was thrown away.
        case tooManyFrames
        /// Another process, or another socket of this one, has the endpoint.
        case addressInUse
        /// The text is no endpoint, or one that cannot be used here.
        case invalidEndpoint
        /// This version binds to ipc and loopback only.
        case refusedBind
        /// The default endpoint lies where others could have put it.
        case untrusted
        /// The socket was closed before.
        case closed
        /// Anything else, with the system's or libzmq's error number.
        case system(Int32)
    }

    public let code: Code
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }

    static func inUse(_ endpoint: Endpoint) -> MessagingError {
        MessagingError(
            .addressInUse,
            "\(endpoint) is in use: stop the other service or choose another endpoint")
    }

    /// The failure that libzmq reports for this thread; read it before any other call.
    static func last(_ doing: @autoclosure () -> String) -> MessagingError {
        failure(zmq_errno(), doing())
    }

    /// A failed call of libzmq or of the system.
    static func failure(_ number: Int32, _ doing: String) -> MessagingError {
        let code: Code =
            switch number {
            case EAGAIN: .wouldBlock
            case ETERM: .terminated
            case EADDRINUSE: .addressInUse
            default: .system(number)
            }
        let reason = unsafe String(cString: zmq_strerror(number))
        return MessagingError(code, "\(doing): \(reason)")
    }
}
