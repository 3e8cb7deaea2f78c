internal import Glibc
internal import Inference
public import Logging
public import Messaging
internal import Wire

/// The worker process: one socket to the front, one engine, one thread that receives, steps and reports.
///
/// Heartbeats come from this thread, so a hung kernel is not mistaken for life; before a step that may take long, one says so.
/// A worker that hears nothing from the front for a while drops its work, which the front gives to others, and introduces
/// itself anew on a new socket.
public struct WorkerLoop {
    private let runner: JobRunner
    private let endpoint: Endpoint
    private let identity: [UInt8]
    private let logger: Logger

    /// Time between heartbeats, and the silence after which the front is taken for dead.
    private static let heartbeatInterval = Duration.seconds(1)
    private static let silenceLimit = Duration.seconds(6)
    /// How long a worker without work, or without a front, waits for orders.
    private static let patience = Duration.milliseconds(200)

    /// - Parameter identity: the 16 bytes that the front gave this process; empty for one that was started by hand.
    public init(runner: JobRunner, endpoint: Endpoint, identity: [UInt8] = [], logger: Logger) {
        self.runner = runner
        self.endpoint = endpoint
        self.identity = identity
        self.logger = logger
    }

    /// Serves until the front drains this worker or refuses it.
    public func run() throws(WorkerError) {
        do {
            let context = try Context()
            while !(try serve(on: context)) {
                logger.warning("the front is silent; introducing this worker again")
            }
        } catch let error as WorkerError {
            throw error
        } catch {
            throw WorkerError(.unavailable, "\(error)")
        }
    }

    /// One session on one socket.
    ///
    /// True when the worker has to leave for good.
    private func serve(on context: Context) throws -> Bool {
        let socket = try DealerSocket(
            context, SocketOptions(frameByteLimit: Int64(Frames.serviceLimit)))
        try socket.connect(endpoint)
        var poller = Poller()
        let token = try poller.add(socket)
        var outbox = Outbox()
        let session = WorkerSession(runner)
        defer { session.abandon() }
        let clock = ContinuousClock()
        var heard = clock.now
        var beat = clock.now
        let introduction = session.ready(processID: getpid(), identity: identity)
        try outbox.append([.ready(introduction)], of: session)
        while true {
            try outbox.flush(to: socket)
            poller.watchWritable(token, !outbox.isEmpty)
            // After a long step the front only seems silent: what it said meanwhile is read first.
            let isSilent = clock.now - heard > Self.silenceLimit
            let isWaiting = session.isIdle && !session.isLoading
            try poller.wait(isWaiting || isSilent ? Self.patience : .zero)
            let now = clock.now
            if poller.isReadable(token) {
                while let frames = try socket.receive() {
                    heard = now
                    guard let order = order(in: frames) else { continue }
                    if case .failed(let refusal) = order {
                        logger.error("the front refuses this worker: \(refusal.message)")
                        return true
                    }
                    try outbox.append(session.receive(order, now: now), of: session)
                }
            }
            if isSilent && now - heard > Self.silenceLimit || outbox.isFull { return false }
            let silence = session.silence
            if silence > 0 || now - beat >= Self.heartbeatInterval {
                beat = now
                try outbox.append([.heartbeat(session.heartbeat(silence: silence))], of: session)
                // It has to be under way before the step begins.
                try outbox.flush(to: socket)
            }
            if session.isLoading { try outbox.append(session.loadNext(), of: session) }
            if !session.isIdle { try outbox.append(session.runStep(now: now), of: session) }
            if session.isDraining, session.isIdle, outbox.isEmpty { return true }
        }
    }

    private func order(in frames: [[UInt8]]) -> WorkerOrder? {
        do throws(WireError) {
            return try Frames.decode(frames)
        } catch {
            logger.warning("dropped a message from the front: \(error)")
            return nil
        }
    }
}
