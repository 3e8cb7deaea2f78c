import CZeroMQ

/// A socket of one kind, owned by the thread that made it.
public protocol Socket: ~Copyable {
    var handle: SocketHandle { get }
}

extension Socket where Self: ~Copyable {
    /// Listens at an ipc or loopback endpoint.
    ///
    /// - Returns: the endpoint, with the port that `tcp://127.0.0.1:*` got.
    /// - Throws: `.refusedBind` for an endpoint that the network could reach, `.addressInUse`.
    @discardableResult
    public borrowing func bind(_ endpoint: Endpoint) throws(MessagingError) -> Endpoint {
        try handle.bind(endpoint)
    }

    /// Connects in the background, and again whenever the connection is lost.
    public borrowing func connect(_ endpoint: Endpoint) throws(MessagingError) {
        try handle.connect(endpoint)
    }
}

/// The name under which a router knows a connection: chosen by it, new with each connection, and
/// no proof of who the peer is.
public struct Peer: Hashable, Sendable {
    public let routingID: [UInt8]

    public init(routingID: [UInt8]) {
        self.routingID = routingID
    }
}

/// Talks to many peers, each by name.
public struct RouterSocket: Socket, ~Copyable {
    public let handle: SocketHandle

    public init(_ context: Context, _ options: SocketOptions) throws(MessagingError) {
        let handle = try SocketHandle(context, ZMQ_ROUTER, options)
        // Without it a message to a peer that left, or whose queue is full, vanishes silently.
        try handle.set(ZMQ_ROUTER_MANDATORY, Int32(1))
        // A newcomer must not take over a connected peer's name.
        try handle.set(ZMQ_ROUTER_HANDOVER, Int32(0))
        self.handle = handle
    }

    deinit { handle.close() }

    /// Queues a message for a peer without waiting.
    ///
    /// - Throws: `.unreachable` when the peer is gone, `.wouldBlock` when its queue is full.
    public borrowing func send(_ frames: [[UInt8]], to peer: Peer) throws(MessagingError) {
        try handle.send(peer.routingID, more: true)
        try handle.send(frames)
    }

    /// Takes the next message and its sender, if one is there.
    ///
    /// - Throws: `.tooManyFrames` after throwing such a message away.
    public borrowing func receive() throws(MessagingError) -> (peer: Peer, frames: [[UInt8]])? {
        guard var frames = try handle.receive() else { return nil }
        let peer = Peer(routingID: frames.removeFirst())
        return (peer, frames)
    }
}

/// Talks to one router.
public struct DealerSocket: Socket, ~Copyable {
    public let handle: SocketHandle

    public init(_ context: Context, _ options: SocketOptions) throws(MessagingError) {
        let handle = try SocketHandle(context, ZMQ_DEALER, options)
        // Without it messages are queued for a peer that may never come, and are lost in the end.
        try handle.set(ZMQ_IMMEDIATE, Int32(1))
        self.handle = handle
    }

    deinit { handle.close() }

    /// Queues a message without waiting.
    ///
    /// - Throws: `.wouldBlock` while no peer is connected or the queue is full.
    public borrowing func send(_ frames: [[UInt8]]) throws(MessagingError) {
        try handle.send(frames)
    }

    /// Takes the next message, if one is there.
    ///
    /// - Throws: `.tooManyFrames` after throwing such a message away.
    public borrowing func receive() throws(MessagingError) -> [[UInt8]]? {
        try handle.receive()
    }
}

/// One end of a pipe between two threads.
public struct PairSocket: Socket, ~Copyable {
    public let handle: SocketHandle

    public init(_ context: Context, _ options: SocketOptions) throws(MessagingError) {
        handle = try SocketHandle(context, ZMQ_PAIR, options)
    }

    deinit { handle.close() }

    /// Queues a message without waiting.
    ///
    /// - Throws: `.wouldBlock` while the other end is missing or the queue is full.
    public borrowing func send(_ frames: [[UInt8]]) throws(MessagingError) {
        try handle.send(frames)
    }

    /// Takes the next message, if one is there.
    ///
    /// - Throws: `.tooManyFrames` after throwing such a message away.
    public borrowing func receive() throws(MessagingError) -> [[UInt8]]? {
        try handle.receive()
    }
}
