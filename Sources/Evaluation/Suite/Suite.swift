public import Adapters
public import Tensors

/// What is compared on what: the content of a suite's file with the rows that it names.
public struct Suite: Sendable {
    public let title: String
    /// A few sentences for the report.
    public let about: String?
    /// Paths of the base, nil: the caller's.
    public let model: String?
    /// What the weights are executed as; nil: the caller's.
    public let type: String?
    public let adapters: [AdapterPlace]
    public let router: String?
    /// Tables of CAT coefficients.
    public let tables: [(name: String, path: String)]
    public let configurations: [SuiteConfiguration]
    public let tasks: [SuiteTask]
    /// The configuration that the others are compared with.
    public let reference: String
    public let bootstrap: PairedBootstrap
    /// Rows of each task whose replies the report shows.
    public let sampleCount: Int
    /// SHA-256 of the file.
    public let digest: Digest

    private static let byteLimit = 16 << 20
    private static let configurationLimit = 1024
    private static let taskLimit = 1024

    /// Reads a suite and everything that it names but the model.
    ///
    /// - Parameter limit: rows of each task at most; nil: as the suite says.
    public init(path: String, limit: Int? = nil) throws(EvaluationError) {
        let bytes: [UInt8]
        let json: JSONValue
        do {
            bytes = try FileBytes.array(path: path, limit: Self.byteLimit)
        } catch {
            throw EvaluationError(.suite, error.message)
        }
        do {
            json = try JSONValue(parsing: bytes)
        } catch {
            throw EvaluationError(.suite, "\(path): \(error)")
        }
        do throws(EvaluationError) {
            try self.init(
                json, folder: SuitePath.folder(of: path), limit: limit, digest: Digest(of: bytes))
        } catch {
            throw error.code == .suite ? error.at(path) : error
        }
    }

    init(
        _ json: JSONValue, folder: String, limit: Int?, digest: Digest
    ) throws(EvaluationError) {
        self.digest = digest
        let fields = try SuiteFields(
            json, place: "the suite",
            keys: [
                "suite", "version", "about", "model", "type", "adapters", "router", "tables",
                "form",
                "sampling", "max_tokens", "stop", "configurations", "tasks", "reference",
                "bootstrap", "samples",
            ])
        guard try fields.integer("version", in: 1...Int.max) ?? 1 == 1 else {
            throw fields.refusal("version", "is not 1; this program reads no later ones")
        }
        func path(_ key: String) throws(EvaluationError) -> String? {
            try fields.string(key).map { SuitePath.resolve($0, in: folder) }
        }
        title = try fields.required("suite")
        about = try fields.string("about")
        model = try path("model")
        type = try fields.string("type")
        router = try path("router")
        adapters = try Self.adapters(fields, folder: folder)
        tables = try Self.places(fields, "tables", folder: folder)
        sampleCount = try fields.integer("samples", in: 0...100) ?? 3
        bootstrap = try Self.bootstrap(fields)
        let defaults = SuiteTask.Defaults(
            style: try fields.word("form", as: PromptStyle.self) ?? .chat,
            sampling: try SuiteSampling.read(fields) ?? SuiteSampling(),
            maxTokens: try fields.integer("max_tokens", in: 1...SuiteTask.tokenLimit) ?? 64,
            stop: try fields.strings("stop") ?? [])
        let names = adapters.map(\.name)
        var tasks: [SuiteTask] = []
        for (index, json) in try fields.list("tasks", limit: Self.taskLimit).enumerated() {
            tasks.append(
                try SuiteTask(
                    json, number: index + 1, defaults: defaults, folder: folder, limit: limit,
                    adapters: names))
        }
        self.tasks = tasks
        var configurations: [SuiteConfiguration] = []
        for (index, json) in try fields.list("configurations", limit: Self.configurationLimit)
            .enumerated()
        {
            configurations += try SuiteConfiguration.read(
                json, number: index + 1, adapters: names)
        }
        self.configurations = configurations
        reference = try fields.string("reference") ?? configurations.first?.name ?? ""
        try check(fields)
    }

