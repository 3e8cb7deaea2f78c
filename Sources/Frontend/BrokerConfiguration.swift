/// Bounds and times of the broker; everything a client or worker can make it hold is bounded here.
public struct BrokerConfiguration: Sendable {
    /// Said in `StatusReply`.
    public var version = "0.1.0"
    /// Said there too: what the base is called.
    public var modelName = ""

    // What one request may ask for.
    public var promptByteLimit = 512 << 10
    public var promptTokenLimit = 1 << 17
    public var splitLimit = 16
    /// Bytes of a message that `split` cuts.
    public var splitByteLimit = 64 << 10
    public var maxTokensLimit: UInt32 = 8192

    // What may wait.
    public var queueLimit = 1024
    /// Estimated tokens, prompt and reply, of all parts that wait.
    public var queueTokenLimit = 4 << 20
    /// A suspect that waited this long gets a worker emptied for it.
    public var agingLimit: Duration = .seconds(2)

    /// The file in which accepted requests are kept; empty: they live and die with this front.
    public var journal = ""
    var isDurable: Bool { !journal.isEmpty }
    /// When a client should ask a service again that cannot keep what it accepts.
    public var recordingDelay: Duration = .seconds(1)

    // What stays in memory after the end, until `Close`; an engine may keep it for longer.
    public var replyLifetime: Duration = .seconds(600)
    public var replyLimit = 4096
    public var replyByteLimit = 64 << 20

    // Workers.
    public var heartbeatInterval: Duration = .seconds(1)
    /// How long a worker that announced nothing may be silent.
    public var workerTimeout: Duration = .seconds(4)
    /// The longest silence that a worker may announce.
    public var silenceLimit: Duration = .seconds(600)
    /// A worker that does not confirm a cancel for this long is as good as hung.
    public var stopTimeout: Duration = .seconds(5)
    /// Losses after which a part is given up.
    public var attemptLimit = 3
    /// Dispatches without progress after which a part is given up, even if others were to blame for each loss.
    public var dispatchLimit: UInt32 = 8
    /// New tokens that clear a suspect: a part that kills its worker does so where it did before.
    public var probationTokens = 8

    /// How long a change of the shelf may take, from its turn on.
    public var changeTimeout: Duration = .seconds(600)

    // Clients.
    /// A client that asked for nothing for this long has no share of the places.
    public var activityTime: Duration = .seconds(2)
    /// Requests whose connection is gone for this long are cancelled, unless they asked to be kept.
    public var clientGrace: Duration = .seconds(10)
    /// Bytes of a reply that may wait for its reader: then nothing more is made until half of them are taken.
    public var streamByteLimit = 32 << 10
    /// A reader that takes nothing for this long while more than `streamByteLimit` waits for it loses the rest of its reply.
    public var stallTimeout: Duration = .seconds(120)
    /// Bytes of a reply that are told at once; the rest of a long backlog goes tick by tick.
    public var deliveryByteLimit = 256 << 10
    /// How soon a client whose pipe was full is tried again.
    public var congestionDelay: Duration = .milliseconds(20)
    /// When a client should ask a service again that is leaving, or its successor.
    public var successorDelay: Duration = .seconds(1)

    /// How long running requests may go on once the service drains.
    public var drainTimeout: Duration = .seconds(120)

    public init() {}
}
