import ArgumentParser
import Routing

/// Trains, measures, explains and extends adapter routers.
struct RouterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "router",
        abstract: "Train the router that chooses adapters, measure it, ask it, extend it.",
        subcommands: [RouterTrainCommand.self, RouterEvaluateCommand.self]
    )
}

/// `fusebox router train`.
struct RouterTrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a router from JSON lines.",
        discussion: """
            Rows are {"text": ..., "adapter": name} or {"text": ..., "adapters": [names]}; the name "base" marks texts that \
            no adapter fits. Rows for the base are optional: out-of-scope texts are generated.
            """
    )

    @Option(name: .long, parsing: .upToNextOption, help: "Files of rows to learn from.")
    var data: [String]

    @Option(help: "A file of rows to calibrate with; else a tenth of the data is held out.")
    var validation: String?

    @Option(help: "The folder to write.")
    var output: String

    @Option(help: "The seed of everything random.")
    var seed: UInt64 = 0

    @Option(name: .customLong("set")) var set: [String] = []

    func run() throws {
        var examples: [RouterExample] = []
        for path in data { examples += try RouterExample.read(path: path) }
        let held = try validation.map { try RouterExample.read(path: $0) }
        var settings = TrainingSettings()
        settings.seed = seed
        for s in set {
            let p = s.split(separator: "="); let v = Double(p[1])!
            switch p[0] {
            case "buckets": settings.bucketCount = Int(v)
            case "width": settings.width = Int(v)
            case "epochs": settings.epochCount = Int(v)
            case "lr": settings.learningRate = Float(v)
            case "fdrop": settings.featureDropout = Float(v)
            case "drop": settings.hiddenDropout = Float(v)
            case "ls": settings.labelSmoothing = Float(v)
            case "neg": settings.negativeShare = v
            case "batch": settings.batchSize = Int(v)
            default: fatalError()
            }
        }
        let start = ContinuousClock.now
        let router = try RouterTrainer(settings: settings).train(on: examples, validation: held)
        let saved = try router.write(to: output, card: "")
        print("trained in", ContinuousClock.now - start, "T", saved.calibration.temperature, "threshold", saved.calibration.threshold)
    }
}

/// `fusebox router evaluate`.
struct RouterEvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Measure a router on labelled rows.")

    @Option(help: "The router's folder.")
    var router: String

    @Option(help: "A file of labelled rows.")
    var data: String

    func run() throws {
        let router = try AdapterRouter(directory: router)
        let e = try RouterEvaluation(of: router, on: RouterExample.read(path: data))
        print("acc \(e.accuracy) top3 \(e.top3) ece \(e.calibrationError) all \(e.overallCalibrationError) auroc \(e.auroc ?? 0) rej \(e.rejection ?? 0) pass \(e.passedInScope) \(e.passedOutOfScope) params \(router.parameterCount) \(e.duration)")
    }
}
