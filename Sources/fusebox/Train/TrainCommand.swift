import Adapters
import ArgumentParser
import Tensors
import Training

extension AdaptersCommand {
    /// `fusebox adapters train`: a LoRA adapter from rows.
    struct Train: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Train a LoRA adapter for a base.",
            discussion: TrainingOptions.rows
                + " With \"beside\": [NAMES] a row is learned while these adapters are on. The output is a PEFT directory. Ctrl-C ends after the step and leaves a usable adapter; --resume goes on with the same result."
        )

        @OptionGroup var options: TrainingOptions

        @Option(help: "The rank of the factors.")
        var rank: Int?

        @Option(help: "B A is scaled by alpha / rank; else twice the rank.")
        var alpha: Float?

        @Option(
            parsing: .upToNextOption,
            help: "Modules to train, as q_proj v_proj; else all linear ones of the layers.")
        var targets: [String] = []

        @Option(help: "Layers to train, as 10-29; else all.")
        var layers: LayerRange?

        @Option(
            help: ArgumentHelp(
                "An adapter that is on, and stays as it is, while rows with its name in \"beside\" are learned; may be repeated. So an adapter learns to be mixed.",
                valueName: "name=path@weight"), transform: AdapterOption.init(argument:))
        var beside: [AdapterOption] = []

        @Option(help: "What the factors are stored as.")
        var dtype = FactorType.f32

        @Option(help: "An adapter to go on from, instead of fresh factors.")
        var start: String?

        @Option(help: "The folder to write.")
        var output: String

        func validate() throws {
            guard
                start == nil || (rank == nil && alpha == nil && targets.isEmpty && layers == nil)
            else {
                throw ValidationError("--start brings rank, alpha, targets and layers with it")
            }
            guard Set(beside.map(\.name)).count == beside.count else {
                throw ValidationError("two of --beside have one name")
            }
        }

        func run() throws {
            let target = TrainingOutput(folder: output)
            try target.check(isResumed: options.resume)
            try FileBytes.makeFolder(path: output)
            for adapter in beside { try PathGuess.check(adapter.path) }
            let session = try TrainingSession(options, beside: beside.map(\.name))
            let factors = try factors(session.base)
            let trainer = try Trainer(
                factors, of: session.base, examples: session.examples,
                validation: session.validation, beside: others(session),
                settings: options.settings(rate: 5e-4), on: session.compute)
            let isDone = try session.run(trainer, statePath: target.statePath) { state in
                try factors.file(state.best).write(to: output, dtype: dtype.dtype)
            }
            if !isDone { StandardError.write("interrupted; --resume goes on") }
        }

        private func others(_ session: TrainingSession) throws -> [FrozenAdapter] {
            let used = Set(session.examples.flatMap(\.beside))
            for (index, adapter) in beside.enumerated() where !used.contains(index) {
                StandardError.write("warning: no row is learned beside \(adapter.name)")
            }
            return try beside.map { adapter in
                try FrozenAdapter(
                    session.base, AdapterFile(path: adapter.path, base: session.base.shape),
                    weight: Float(adapter.number))
            }
        }

        private func factors(_ base: FrozenBase) throws -> FactorParameters {
            if let start {
                try PathGuess.check(start)
                return try FactorParameters(
                    base, startingAt: AdapterFile(path: start, base: base.shape))
            }
            let rank = rank ?? 8
            return try FactorParameters(
                base, targets: targets.isEmpty ? nil : Set(targets), layers: layers?.layers,
                rank: rank, alpha: alpha ?? 2 * Float(rank), seed: options.seed)
        }
    }
}
