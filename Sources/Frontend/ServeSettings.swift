import Tensors

/// What `fusebox serve` is told, by flags and by a configuration file; nil: not said.
public struct ServeSettings: Equatable, Sendable {
    public var model: String?
    /// What the service calls its base.
    public var name: String?
    public var adapters: String?
    public var router: String?
    /// Where the adapters are kept so that they can change; empty: the default folder; nil: they do not change.
    public var state: String?
    /// The scope below which the router abstains, instead of its own threshold.
    public var threshold: Float?
    public var type: String?
    public var cacheType: String?
    public var workers: Int?
    public var threadsPerWorker: Int?
    /// Memory for keys and values of each worker.
    public var cacheBytes: Int?
    /// Memory for the adapters of each worker.
    public var adapterMemory: Int?
    /// Sequences that a worker runs at once, tokens that one may have, and rows of a step.
    public var slots: Int?
    public var context: Int?
    public var rows: Int?
    /// Seconds after which requests are cancelled whose client is gone.
    public var clientGrace: Int?
    /// Where accepted requests are kept; `none`: nowhere.
    public var journal: String?
    /// Seconds for which replies are kept that nobody closes.
    public var keepResults: Int?
    public var bind: String?
    public var imageFolder: String?
    public var noImage: Bool?
    public var pruneImages: Bool?
    /// Where OpenAI's API is served: `HOST:PORT` or `PORT`; empty: the gateway's own default.
    public var http: String?
    /// Files of the gateway's: keys, and aliases of models.
    public var apiKeys: String?
    public var httpConfig: String?
    public var allowAdapterChanges: Bool?

    public init() {}

    /// Reads a configuration file: one JSON object whose keys are the long names of the flags.
    ///
    /// - Throws: `ServiceFailure` for a file that cannot be read, a key that no flag has, or a
    ///   value of the wrong kind.
    public init(path: String) throws(ServiceFailure) {
        let bytes: [UInt8]
        do {
            bytes = try FileBytes.array(path: path, limit: 1 << 20)
        } catch {
            throw ServiceFailure(error.message)
        }
        try self.init(parsing: bytes, path: path)
    }

    init(parsing bytes: [UInt8], path: String) throws(ServiceFailure) {
        let document: JSONValue
        do {
            document = try JSONValue(parsing: bytes)
        } catch {
            throw ServiceFailure("\(path): \(error.message)")
        }
        guard let members = document.object else {
            throw ServiceFailure("\(path) must hold a JSON object")
        }
        for (key, value) in members {
            switch key {
            case "model": model = try Self.text(value, key, path)
            case "name":
                name = try Self.text(value, key, path)
                guard value.string.map({ Self.isValid(name: $0) }) ?? false else {
                    throw ServiceFailure("\(path): \"name\": \(Self.nameRule)")
                }
            case "adapters": adapters = try Self.text(value, key, path)
            case "router": router = try Self.text(value, key, path)
            case "state": state = try Self.text(value, key, path)
            case "threshold": threshold = try Self.number(value, key, path)
            case "type": type = try Self.text(value, key, path)
            case "cache-type": cacheType = try Self.text(value, key, path)
            case "journal": journal = try Self.text(value, key, path)
            case "keep-results":
                keepResults = try Self.count(value, key, path, limit: Self.retentionLimit)
            case "bind": bind = try Self.text(value, key, path)
            case "image-folder": imageFolder = try Self.text(value, key, path)
            case "no-image": noImage = try Self.flag(value, key, path)
            case "prune-images": pruneImages = try Self.flag(value, key, path)
            case "http": http = try Self.text(value, key, path)
            case "api-keys": apiKeys = try Self.text(value, key, path)
            case "http-config": httpConfig = try Self.text(value, key, path)
            case "allow-adapter-changes":
                allowAdapterChanges = try Self.flag(value, key, path)
            case "workers": workers = try Self.count(value, key, path)
            case "threads-per-worker": threadsPerWorker = try Self.count(value, key, path)
            case "cache-bytes": cacheBytes = try Self.byteCount(value, key, path)
            case "adapter-memory":
                adapterMemory =
                    value.string == "auto" ? nil : try Self.byteCount(value, key, path)
            case "slots": slots = try Self.count(value, key, path, limit: Self.slotLimit)
            case "context": context = try Self.count(value, key, path, limit: Self.contextLimit)
            case "rows": rows = try Self.count(value, key, path, limit: Self.rowLimit)
            case "client-grace":
                clientGrace = try Self.count(value, key, path, limit: Self.graceLimit)
            default:
                throw ServiceFailure(
                    "\(path): \"\(key)\" is not known; known are model, name, adapters, router, state, threshold, type, "
                        + "cache-type, workers, threads-per-worker, cache-bytes, adapter-memory, slots, context, rows, client-grace, journal, keep-results, bind, "
                        + "image-folder, no-image, prune-images, http, api-keys, http-config, allow-adapter-changes"
                )
            }
        }
    }

