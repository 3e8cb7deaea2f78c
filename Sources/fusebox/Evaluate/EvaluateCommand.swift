import Adapters
import ArgumentParser
import Evaluation
import FoundationEssentials
import Inference
import Kernels
import Models
import Tensors
import Worker

/// `fusebox evaluate`: which adapters and mixes to use, measured on the user's own rows.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Compare base, adapters, mixes and router on your own data, and say what to use.",
        discussion: """
            A suite is a JSON file that names adapters, ways to mix them (configurations) and rows with metrics (tasks); \
            Demo/suites/README.md describes it, and --init writes one for a folder of adapters. Everything runs in this \
            process, many mixes in each batch. The output folder gets report.html, report.md, results.json and journal.jsonl: \
            a run that was stopped goes on where it was, and a changed suite runs only what is new.
            """)

    @Option(help: "The suite's JSON file.")
    var suite: String?

    @Flag(name: .customLong("init"), help: "Write a suite for a folder of adapters instead.")
    var isDraft = false

    @Option(help: "With --init, the folder of adapters.")
    var adapters: String?

    @Option(help: "With --init, the router's folder.")
    var router: String?

    @Option(help: "The base model; else the suite's.")
    var model: String?

    @Option(help: "What the weights are executed as; else the suite's, or q8_0.")
    var type: ExecutionType?

    @Option(help: "What keys and values are kept as; else f16, for f32 f32.")
    var cacheType: CacheType?

    @Option(help: "Threads that compute; else one a processor.")
    var threads: Int?

    @Option(help: "Rows of each task at most; else as the suite says.")
    var limit: Int?

    @Option(help: "The folder to write; else the suite's name with -results, in the current one.")
    var output: String?

    @OptionGroup var images: ImageOptions

    @Flag(help: "Print the results as one JSON document.")
    var json = false

    func validate() throws {
        guard (suite == nil) == isDraft else {
            throw ValidationError("give either --suite or --init")
        }
        if isDraft {
            guard adapters != nil, output != nil else {
                throw ValidationError(
                    "--init needs --adapters and, for the folder to write, --output")
            }
        } else {
            guard adapters == nil, router == nil else {
                throw ValidationError(
                    "--adapters and --router are the suite's; give them with --init")
            }
        }
        guard threads.map({ (1...1024).contains($0) }) ?? true else {
            throw ValidationError("--threads has to be in 1...1024")
        }
        guard limit.map({ $0 > 0 }) ?? true else {
            throw ValidationError("--limit has to be more than 0")
        }
    }

    func run() throws {
        guard let path = suite else { return try writeDraft() }
        try PathGuess.check(path)
        let suite = try Suite(path: path, limit: limit)
        if !suite.merges.isEmpty { DenseAlgebra.restartForProcessor() }
        let folder = output ?? Self.folder(for: path)
        let served = try load(suite, folder: folder)
        try FileBytes.makeFolder(path: folder)
        let journal = try Journal(path: folder + "/journal.jsonl")
        if journal.damagedLineCount > 0 {
            StandardError.write(
                "warning: \(folder)/journal.jsonl: \(journal.damagedLineCount) lines are damaged; what they had is run again"
            )
        }
        let stop = StopRequest()
        let interrupt = Interrupt(stop.set)
        defer { withExtendedLifetime(interrupt) {} }
        let engine = try ModelEngine(model: served.model, stop: stop)
        let chooser = MixChooser(
            adapters: served.model.loaded.shelf.named.mapValues(\.digest),
            tables: served.tables, router: served.model.router, merges: served.merges)
        let evaluator = try Evaluator(suite, chooser: chooser, engine: engine, journal: journal)
        for warning in evaluator.warnings { StandardError.write("warning: \(warning)") }
        let bar = EvaluationProgress()
        let result: EvaluationResult
        do {
            result = try evaluator.run(progress: bar.show)
        } catch {
            bar.clear()
            throw error
        }
        bar.clear()
        try write(result, to: folder)
        Terminal.write(
            json ? result.json.text + "\n" : Self.summary(result) + "\n\(folder)/report.html\n")
    }

    /// Writes a suite for the adapters of a folder, unless there is one.
    private func writeDraft() throws {
        guard let adapters, let folder = output else { return }
        for case let path? in [adapters, model, router] { try PathGuess.check(path) }
        let draft = try SuiteDraft(
            shelf: adapters.resolvedPath, adapters: try AdapterPlace.all(in: adapters),
            model: model?.resolvedPath, router: router?.resolvedPath)
        for folder in [folder, folder + "/data"] { try FileBytes.makeFolder(path: folder) }
        for (name, text) in draft.files {
            let path = "\(folder)/\(name)"
            guard !FileManager.default.fileExists(atPath: path) else {
                throw CommandError("\(path): is there already; give another folder as --output")
            }
            let file = try AtomicFile(path: path)
            try file.write(Array(text.utf8))
            try file.commit()
        }
        Terminal.write(
            "\(folder)/suite.json: put rows of your own into \(folder)/data, then fusebox evaluate --suite \(folder)/suite.json\n"
        )
    }

    /// The model with everything that the suite names; warnings go to standard error.
    private func load(
        _ suite: Suite, folder: String
    ) throws -> (model: ServedModel, tables: [String: Digest], merges: [MergedMix: Digest]) {
        guard let path = model ?? suite.model else {
            throw CommandError("the suite names no model; give --model")
        }
        var type = self.type
        if type == nil, let name = suite.type {
            guard let known = ExecutionType(rawValue: name) else {
                let all = ExecutionType.allCases.map(\.rawValue).joined(separator: ", ")
                throw CommandError("the suite's \"type\" is \(name.quoted); known are \(all)")
            }
            type = known
        }
        for path in [path] + suite.adapters.map(\.path) + [suite.router].compactMap({ $0 }) {
            try PathGuess.check(path)
        }
        var loaded = try LoadedModel(
            path: path, precision: Precision(weights: type ?? .q8_0, cache: cacheType),
            threadCount: threads ?? Processors.available.count, images: images.folder)
        for place in suite.adapters {
            let adapter = try loaded.addAdapter(path: place.path, name: place.name)
            for warning in adapter.warnings {
                StandardError.write("warning: \(place.name): \(warning)")
            }
        }
        var tables: [String: Digest] = [:]
        for (name, path) in suite.tables { tables[name] = try loaded.addCoefficients(path: path) }
        let merges = try MergedAdapters(suite, results: folder).load(into: &loaded)
        let served = try ServedModel(loaded: loaded, router: suite.router)
        for warning in served.warnings { StandardError.write("warning: \(warning)") }
        return (served, tables, merges)
    }

    private static func folder(for suite: String) -> String {
        let (_, name) = PathGuess.split(suite)
        return (name.hasSuffix(".json") ? String(name.dropLast(5)) : name) + "-results"
    }

    private func write(_ result: EvaluationResult, to folder: String) throws {
        for (name, text) in [
            ("results.json", result.json.text + "\n"), ("report.md", result.markdown),
            ("report.html", result.html),
        ] {
            let file = try AtomicFile(path: "\(folder)/\(name)")
            try file.write(Array(text.utf8))
            try file.commit()
        }
    }

    private static func summary(_ result: EvaluationResult) -> String {
        result.findings.filter { $0.kind != .level }.map { finding in
            finding.kind == .recommendation ? finding.text : "  \(finding.text)"
        }.joined(separator: "\n")
    }
}
