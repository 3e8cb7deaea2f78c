import ArgumentParser
import Frontend
import Kernels
import Tensors

/// What a service is started with: flags, and a file that says what they leave out.
struct ServeOptions: ParsableArguments {
    @Option(help: "A JSON file with the same settings.")
    var config: String?

    @Option(help: "The base model: a Hugging Face directory or a GGUF file; else the demo's.")
    var model: String?

    @Option(help: "What the service calls the model; else the name of its file or folder.")
    var name: String?

    @Option(help: "A folder of adapters: PEFT directories or GGUF files.")
    var adapters: String?

    @Option(help: "The trained adapter router's directory; without one only explicit mixes work.")
    var router: String?

    @Option(
        defaultAsFlag: "",
        help: ArgumentHelp(
            "Keep the adapters in this folder, so that they can change while the service runs; without a folder in $XDG_STATE_HOME/fusebox.",
            valueName: "folder"))
    var state: String?

    @Option(
        parsing: .unconditional,
        help:
            "The scope below which the router abstains, as `router explain` shows it; else the router's own."
    )
    var threshold: Float?

    @Option(help: "The execution type: f32, q8_0, q4_0, nf4 or stored.")
    var type: ExecutionType?

    @Option(help: "What keys and values are kept as: f16, q8_0 or f32; else f16, for f32 f32.")
    var cacheType: CacheType?

    @Option(help: "Worker processes; by default two, or one on a single processor.")
    var workers: Int?

    @Option(help: "Threads of each worker; by default the processors divided by the workers.")
    var threadsPerWorker: Int?

    @OptionGroup var engine: EngineOptions

    @Option(help: "Where clients connect: ipc://PATH or tcp://127.0.0.1:PORT.")
    var bind: String?

    @Option(
        help: ArgumentHelp(
            "The file in which accepted requests are kept, or none: then they end with the service; else one in the user's state folder.",
            valueName: "file"))
    var journal: String?

    @Option(help: "Seconds for which replies are kept that no client closes; by default a day.")
    var keepResults: Int?

    @Option(help: "The folder of model images; else FUSEBOX_IMAGE_FOLDER, or the user's cache.")
    var imageFolder: String?

    @Flag(help: "Have every worker pack the weights into memory of its own.")
    var noImage = false

    @Flag(help: "Remove model images that nothing uses any more.")
    var pruneImages = false

    @Option(
        help: "Seconds after which requests are cancelled whose client is gone; by default 10.")
    var clientGrace: Int?

    @Option(
        defaultAsFlag: "127.0.0.1:8000",
        help: ArgumentHelp(
            "Serve OpenAI's API too, at HOST:PORT or PORT; without an address at 127.0.0.1:8000.",
            valueName: "address"))
    var http: String?

    @Option(
        help: ArgumentHelp(
            "Ask HTTP clients for keys, made by `fusebox keys new`; needed where others reach the address.",
            valueName: "file"))
    var apiKeys: String?

    @Option(
        help: ArgumentHelp(
            "A JSON file of the HTTP gateway's: \"aliases\" of models and \"hosts\".",
            valueName: "file"))
    var httpConfig: String?

    @Flag(
        help:
            "Let whoever reaches the HTTP address, or has a key where keys are asked for, change the adapters of --state."
    )
    var allowAdapterChanges = false

    func validate() throws {
        if let name, !ServeSettings.isValid(name: name) {
            throw ValidationError("--name: \(ServeSettings.nameRule)")
        }
        if let keepResults, !(1...ServeSettings.retentionLimit).contains(keepResults) {
            throw ValidationError(
                "--keep-results must be from 1 to \(ServeSettings.retentionLimit)")
        }
        if let clientGrace, !(1...ServeSettings.graceLimit).contains(clientGrace) {
            throw ValidationError("--client-grace must be from 1 to \(ServeSettings.graceLimit)")
        }
        for (flag, count) in [("--workers", workers), ("--threads-per-worker", threadsPerWorker)] {
            guard let count else { continue }
            guard (1...ServeSettings.countLimit).contains(count) else {
                throw ValidationError("\(flag) must be from 1 to \(ServeSettings.countLimit)")
            }
        }
    }

    /// The flags' settings, completed by the configuration file's.
    ///
    /// - Throws: for a file that is wrong, and for types that there are none of.
    func settings() throws -> ServeSettings {
        var settings = ServeSettings()
        settings.model = model
        settings.name = name
        settings.adapters = adapters
        settings.router = router
        settings.state = state
        settings.threshold = threshold
        settings.type = type?.rawValue
        settings.cacheType = cacheType?.rawValue
        settings.workers = workers
        settings.threadsPerWorker = threadsPerWorker
        settings.cacheBytes = engine.cacheBytes?.bytes
        settings.adapterMemory = engine.adapterMemory.byteCount
        settings.slots = engine.slots
        settings.context = engine.context
        settings.rows = engine.rows
        settings.clientGrace = clientGrace
        settings.journal = journal
        settings.keepResults = keepResults
        settings.bind = bind
        settings.imageFolder = imageFolder
        settings.noImage = noImage ? true : nil
        settings.pruneImages = pruneImages ? true : nil
        settings.http = http
        settings.apiKeys = apiKeys
        settings.httpConfig = httpConfig
        settings.allowAdapterChanges = allowAdapterChanges ? true : nil
        if let config { settings = settings.completed(by: try ServeSettings(path: config)) }
        if let type = settings.type, ExecutionType(rawValue: type) == nil {
            let known = ExecutionType.allCases.map(\.rawValue).joined(separator: ", ")
            throw CommandError("the execution type \"\(type)\" is unknown; known are \(known)")
        }
        if let type = settings.cacheType, CacheType(rawValue: type) == nil {
            let known = CacheType.allCases.map(\.rawValue).joined(separator: ", ")
            throw CommandError("the cache type \"\(type)\" is unknown; known are \(known)")
        }
        return settings
    }
}
