import ArgumentParser
import CSystemShims
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
            SIGTERM or Ctrl-C lets running requests finish; a second one ends at once. With --state SIGHUP takes over \
            what has changed in the folder of adapters.
            """
    )

    @OptionGroup var options: ServeOptions

    func run() async throws {
        // One heap: what the start frees is the front's, whose thread would have begun another.
        mallopt(M_ARENA_MAX, 1)
        let checklist = Checklist()
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
        checklist.note("model", "\(settings.brokerConfiguration.modelName), \(files.model)")
        let logger = Logger(label: "fusebox.front")
        let available = Processors.available
        let crew = settings.crew(processors: available.numbers, limit: available.count)
        let router = try settings.router.map {
            TrainedRouter(
                try AdapterRouter(directory: $0).abstaining(below: settings.threshold))
        }
        let place = try JournalPlace(settings.journal, endpoint: settings.bind) {
            ProcessInfo.processInfo.environment[$0]
        }
        let routerNote = router.map { "router \($0.digest.description.prefix(12))" }
        checklist.note("router", routerNote.map { $0.dropFirst("router ".count) + "" } ?? "none")
        checklist.note("kernels", try KernelSet.select().name)
        checklist.note("threads", "\(crew)")
        checklist.note("journal", place.description)
        let folder = try StateFolder.registry(settings)
        let keeper = folder.map {
            ShelfKeeper(
                folder: $0, shelf: settings.adapters, router: settings.router,
                threshold: settings.threshold,
                check: WorkerCommand(arguments: settings.checkArguments))
        }
        let service = try Service(
            bind: settings.bind, processID: getpid(),
            preparation: settings.imageArguments.map { WorkerCommand(arguments: $0) },
            commands: settings.workerCommands(
                crew, memory: AvailableMemory.byteCount(), comesEmpty: keeper != nil),
            configuration: settings.brokerConfiguration,
            router: router, engine: { () throws(EngineFailure) in try place.open() },
            retention: .seconds(settings.keepResults ?? ServeSettings.usualRetention),
            keeper: keeper, logger: logger)
        let (interruptions, continuation) = AsyncStream.makeStream(of: Void.self)
        let (rescans, rescan) = AsyncStream.makeStream(of: Void.self)
        // Without a shelf that changes a terminal that hangs up ends the service.
        let signals = [
            SignalWatch([SIGTERM, SIGINT]) { _ in continuation.yield() },
            SignalWatch(keeper == nil ? [] : [SIGHUP]) { _ in rescan.yield() },
        ]
        defer { withExtendedLifetime(signals) {} }
        let (endpoints, ready) = AsyncStream.makeStream(of: String.self)
        try await withThrowingTaskGroup { [settings] group in
            group.addTask {
                for await endpoint in endpoints {
                    await program?.companion(settings, endpoint: endpoint) {
                        logger.notice("\($0)")
                    }.run()
                }
            }
            try await service.run(
                until: interruptions, onStep: { Self.note($0, on: checklist) }, rescans: rescans
            ) { summary in
                Self.announce(summary, crew, router: routerNote, on: checklist)
                ready.yield(summary.endpoint)
            }
            group.cancelAll()
        }
    }

    private static func note(_ step: Service.Step, on checklist: Checklist) {
        switch step {
        case .prepared(let note):
            if note.isEmpty {
                checklist.note("image", "shared by all workers")
            } else {
                checklist.warn("image", note)
            }
        case .serving(let place): checklist.note("worker-\(place)", "serves")
        case .failed(let place): checklist.warn("worker-\(place)", "ended; it is started again")
        }
    }

    private static func announce(
        _ summary: Service.Summary, _ crew: Crew, router: String?, on checklist: Checklist
    ) {
        let refused = summary.refusedAdapters
        let taken = "\(summary.adapterCount) taken"
        if refused.isEmpty {
            checklist.note("adapters", taken)
        } else {
            checklist.warn("adapters", "\(taken), \(refused.count) refused")
        }
        for adapter in refused {
            StandardError.write(
                "adapter refused: \(adapter.name): \(adapter.reason)", colour: Checklist.yellow)
        }
        StandardError.write(
            "serving at \(summary.endpoint): type \(summary.type), "
                + "\(summary.adapterCount) adapters, "
                + (router
                    ?? (summary.adapterCount == 0
                        ? "no router: auto is the base" : "no router: explicit mixes only")),
            colour: Checklist.green)
        if summary.workerCount < crew.workerCount {
            StandardError.write(
                "degraded: \(summary.workerCount) of \(crew.workerCount) workers serve; "
                    + "`fusebox status` says why, and the others are tried again",
                colour: Checklist.yellow)
        }
    }
}
