import CZeroMQ

/// A socket of libzmq's of one kind, owned by the thread that made it.
public protocol Socket: ~Copyable {
    var handle: SocketHandle { get }
}

extension Socket where Self: ~Copyable {
    /// Connects in the background, and again whenever the connection is lost.
    public borrowing func connect(_ endpoint: Endpoint) throws(MessagingError) {
        try handle.connect(endpoint)
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

    /// Takes the other end's connection, under a name within the context.
    public borrowing func bind(_ endpoint: Endpoint) throws(MessagingError) {
        try handle.bind(endpoint)
    }

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
