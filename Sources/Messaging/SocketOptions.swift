import CZeroMQ

/// How a socket behaves towards slow, dead and hostile peers; every option is set explicitly.
public struct SocketOptions: Sendable {
    /// How long closing may wait for what is still to be sent.
    public var linger: Duration = .zero

    /// Messages queued for each peer and from each; small, because credit is the flow control.
    public var highWaterMark: Int32 = 256

    /// The largest frame taken; a peer that announces a larger one is cut off.
    public var frameByteLimit: Int64

    /// A peer that does not finish the handshake by then is cut off.
    public var handshakeTimeout: Duration = .seconds(3)

    /// The first wait before connecting again, doubled each time up to the longest one.
    public var reconnectInterval: Duration = .milliseconds(100)
    public var longestReconnectInterval: Duration = .seconds(2)

    /// - Parameter frameByteLimit: what the socket takes from its peers.
    public init(frameByteLimit: Int64) {
        self.frameByteLimit = frameByteLimit
    }

    /// Sets everything that all kinds of sockets have.
    func apply(to socket: SocketHandle) throws(MessagingError) {
        try socket.set(ZMQ_LINGER, linger.milliseconds)
        try socket.set(ZMQ_SNDHWM, highWaterMark)
        try socket.set(ZMQ_RCVHWM, highWaterMark)
        try socket.set(ZMQ_MAXMSGSIZE, frameByteLimit)
        try socket.set(ZMQ_HANDSHAKE_IVL, handshakeTimeout.milliseconds)
        // libzmq ends the process when its heartbeat falls due at a connection whose queue is full and whose peer is gone
        // (`!_io_error`): signs of life are the protocol's own.
        try socket.set(ZMQ_HEARTBEAT_IVL, Int32(0))
        try socket.set(ZMQ_RECONNECT_IVL, reconnectInterval.milliseconds)
        try socket.set(ZMQ_RECONNECT_IVL_MAX, longestReconnectInterval.milliseconds)
        try socket.set(ZMQ_TCP_KEEPALIVE, Int32(1))
    }
}

extension Duration {
    /// Whole milliseconds, rounded up so that a short wait is not a busy one, and clamped.
    var milliseconds: Int32 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        guard seconds < Int64(Int32.max) / 1000 else { return .max }
        return Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
