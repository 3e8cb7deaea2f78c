public import Journal
public import Logging
import Messaging
import Tensors
import Wire

/// The whole service: the front's thread, the worker processes, and what stops them.
public struct Service: Sendable {
    /// What the service turned out to be, once each place has come to serve or failed, and one serves.
    public struct Summary: Sendable {
        public let endpoint: String
        /// Workers that serve.
        public let workerCount: Int
        public let type: String
        public let adapterCount: Int
        /// Adapters of the folder that cannot be used, each with the reason.
        public let refusedAdapters: [(name: String, reason: String)]
    }

    /// A step on the way there.
    public enum Step: Sendable {
        /// What the workers share is there; with what was said of it, if anything.
        case prepared(note: String)
        /// The worker of a place serves.
        case serving(place: Int)
        /// The process that should fill a place has ended; another one is tried.
        case failed(place: Int)
    }

    /// More clients than any service of one machine has.
    private static let clientLimit = 4096
    /// Descriptors that are kept from clients: for files and pipes, and for each worker its pipes and its connection.
    private static let reservedDescriptors = 128
    private static let descriptorsPerWorker = 16

    private let endpoints: FrontLoop.Endpoints
    private let processID: Int32
    private let preparation: WorkerCommand?
    private let commands: [WorkerCommand]
    private let configuration: BrokerConfiguration
    private let router: (any PromptRouter)?
    private let engine: @Sendable () throws(EngineFailure) -> any DispatchEngine
    private let retention: Duration
    private let keeper: ShelfKeeper?
    private let logger: Logger

    /// Prepares a service; `run` starts it.
    ///
    /// - Parameters:
    ///   - bind: where clients connect: `ipc://PATH` or a loopback `tcp://HOST:PORT`; nil: the
    ///     default that clients look for.
    ///   - processID: of this process; it makes the workers' endpoint unique.
    ///   - preparation: what runs to its end before the workers start.
    ///   - engine: begins what keeps that which is accepted; `retention`: for how long after its end.
    ///   - commands: one a worker; the endpoint to connect to is added as `--connect ENDPOINT`.
    ///   - keeper: of a shelf that changes; nil: the adapters are those that the workers come with.
    /// - Throws: `ServiceFailure` for an endpoint that is none.
    public init(
        bind: String?, processID: Int32, preparation: WorkerCommand? = nil,
        commands: [WorkerCommand], configuration: BrokerConfiguration, router: (any PromptRouter)?,
        engine: @escaping @Sendable () throws(EngineFailure) -> any DispatchEngine = {
            VolatileEngine()
        }, retention: Duration = .seconds(86_400),
        keeper: ShelfKeeper? = nil, logger: Logger
    ) throws(ServiceFailure) {
        do {
            // Clients would not talk to it there.
            if bind == nil { try Endpoint.default.checkTrusted() }
            endpoints = FrontLoop.Endpoints(
                clients: try bind.map { text throws(MessagingError) in try Endpoint(text) }
                    ?? .default,
                workers: try Self.workersEndpoint(processID))
        } catch {
            throw ServiceFailure(error.message)
        }
        self.processID = processID
        self.preparation = preparation
        self.commands = commands
        self.configuration = configuration
        self.router = router
        self.engine = engine
        self.retention = retention
        self.keeper = keeper
        self.logger = logger
    }

    /// A socket file beside the default endpoint, in a directory that only this user may enter.
    private static func workersEndpoint(_ processID: Int32) throws(MessagingError) -> Endpoint {
        try Endpoint("ipc://\(directory)/fusebox-workers-\(processID).sock")
    }

    /// The directory of the default endpoint.
    private static var directory: String {
        let path = Endpoint.default.description.dropFirst("ipc://".count)
        return String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
    }

    /// Serves until interrupted.
    ///
    /// - Parameters:
    ///   - interruptions: the first lets requests finish, the next ends at once.
    ///   - onStep: told of what comes before that.
    ///   - rescans: each has the shelf's folder looked at again.
    ///   - onReady: called once, when every worker serves or was tried, and one serves.
    /// - Throws: `ServiceFailure` when the endpoint cannot be bound or no worker can be started.
    public func run(
        until interruptions: AsyncStream<Void>,
        onStep: @escaping @Sendable (Step) -> Void = { _ in },
        rescans: AsyncStream<Void> = AsyncStream { _ in },
        onReady: @escaping @Sendable (Summary) -> Void
    ) async throws {
        let broker = try makeBroker()
        LocalSocketFile.removeStale(in: Self.directory, prefix: "fusebox-")
        let loop: FrontLoop
        do {
            loop = try await FrontLoop.start(
                endpoints, broker: broker, engine: engine, retention: retention,
                clientLimit: clientLimit)
        } catch let error as MessagingError {
            throw ServiceFailure(error.message)
        } catch let error as EngineFailure {
            throw ServiceFailure(error.message)
        }
        var commands = commands
        for place in commands.indices {
            commands[place].arguments += [
                "--connect", loop.endpoints.workers.description, "--parent", "\(processID)",
            ]
        }
        let logger = logger
        let pool = WorkerPool(
            commands, post: { loop.post($0) },
            log: { logger.notice("\($0)") })
        do {
            try await supervise(
                pool, loop, until: interruptions, rescans: rescans, onStep: onStep, onReady: onReady
            )
        } catch {
            await loop.stop()
            throw error
        }
        await loop.stop()
    }

