import ArgumentParser
import Dispatch
import FoundationEssentials
import Frontend
import Glibc
import Inference
import Journal
import Kernels
import Logging
import Routing
import Tensors

/// `fusebox serve`: the front and its worker processes.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve prompts from message-queue clients with worker processes.",
        discussion: """
            Flags win over the configuration file, a JSON object whose keys are their long names. \
            SIGTERM or Ctrl-C lets running requests finish; a second one ends at once.
            """
    )

    @OptionGroup var options: ServeOptions

    func run() async throws {
        var settings = try options.settings()
        // Front and workers must not each decide what the demo's files are.
        let files = try ServedFiles(
            model: settings.model, adapters: settings.adapters, router: settings.router)
        if settings.model == nil { settings.name = settings.name ?? "fusebox-demo" }
        settings.model = files.model
        settings.adapters = files.adapters
        settings.router = files.router

        try GatewayCheck(settings: settings).require()
        let program = settings.http == nil ? nil : try GatewayProgram()
        let logger = Logger(label: "fusebox.front")
        let available = Processors.available
        let crew = settings.crew(processors: available.numbers, limit: available.count)
        let kernels = try KernelSet.select().name
        let router = try settings.router.map {
            TrainedRouter(
                try AdapterRouter(directory: $0).abstaining(below: settings.threshold))
        }
        let place = try JournalPlace(settings.journal, endpoint: settings.bind) {
            ProcessInfo.processInfo.environment[$0]
        }
        let service = try Service(
            bind: settings.bind, processID: getpid(),
            preparation: settings.imageArguments.map { WorkerCommand(arguments: $0) },
            commands: settings.workerCommands(crew, memory: AvailableMemory.byteCount()),
            configuration: settings.brokerConfiguration,
            router: router, engine: { () throws(EngineFailure) in try place.open() },
            retention: .seconds(settings.keepResults ?? ServeSettings.usualRetention),
            logger: logger)
        let routerNote = router.map { "router \($0.digest.description.prefix(12))" }
        let (interruptions, continuation) = AsyncStream.makeStream(of: Void.self)
        let sources = Self.watchSignals(continuation)
        defer { for source in sources { source.cancel() } }
        let (endpoints, ready) = AsyncStream.makeStream(of: String.self)
        try await withThrowingTaskGroup { [settings] group in
            group.addTask {
                for await endpoint in endpoints {
                    await program?.companion(settings, endpoint: endpoint) {
                        logger.notice("\($0)")
                    }.run()
                }
            }
            try await service.run(until: interruptions) { summary in
                Self.announce(summary, crew, kernels: kernels, router: routerNote)
                ready.yield(summary.endpoint)
            }
            group.cancelAll()
        }
    }

    private static func announce(
        _ summary: Service.Summary, _ crew: Crew, kernels: String, router: String?
    ) {
        for adapter in summary.refusedAdapters {
            StandardError.write("adapter refused: \(adapter.name): \(adapter.reason)")
        }
        StandardError.write("\(crew), kernels \(kernels)")
        StandardError.write(
            "serving at \(summary.endpoint): type \(summary.type), "
                + "\(summary.adapterCount) adapters, "
                + (router
                    ?? (summary.adapterCount == 0
                        ? "no router: auto is the base" : "no router: explicit mixes only"))
        )
        if summary.workerCount < crew.workerCount {
            StandardError.write(
                "degraded: \(summary.workerCount) of \(crew.workerCount) workers serve; "
                    + "`fusebox status` says why, and the others are tried again")
        }
    }

    /// Has every SIGTERM and SIGINT told to the stream, as long as the sources are held.
    private static func watchSignals(
        _ continuation: AsyncStream<Void>.Continuation
    ) -> [any DispatchSourceSignal] {
        let queue = DispatchQueue(label: "fusebox.signals")
        return [SIGTERM, SIGINT].map { number in
            // The system's own answer, to end the process, would come first.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { continuation.yield() }
            source.activate()
            return source
        }
    }
}
