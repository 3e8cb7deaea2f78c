import ArgumentParser
import Frontend
import Inference
import Kernels
import Logging
import Messaging
import Tensors
import Worker

/// `fusebox worker`: one process with one engine, which takes its orders from a front.
struct RunWorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Run a worker for a front; `fusebox serve` starts its own.")

    @Option(help: "Where the front takes workers: ipc://PATH or tcp://127.0.0.1:PORT.")
    var connect: String

    @Option(help: "The base model; else the demo's.")
    var model: String?

    @Option(help: "A folder of PEFT adapters; without --model the demo's.")
    var adapters: String?

    @Option(help: "The trained adapter router's directory; without --model the demo's.")
    var router: String?

    @Option(
        parsing: .unconditional,
        help: "The scope below which the router abstains; else the router's own.")
    var threshold: Float?

    @Option(help: "The execution type.")
    var type: ExecutionType = .q8_0

    @Option(help: "What keys and values are kept as; else f16, for f32 f32.")
    var cacheType: CacheType?

    @Option(help: "Threads that compute; else one a processor.")
    var threads: Int?

    @Option(
        help: "Processors that nobody else computes on, one a thread: threads are bound to them.")
    var processors: ProcessorList?

    @Flag(help: "Have idle threads sleep at once: all workers have more threads than processors.")
    var crowded = false

    @OptionGroup var engine: EngineOptions

    @Option(
        help:
            "Memory that the workers of this machine may take, weights included; else what is left of it now."
    )
    var memory: ByteCount?

    @Option(help: "Workers of this machine, which share its memory.")
    var workersHere = 1

    @OptionGroup var images: ImageOptions

    @Flag(help: .hidden)
    var adaptersFromFront = false

    @Option(help: .hidden)
    var identity: WorkerIdentity?

    @Option(help: .hidden)
    var parent: Int32?

    private var placement: ThreadPlacement {
        if let processors { return .own(processors.numbers) }
        return crowded ? .crowded : .anywhere
    }

    func validate() throws {
        guard (1...ServeSettings.countLimit).contains(workersHere) else {
            throw ValidationError("--workers-here must be from 1 to \(ServeSettings.countLimit)")
        }
        guard let processors else { return }
        guard !crowded, processors.numbers.count == threads ?? processors.numbers.count else {
            throw ValidationError(
                "--processors needs one for each thread, and goes without --crowded")
        }
    }

    func run() throws {
        // Before anything that takes time: the front may end meanwhile.
        if let parent { try ParentProcess.follow(parent) }
        let logger = Logger(label: "fusebox.worker")
        try WorkerLoop(
            runner: try runner(logger), endpoint: Endpoint(connect),
            identity: identity?.bytes ?? [], logger: logger
        ).run()
    }

    /// Loads everything; nothing but the runner holds on to adapters, which come and go.
    private func runner(_ logger: Logger) throws -> JobRunner {
        let files = try ServedFiles(model: model, adapters: adapters, router: router)
        let loaded = try LoadedModel(
            path: files.model, precision: Precision(weights: type, cache: cacheType),
            threadCount: threads ?? processors?.numbers.count ?? Processors.available.count,
            placement: placement, images: images.folder)
        if processors != nil, !loaded.pool.isBound {
            logger.warning("the processors are not this process's; its threads run anywhere")
        }
        let share = MemoryShare(
            byteCount: memory?.bytes ?? loaded.availableByteCount, engineCount: workersHere)
        let settings = engine.settings(for: loaded, memory: share)
        let served = try ServedModel(
            loaded: loaded, adapters: adaptersFromFront ? nil : files.adapters,
            adapterByteLimit: settings.adapterByteCount, router: files.router,
            threshold: threshold, bindsLater: adaptersFromFront)
        for warning in served.warnings { logger.warning("\(warning)") }
        return try JobRunner(model: served, settings: settings)
    }
}
