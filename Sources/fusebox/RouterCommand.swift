internal import ArgumentParser
internal import Kernels
internal import Routing
internal import Tensors

/// Trains, measures, explains and extends adapter routers.
struct RouterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "router",
        abstract: "Train the router that chooses adapters, measure it, ask it, extend it.",
        subcommands: [Train.self, Evaluate.self, Explain.self, Add.self, Remove.self]
    )

    /// What all of them say of rows.
    static let rows =
        "Rows are JSON lines {\"text\": ..., \"adapter\": name} or {\"text\": ..., \"adapters\": [names]}, or CSV with a header; \"label\" and \"intent\" are other words for \"adapter\", and files may be compressed by gzip. The name \"base\" marks texts that no adapter fits."

    struct Train: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Train a router from texts and the adapters that fit them.",
            discussion: rows
                + " Rows for the base are optional: out-of-scope texts are generated. Rows that share a template are held out together, so that the figures and the threshold speak of new wordings."
        )

        @Option(parsing: .upToNextOption, help: "Files of rows to learn from.")
        var data: [String]

        @Option(
            help:
                "A file of rows to calibrate with; else some of the data is held out for that, and learned in the end."
        )
        var validation: String?

        @Option(
            help:
                "A folder of adapters, one folder each, whose digests are recorded with the classes."
        )
        var adapters: String?

        @Option(help: "The folder to write.")
        var output: String

        @Option(
            parsing: .unconditional,
            help:
                "The scope, as `explain` shows it, below which the router abstains; else the held-out rows say."
        )
        var threshold: Float?

        @Option(help: "The seed of everything random.")
        var seed: UInt64 = 0

        @Option(help: "Rows of the embedding table: fewer make a smaller file.")
        var buckets: Int?

        @Option(help: "Hidden units, a multiple of sixteen.")
        var width: Int?

        @Option(
            help:
                "A table of what words mean, or none; by default the one that comes with this program."
        )
        var meanings: String?

        @Flag(help: "Print one JSON document.")
        var json = false

        func run() throws {
            DenseAlgebra.restartForProcessor()
            try FileBytes.makeFolder(path: output)
            let examples = try data.flatMap { try RouterExample.read(path: $0) }
            let held = try validation.map { try RouterExample.read(path: $0) }
            let shelf = try adapters.map { try AdapterFolder.digests(in: $0) } ?? [:]
            var settings = TrainingSettings()
            settings.seed = seed
            settings.threshold = threshold
            if let buckets { settings.bucketCount = buckets }
            if let width { settings.width = width }
            settings.meanings = try table()
            let bar = ProgressBar("training")
            let trained = try RouterTrainer(settings: settings).train(
                on: examples, validation: held, shelf: shelf
            ) { progress in
                let loss = progress.loss.map { "loss \(Double(Int(1000 * $0)) / 1000)" } ?? ""
                bar.show(Double(progress.step) / Double(progress.stepCount), note: loss)
            }
            bar.clear()
            for warning in trained.warnings { StandardError.write("warning: \(warning)") }
            let written = try trained.router.write(
                to: output, card: trained.card(title: "Adapter router"))
            if json {
                print(RouterReport.json(trained.heldOut, of: written, predictions: nil).text)
            } else {
                print(
                    "\(output): a router for \(written.classes.count) adapters, trained in \(RouterReport.seconds(trained.duration)) s, digest \(written.digest)"
                )
                print(RouterReport.text(trained.heldOut, of: written))
            }
        }

        private func table() throws -> MeaningTable? {
            if meanings == "none" { return nil }
            if let path = meanings ?? ServedFiles.meanings { return try MeaningTable(path: path) }
            StandardError.write(
                "warning: the table Router/meanings is missing; the router will know spellings, not meanings"
            )
            return nil
        }
    }

    struct Evaluate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Measure a router on labelled texts.", discussion: rows)

        @Option(help: "The router's folder.")
        var router: String

        @Option(help: "A file of labelled rows.")
        var data: String

        @Option(
            parsing: .unconditional, help: "Abstain below this scope instead of the router's own.")
        var threshold: Float?

        @Option(help: "A file for one JSON line a row, in order: predicted, probability, scope.")
        var predictions: String?

        @Flag(help: "Print one JSON document.")
        var json = false

        func run() throws {
            try PathGuess.check(router)
            let router = try AdapterRouter(directory: router).abstaining(below: threshold)
            let examples = try RouterExample.read(path: data)
            let evaluation: RouterEvaluation
            do throws(RoutingError) {
                evaluation = try RouterEvaluation(of: router, on: examples)
            } catch {
                throw error.at(data)
            }
            if let predictions { try RouterReport.write(evaluation.predictions, to: predictions) }
            if json {
                print(RouterReport.json(evaluation, of: router, predictions: predictions).text)
            } else {
                print(RouterReport.text(evaluation, of: router))
            }
        }
    }

    struct Explain: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Show what a router makes of each sentence of a text, and the mix that follows.")

        @Option(help: "The router's folder.")
        var router: String

        @Argument(help: "The text, or - to read it from standard input.")
        var text: String?

        @Option(help: "A file of rows instead: a JSON line for the text of each.")
        var data: String?

        @Option(
            parsing: .unconditional, help: "Abstain below this scope instead of the router's own.")
        var threshold: Float?

        @Flag(help: "Print one JSON document.")
        var json = false

        func validate() throws {
            guard (text == nil) != (data == nil) else {
                throw ValidationError("give either a text or --data")
            }
        }

        func run() throws {
            try PathGuess.check(router)
            let router = try RouterReport.selfBound(AdapterRouter(directory: router))
                .abstaining(below: threshold)
            if let data {
                for row in try RouterExample.read(path: data) {
                    print(RouterReport.json(router.route(row.text), of: router).text)
                }
            }
            guard let text else { return }
            let asked = text == "-" ? try Terminal.read(text, byteLimit: 16 << 20) : text
            let decision = router.route(asked)
            print(
                json
                    ? RouterReport.json(decision, of: router).text
                    : RouterReport.text(decision, of: router))
        }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Let a new adapter join a router through a few example texts, without training.",
            discussion: rows + " Of the file, the texts of the adapter NAME are used.")

        @Option(help: "The router's folder; it is rewritten.")
        var router: String

        @Argument(help: "The adapter's registry name.")
        var name: String

        @Option(help: "A file of rows.")
        var examples: String?

        @Option(
            help: ArgumentHelp(
                "Without examples: the adapter's folder, whose card is searched for what it may be asked.",
                valueName: "folder"))
        var fromAdapter: String?

        func validate() throws {
            guard (examples == nil) != (fromAdapter == nil) else {
                throw ValidationError("give either --examples or --from-adapter")
            }
        }

        func run() throws {
            try PathGuess.check(router)
            let before = try AdapterRouter(directory: router)
            let texts = try examples.map(texts(in:)) ?? guesses()
            let changed = try before.adding(name, examples: texts)
            let source = examples == nil ? "guesses from its card" : "examples"
            let note =
                "Later the adapter `\(name)` was added, through the centroid of \(texts.count) \(source)."
            let written = try changed.write(
                to: router, card: RouterReport.card(of: router, note: note))
            print(
                "\(router): added \"\(name)\" from \(texts.count) \(source); digest \(written.digest)"
            )
        }

        private func texts(in path: String) throws -> [String] {
            try RouterExample.read(path: path).filter { $0.adapters.contains(name) }.map(\.text)
        }

        /// Shows the guesses as rows, so that they can be put right and given as examples.
        private func guesses() throws -> [String] {
            guard let folder = fromAdapter else { return [] }
            let path = "\(folder)/README.md"
            let card = try FileBytes.array(path: path, limit: 1 << 20)
            let texts = CardGuesses(card: String(decoding: card, as: UTF8.self)).texts
            guard !texts.isEmpty else {
                throw CommandError(
                    "\(path): says nothing that the adapter may be asked; write some requests and give them by --examples"
                )
            }
            for text in texts {
                print(
                    JSONValue.object([
                        "text": .string(text), "adapter": .string(name), "guess": .bool(true),
                    ]).text)
            }
            StandardError.write(
                "warning: the router learns \"\(name)\" from these guesses; put them right in a file, `fusebox router remove` the adapter and add it again with --examples"
            )
            return texts
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take an adapter out of a router.")

        @Option(help: "The router's folder; it is rewritten.")
        var router: String

        @Argument(help: "The adapter's registry name.")
        var name: String

        func run() throws {
            try PathGuess.check(router)
            let changed = try AdapterRouter(directory: router).removing(name)
            let note = "Later the adapter `\(name)` was removed."
            let written = try changed.write(
                to: router, card: RouterReport.card(of: router, note: note))
            print("\(router): removed \"\(name)\"; digest \(written.digest)")
        }
    }
}
