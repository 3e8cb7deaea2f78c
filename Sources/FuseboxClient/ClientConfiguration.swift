/// How patient a client is.
public struct ClientConfiguration: Sendable {
    /// How long the first connection may take; a local service answers within milliseconds.
    public var connectTimeout: Duration = .seconds(2)

    /// How long a lost connection may stay lost: a front that restarts, with its workers.
    public var reconnectTimeout: Duration = .seconds(30)

    /// How long the first answer to a request may take.
    ///
    /// Queueing does not count: a request is answered by being accepted.
    public var answerTimeout: Duration = .seconds(20)

    /// After this long without a word about an accepted request the client asks again for what it
    /// has not seen; a request may well wait its turn for longer.
    public var silence: Duration = .seconds(5)

    /// Chunks of a request that may be on their way; nil leaves the service unlimited.
    ///
    /// With a window a reader that falls behind takes no memory, and holds up its own request only.
    public var window: UInt32?

    /// How long a request that the service has no room for is sent again, each time after the
    /// wait that the service names.
    public var busyTimeout: Duration = .seconds(30)

    /// How long a request waits for the successor of a service that is leaving: its drain, and the new start.
    public var successorTimeout: Duration = .seconds(150)

    /// Whether replies stay at the service after they were received whole, for `attach`.
    public var keepsReplies = false

    public init() {}
}