    private static func text(
        _ value: JSONValue, _ key: String, _ path: String
    ) throws(ServiceFailure) -> String {
        guard let text = value.string, !text.isEmpty else {
            throw ServiceFailure("\(path): \"\(key)\" must be a text")
        }
        return text
    }

    private static func number(
        _ value: JSONValue, _ key: String, _ path: String
    ) throws(ServiceFailure) -> Float {
        guard let number = value.double.map({ Float($0) }), number.isFinite else {
            throw ServiceFailure("\(path): \"\(key)\" must be a number")
        }
        return number
    }

    private static func flag(
        _ value: JSONValue, _ key: String, _ path: String
    ) throws(ServiceFailure) -> Bool {
        guard let flag = value.bool else {
            throw ServiceFailure("\(path): \"\(key)\" must be true or false")
        }
        return flag
    }

    private static func count(
        _ value: JSONValue, _ key: String, _ path: String, limit: Int = countLimit
    ) throws(ServiceFailure) -> Int {
        guard let count = value.int, (1...limit).contains(count) else {
            throw ServiceFailure("\(path): \"\(key)\" must be a number from 1 to \(limit)")
        }
        return count
    }

    private static func byteCount(
        _ value: JSONValue, _ key: String, _ path: String
    ) throws(ServiceFailure) -> Int {
        guard let bytes = value.int ?? value.string.flatMap({ ByteCount($0)?.bytes }), bytes > 0
        else {
            throw ServiceFailure(
                "\(path): \"\(key)\" must be a number of bytes, or a text such as \"4G\"")
        }
        return bytes
    }

    /// More workers or threads than any machine of one service has.
    public static let countLimit = 1024
    /// More than an engine has a use for; what the model allows is checked by the worker.
    public static let slotLimit = 1024
    public static let contextLimit = 1 << 20
    /// A day.
    public static let graceLimit = 86_400
    public static let rowLimit = 4096
    /// A month, and what is usual: a day.
    public static let retentionLimit = 31 * 86_400
    public static let usualRetention = 86_400

    /// These settings, with those of the file where nothing was said.
    public func completed(by file: ServeSettings) -> ServeSettings {
        var settings = self
        settings.model = model ?? file.model
        settings.name = name ?? file.name
        settings.adapters = adapters ?? file.adapters
        settings.router = router ?? file.router
        settings.state = state ?? file.state
        settings.threshold = threshold ?? file.threshold
        settings.type = type ?? file.type
        settings.cacheType = cacheType ?? file.cacheType
        settings.workers = workers ?? file.workers
        settings.threadsPerWorker = threadsPerWorker ?? file.threadsPerWorker
        settings.cacheBytes = cacheBytes ?? file.cacheBytes
        settings.adapterMemory = adapterMemory ?? file.adapterMemory
        settings.slots = slots ?? file.slots
        settings.context = context ?? file.context
        settings.rows = rows ?? file.rows
        settings.clientGrace = clientGrace ?? file.clientGrace
        settings.journal = journal ?? file.journal
        settings.keepResults = keepResults ?? file.keepResults
        settings.bind = bind ?? file.bind
        settings.imageFolder = imageFolder ?? file.imageFolder
        settings.noImage = noImage ?? file.noImage
        settings.pruneImages = pruneImages ?? file.pruneImages
        settings.http = http ?? file.http
        settings.apiKeys = apiKeys ?? file.apiKeys
        settings.httpConfig = httpConfig ?? file.httpConfig
        settings.allowAdapterChanges = allowAdapterChanges ?? file.allowAdapterChanges
        return settings
    }