    private static func adapters(
        _ fields: SuiteFields, folder: String
    ) throws(EvaluationError) -> [AdapterPlace] {
        guard let shelf = fields["adapters"]?.string else {
            return try places(fields, "adapters", folder: folder).map {
                place throws(EvaluationError) in
                guard AdapterShelf.isValid(name: place.name) else {
                    throw fields.refusal(
                        "adapters", "has the name \(place.name.quoted); \(AdapterShelf.nameRule)")
                }
                return AdapterPlace(name: place.name, path: place.path)
            }
        }
        do {
            return try AdapterPlace.all(in: SuitePath.resolve(shelf, in: folder))
        } catch {
            throw EvaluationError(.suite, "\(error)")
        }
    }

    /// An object of names and paths.
    private static func places(
        _ fields: SuiteFields, _ key: String, folder: String
    ) throws(EvaluationError) -> [(name: String, path: String)] {
        guard let value = fields[key] else { return [] }
        guard let object = value.object else {
            throw fields.refusal(key, "is no object of names and paths")
        }
        var places: [(name: String, path: String)] = []
        for (name, value) in object {
            guard let path = value.string, !path.isEmpty else {
                throw fields.refusal(key, "has no path for \(name.quoted)")
            }
            places.append((name, SuitePath.resolve(path, in: folder)))
        }
        return places
    }

    private static func bootstrap(_ fields: SuiteFields) throws(EvaluationError) -> PairedBootstrap
    {
        guard let json = fields["bootstrap"] else { return PairedBootstrap() }
        let own = try SuiteFields(
            json, place: "\"bootstrap\"", keys: ["resamples", "confidence", "seed"])
        return PairedBootstrap(
            resampleCount: try own.integer("resamples", in: 100...100_000) ?? 10_000,
            confidence: try own.number("confidence", in: 0.5...0.9999) ?? 0.95,
            seed: UInt64(try own.integer("seed", in: 0...Int.max) ?? 0))
    }

    /// Refuses names that are there twice, and names of what is not there.
    private func check(_ fields: SuiteFields) throws(EvaluationError) {
        for (key, names) in [
            ("configurations", configurations.map(\.name)), ("tasks", tasks.map(\.name)),
        ] {
            var seen: Set<String> = []
            for name in names where !seen.insert(name).inserted {
                throw fields.refusal(key, "has two called \(name.quoted)")
            }
        }
        guard configurations.contains(where: { $0.name == reference }) else {
            throw fields.refusal(
                "reference", "is \(reference.quoted), and no configuration is called that")
        }
        for configuration in configurations {
            try check(configuration)
        }
    }

    private func check(_ configuration: SuiteConfiguration) throws(EvaluationError) {
        let place = "the configuration \(configuration.name.quoted)"
        for task in configuration.tasks ?? [] where !tasks.contains(where: { $0.name == task }) {
            throw EvaluationError(
                .suite, "\(place) is for the task \(task.quoted), and there is none of that name")
        }
        for rival in configuration.rivals
        where !configurations.contains(where: { $0.name == rival }) {
            throw EvaluationError(
                .suite, "\(place) is against \(rival.quoted), and no configuration is called that")
        }
        if let table = configuration.table, !tables.contains(where: { $0.name == table }) {
            throw EvaluationError(
                .suite,
                "\(place) has the coefficients \(table.quoted), which \"tables\" does not have")
        }
        switch configuration.choice {
        case .mix: return
        case .router:
            guard router == nil else { return }
            throw EvaluationError(.suite, "\(place) uses a router; give its folder as \"router\"")
        case .oracle:
            for task in tasks where configuration.covers(task.name) {
                guard let place = task.rows.firstIndex(where: { $0.adapters.isEmpty }) else {
                    continue
                }
                throw EvaluationError(
                    .data,
                    "\(task.data.path):\(task.data.lines[place]): has no \"adapters\", which the configuration \(configuration.name.quoted) needs; name them there or in the task, or limit the configuration by \"tasks\""
                )
            }
        }
    }
}
