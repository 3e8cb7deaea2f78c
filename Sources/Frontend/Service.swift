public import Logging
public import Messaging
import Tensors

/// The whole service: the front's thread, the worker processes, and what stops them.
public struct Service: Sendable {
    /// What asks the service to end.
    public enum Interruption: Sendable {
        /// Finish what runs, then leave.
        case drain
        /// Leave now.
        case immediate
    }

    /// What the service turned out to be, once all workers are ready.
    public struct Summary: Sendable {
        public let endpoint: Endpoint
        public let workerCount: Int
        public let type: String
        public let adapterCount: Int
    }

    private let endpoints: FrontLoop.Endpoints
    private let command: WorkerCommand
    private let workerCount: Int
    private let configuration: BrokerConfiguration
    private let router: (any PromptRouter)?
    private let sentences: @Sendable (String) -> [String]
    private let logger: Logger

    /// Prepares a service; `run` starts it.
    ///
    /// - Parameters:
    ///   - command: of a worker; the endpoint to connect to is added as `--connect ENDPOINT`.
    ///   - sentences: cuts a text into sentences, for `split`.
    public init(
        endpoints: FrontLoop.Endpoints, command: WorkerCommand, workerCount: Int,
        configuration: BrokerConfiguration, router: (any PromptRouter)?,
        sentences: @escaping @Sendable (String) -> [String], logger: Logger
    ) {
        self.endpoints = endpoints
        self.command = command
        self.workerCount = workerCount
        self.configuration = configuration
        self.router = router
        self.sentences = sentences
        self.logger = logger
    }

    /// Serves until interrupted.
    ///
    /// - Parameters:
    ///   - interruptions: the first lets requests finish, the next ends at once.
    ///   - onReady: called once, when every worker serves.
    /// - Throws: `MessagingError` for an endpoint that cannot be bound, `ServiceFailure` when the
    ///   workers cannot be started.
    public func run(
        until interruptions: AsyncStream<Interruption>,
        onReady: @escaping @Sendable (Summary) -> Void
    ) async throws {
        var generator = SystemRandomNumberGenerator()
        let broker = Broker(
            configuration: configuration, router: router, sentences: sentences,
            seed: generator.next())
        let loop = try await FrontLoop.start(endpoints, context: Context(), broker: broker)
        var command = command
        command.arguments += ["--connect", loop.endpoints.workers.description]
        let logger = logger
        let pool = WorkerPool(
            command, count: workerCount, post: { loop.post($0) },
            log: { logger.notice("\($0)") })
        defer { loop.stop() }
        try await withThrowingTaskGroup { group in
            group.addTask { try await pool.run() }
            group.addTask { await self.follow(loop, pool: pool, onReady: onReady) }
            group.addTask { await Self.heed(interruptions, loop: loop) }
            // Whichever ends first ends the service: the workers have left or cannot be started,
            // the front is done, or there is no more patience.
            _ = try await group.next()
            pool.stop()
            group.cancelAll()
        }
    }

    /// Does what the front's thread cannot: it ends when the service has drained.
    private func follow(
        _ loop: FrontLoop, pool: WorkerPool, onReady: @Sendable (Summary) -> Void
    ) async {
        var readyCount = 0
        for await notice in loop.notices {
            switch notice {
            case .workerReady(let pid, let type, let adapterCount):
                pool.noteReady(pid)
                readyCount += 1
                if readyCount == workerCount {
                    onReady(
                        Summary(
                            endpoint: loop.endpoints.clients, workerCount: workerCount,
                            type: type, adapterCount: adapterCount))
                }
            case .killWorker(let pid, let reason):
                logger.warning("worker process \(pid) is killed: \(reason)")
                pool.kill(pid)
            case .report(let text): logger.info("\(text)")
            case .drained:
                // The workers were told to leave: those that do end the service.
                pool.stop()
                try? await Task.sleep(for: .seconds(2))
                return
            }
        }
    }

    /// Returns when the service shall end at once.
    private static func heed(
        _ interruptions: AsyncStream<Interruption>, loop: FrontLoop
    ) async {
        for await interruption in interruptions {
            switch interruption {
            case .drain: loop.post(.drain)
            case .immediate: return
            }
        }
        // Nobody can interrupt any more; the others decide when it is over.
        try? await Task.sleep(for: .seconds(1 << 30))
    }
}