    /// Workers, and threads for each: together no more than can run at once, unless both were said.
    ///
    /// Two workers are the default, so that one can be lost.
    ///
    /// - Parameters:
    ///   - processors: the numbers of those that may be used, in the order in which threads get them.
    ///   - limit: how many threads can run at once.
    public func crew(processors: [Int], limit: Int) -> Crew {
        let count = max(1, min(processors.count, limit))
        let workers = self.workers ?? max(1, min(2, count / (threadsPerWorker ?? 1)))
        return Crew(
            workerCount: workers, threadCount: threadsPerWorker ?? max(1, count / workers),
            processors: processors, limit: limit)
    }

    /// The front's bounds and times.
    public var brokerConfiguration: BrokerConfiguration {
        var configuration = BrokerConfiguration()
        configuration.modelName = name ?? model.map { Self.modelName(path: $0) } ?? ""
        if let clientGrace { configuration.clientGrace = .seconds(clientGrace) }
        return configuration
    }

    public static let nameRule = "a name has 1 to 128 bytes and no control characters"

    public static func isValid(name: String) -> Bool {
        (1...128).contains(name.utf8.count)
            && !name.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }

    /// A model's name by its path: that of its folder, or of its GGUF file without `.gguf` and the number of a part.
    static func modelName(path: String) -> String {
        let place = path.hasSuffix(".") ? path.resolvedPath : path
        let last = place.split(separator: "/").last.map(String.init) ?? ""
        let stem = last.lowercased().hasSuffix(".gguf") ? String(last.dropLast(5)) : last
        let name = stem.replacing(/-\d{5}-of-\d{5}$/, with: "")
        return isValid(name: name) ? name : "model"
    }

    /// How each worker of a crew is started, but for the endpoint to connect to.
    ///
    /// - Parameters:
    ///   - memory: bytes that the workers may take together, weights included. Each start of one gets the same, so that one
    ///     that takes over another's sequence has room for it too.
    ///   - comesEmpty: the front says which adapters there are.
    public func workerCommands(
        _ crew: Crew, memory: Int, comesEmpty: Bool = false
    ) -> [WorkerCommand] {
        (0..<crew.workerCount).map { worker in
            let list = crew.isCrowded ? [] : crew.processors[worker]
            let place =
                crew.isCrowded
                ? ["--crowded"] : ["--processors", list.map(String.init).joined(separator: ",")]
            return WorkerCommand(
                arguments: ["worker", "--threads", "\(crew.threadCount)"] + place
                    + ["--memory", "\(memory)", "--workers-here", "\(crew.workerCount)"]
                    + (comesEmpty ? ["--adapters-from-front"] : []) + workerArguments(comesEmpty))
        }
    }

    private func workerArguments(_ comesEmpty: Bool) -> [String] {
        var arguments: [String] = []
        for (flag, value) in [
            ("--model", model), ("--adapters", comesEmpty ? nil : adapters), ("--router", router),
            ("--type", type),
            ("--cache-type", cacheType), ("--image-folder", imageFolder),
        ] {
            if let value { arguments += [flag, value] }
        }
        for (flag, value) in [
            ("--cache-bytes", cacheBytes), ("--adapter-memory", adapterMemory), ("--slots", slots),
            ("--context", context),
            ("--rows", rows),
        ] {
            if let value { arguments += [flag, "\(value)"] }
        }
        if let threshold { arguments.append("--threshold=\(threshold)") }
        if noImage == true { arguments.append("--no-image") }
        return arguments
    }

    /// The command line of what tries an adapter before it is served; its path is added.
    public var checkArguments: [String] {
        var arguments = ["adapters", "check"]
        for (flag, value) in [
            ("--model", model), ("--type", type), ("--cache-type", cacheType),
            ("--image-folder", imageFolder),
        ] {
            if let value { arguments += [flag, value] }
        }
        if noImage == true { arguments.append("--no-image") }
        return arguments
    }

    /// The command line of what builds the image that all workers share; nil: they do without.
    public var imageArguments: [String]? {
        guard noImage != true else { return nil }
        var arguments = ["image", "--best-effort"]
        for (flag, value) in [
            ("--model", model), ("--type", type), ("--image-folder", imageFolder),
        ] {
            if let value { arguments += [flag, value] }
        }
        if pruneImages == true { arguments.append("--prune") }
        return arguments
    }
}
