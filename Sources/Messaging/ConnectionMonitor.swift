import CZeroMQ
import Glibc

/// Tells when a dealer's connection comes and goes.
///
/// A hint, not a promise: a peer may be silent on a connection that lives. Read it whenever it is
/// readable, or its queue fills and holds up libzmq's I/O thread.
public struct ConnectionMonitor: Socket, ~Copyable {
    public enum Event: Hashable, Sendable {
        /// The handshake is done; messages can be sent.
        case connected
        case disconnected
        /// The other side is no ZeroMQ peer, or one that refuses this one.
        case handshakeFailed
    }

    public let handle: SocketHandle

    /// - Parameter name: unique among the context's inproc endpoints.
    public init(
        _ dealer: borrowing DealerSocket, _ context: Context, name: String
    ) throws(MessagingError) {
        let endpoint = Endpoint.inproc(name: name)
        let events =
            ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED
            | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL
            | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH
        let socket = unsafe try dealer.handle.pointer()
        guard unsafe zmq_socket_monitor(socket, endpoint.description, events) == 0 else {
            throw .last("cannot watch a connection")
        }
        let handle = try SocketHandle(context, ZMQ_PAIR, SocketOptions(frameByteLimit: 1024))
        try handle.connect(endpoint)
        self.handle = handle
    }

    deinit { handle.close() }

    /// The next event, if there is one.
    public borrowing func next() throws(MessagingError) -> Event? {
        // Frame 0 is the event as uint16 and a value as uint32, in this machine's order.
        while let frames = try handle.receive() {
            guard let frame = frames.first, frame.count >= 2 else { continue }
            let number = UInt16(littleEndian: UInt16(frame[0]) | UInt16(frame[1]) << 8)
            switch Int32(number) {
            case ZMQ_EVENT_HANDSHAKE_SUCCEEDED: return .connected
            // Without detail: the peer went away during the handshake, or was too slow, and may be back.
            case ZMQ_EVENT_DISCONNECTED, ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL: return .disconnected
            case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
                return .handshakeFailed
            default: continue
            }
        }
        return nil
    }
}
