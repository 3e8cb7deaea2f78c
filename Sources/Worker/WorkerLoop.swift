internal import Glibc
internal import Inference
public import Logging
public import Messaging
internal import Wire

/// The worker process: one socket to the front, one engine, one thread that receives, steps and reports.
///
/// Heartbeats come from this thread, so a hung kernel is not mistaken for life. A worker that hears nothing from the front
/// for a while drops its work, which the front gives to others, and introduces itself anew on a new socket.
public struct WorkerLoop {
    private let runner: JobRunner
    private let endpoint: Endpoint
    private let logger: Logger

    /// Time between heartbeats, and the silence after which the front is taken for dead.
    private static let heartbeatInterval = Duration.seconds(1)
    private static let silenceLimit = Duration.seconds(6)

    public init(runner: JobRunner, endpoint: Endpoint, logger: Logger) {
        self.runner = runner
        self.endpoint = endpoint
        self.logger = logger
    }

    /// Serves until the front drains this worker, refuses it, or the process that started it is gone.
    public func run() throws(WorkerError) {
        let parent = getppid()
        do throws(MessagingError) {
            let context = try Context()
            while getppid() == parent {
                if try serve(on: context, parent: parent) { return }
                logger.warning("the front is silent; introducing this worker again")
            }
        } catch {
            throw WorkerError(.unavailable, "\(error)")
        }
    }

    /// One session on one socket.
    ///
    /// True when the worker has to leave for good.
    private func serve(on context: Context, parent: pid_t) throws(MessagingError) -> Bool {
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
        outbox.append([.ready(session.ready(processID: getpid()))])
        while true {
            try outbox.flush(to: socket)
            poller.watchWritable(token, !outbox.isEmpty)
            try poller.wait(session.isIdle ? .milliseconds(200) : .zero)
            let now = clock.now
            if poller.isReadable(token) {
                while let frames = try socket.receive() {
                    heard = now
                    guard let order = order(in: frames) else { continue }
                    if case .failed(let refusal) = order {
                        logger.error("the front refuses this worker: \(refusal.message)")
                        return true
                    }
                    outbox.append(session.receive(order, now: now))
                }
            }
            if !session.isIdle { outbox.append(session.runStep(now: now)) }
            if now - beat >= Self.heartbeatInterval {
                beat = now
                outbox.append([.heartbeat(session.heartbeat())])
            }
            if session.isDraining, session.isIdle, outbox.isEmpty { return true }
            if now - heard > Self.silenceLimit || outbox.isFull { return getppid() != parent }
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
