/// What a router lets its peers have: every bound is per connection unless it says otherwise.
public struct RouterOptions: Sendable {
    /// Bytes in a frame from a peer; one that announces more is cut.
    public var frameByteLimit: Int
    /// Bytes in a message from a peer, all frames together; besides one, frames are short.
    public var messageByteLimit: Int { frameByteLimit + 4096 }
    /// Frames in a message from a peer; a message of more is passed over.
    public var frameLimit = SocketHandle.frameLimit - 1
    /// Bytes that may wait for a peer before no other message is queued for it.
    public var outputByteLimit = 256 << 10
    /// Connections at a time; more are closed as they come.
    public var connectionLimit = 1024
    /// Bytes of incomplete and untaken messages, over all connections.
    public var totalInputByteLimit = 64 << 20
    /// Bytes that may wait for all peers together.
    public var totalOutputByteLimit = 256 << 20
    /// A peer that does not finish the handshake by then is cut.
    public var handshakeTimeout: Duration = .seconds(3)
    /// A peer that does not finish a message that it began by then is cut.
    public var messageTimeout: Duration = .seconds(30)
    /// How long closing may take to send what is queued.
    public var linger: Duration = .zero

    /// - Parameter frameByteLimit: what the router takes from its peers.
    public init(frameByteLimit: Int) {
        self.frameByteLimit = frameByteLimit
    }
}

/// How a router's connections fare.
public struct RouterStatistics: Hashable, Sendable {
    public var openCount = 0
    /// There was no place for them.
    public var refusedCount: UInt64 = 0
    /// They broke a rule or a bound.
    public var cutCount: UInt64 = 0
    /// Bytes of messages that are not complete or not taken yet.
    public var inputByteCount = 0

    public init() {}

    public static func + (left: RouterStatistics, right: RouterStatistics) -> RouterStatistics {
        var sum = left
        sum.openCount += right.openCount
        sum.refusedCount += right.refusedCount
        sum.cutCount += right.cutCount
        sum.inputByteCount += right.inputByteCount
        return sum
    }
}