    private func makeBroker() throws(ServiceFailure) -> Broker {
        var generator = SystemRandomNumberGenerator()
        let opened = try keeper?.open()
        for warning in opened?.warnings ?? [] { logger.warning("\(warning)") }
        var broker = Broker(
            configuration: configuration, router: router, seed: generator.next(),
            shelf: opened?.shelf)
        broker.refusedAdapters = opened?.refused ?? []
        return broker
    }

    /// Connections of clients that there are descriptors for.
    private var clientLimit: Int {
        let reserved = Self.reservedDescriptors + Self.descriptorsPerWorker * commands.count
        return max(16, min(DescriptorLimit.raise() - reserved, Self.clientLimit))
    }

    /// Returns when the workers have left, the front is done, or there is no more patience:
    /// whichever comes first ends the service.
    private func supervise(
        _ pool: WorkerPool, _ loop: FrontLoop, until interruptions: AsyncStream<Void>,
        rescans: AsyncStream<Void>, onStep: @escaping @Sendable (Step) -> Void,
        onReady: @escaping @Sendable (Summary) -> Void
    ) async throws {
        let (chores, desk) = AsyncStream.makeStream(of: FrontNotice.self)
        try await withThrowingTaskGroup { group in
            group.addTask {
                try await self.prepare(onStep)
                try await pool.run()
            }
            group.addTask {
                try await self.follow(
                    loop, pool: pool, chores: desk, onStep: onStep, onReady: onReady)
            }
            group.addTask { await Self.heed(interruptions, loop: loop) }
            group.addTask { await self.keepShelf(chores, loop: loop) }
            group.addTask {
                for await _ in rescans { loop.post(.rescan) }
                await Self.waitForOthers()
            }
            _ = try await group.next()
            pool.stop()
            group.cancelAll()
        }
    }

    private func prepare(_ onStep: @Sendable (Step) -> Void) async throws {
        guard let preparation else { return }
        let logger = logger
        let preparing = Preparation(command: preparation, log: { logger.notice("\($0)") })
        onStep(.prepared(note: try await preparing.run()))
    }

    /// Does what the front's thread cannot: it ends when the service has drained.
    private func follow(
        _ loop: FrontLoop, pool: WorkerPool, chores: AsyncStream<FrontNotice>.Continuation,
        onStep: @Sendable (Step) -> Void,
        onReady: @Sendable (Summary) -> Void
    ) async throws {
        var muster = Muster(placeCount: commands.count)
        var qualities: (type: String, adapterCount: Int, refused: [WireRefusedAdapter])?
        var isTold = false
        for await notice in loop.notices {
            switch notice {
            case .workerReady(let identity, let type, let adapterCount, let refused):
                guard let place = identity.flatMap({ pool.noteReady($0) }) else { continue }
                muster.noteServing(place)
                if !isTold { onStep(.serving(place: place)) }
                qualities = (type, adapterCount, refused)
            case .placeFailed(let place):
                muster.noteFailed(place)
                if !isTold { onStep(.failed(place: place)) }
            case .killWorker(let identity, let reason):
                logger.warning("a worker process is killed: \(reason)")
                pool.kill(identity, because: reason)
            case .prepareShelf, .saveRegistry, .pruneShelf: chores.yield(notice)
            case .report(let text): logger.info("\(text)")
            case .drained:
                // The workers were told to leave: those that do end the service.
                pool.stop()
                try? await Task.sleep(for: .seconds(2))
                return
            }
            guard !isTold, muster.isOver, let qualities else { continue }
            isTold = true
            onReady(
                Summary(
                    endpoint: loop.endpoints.clients.description, workerCount: muster.serving.count,
                    type: qualities.type, adapterCount: qualities.adapterCount,
                    refusedAdapters: qualities.refused.map { (name: $0.name, reason: $0.reason) }))
        }
        if !Task.isCancelled {
            throw ServiceFailure("the front has lost its sockets; the log says why")
        }
    }

    /// Returns when the service shall end at once.
    private static func heed(
        _ interruptions: AsyncStream<Void>, loop: FrontLoop
    ) async {
        var isDraining = false
        for await _ in interruptions {
            if isDraining { return }
            isDraining = true
            loop.post(.drain)
        }
        // Nobody can interrupt any more.
        await waitForOthers()
    }

    /// Does what the broker wants done with files and processes, one thing after the other.
    private func keepShelf(_ chores: AsyncStream<FrontNotice>, loop: FrontLoop) async {
        for await chore in chores {
            guard let keeper else { continue }
            switch chore {
            case .prepareShelf(let ticket, let errand):
                loop.post(.shelfPrepared(ticket: ticket, await keeper.run(errand)))
            case .saveRegistry(let ticket, let registry):
                let failure = await keeper.save(registry)
                loop.post(.registrySaved(ticket: ticket, failure: failure))
            case .pruneShelf(let adapters, let routers):
                await keeper.prune(adapters: adapters, routers: routers)
            default: continue
            }
        }
        await Self.waitForOthers()
    }

    /// Lets the other tasks decide when it is over.
    private static func waitForOthers() async {
        try? await Task.sleep(for: .seconds(1 << 30))
    }
}
