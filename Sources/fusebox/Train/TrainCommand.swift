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
                + " The output is a PEFT directory. Ctrl-C ends after the step and leaves a usable adapter; --resume goes on with the same result."
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

        @Option(help: "An adapter to go on from, instead of fresh factors.")
        var start: String?

        @Option(help: "The folder to write.")
        var output: String

        func validate() throws {
            guard start == nil || (rank == nil && alpha == nil && targets.isEmpty) else {
                throw ValidationError("--start brings rank, alpha and targets with it")
            }
        }

        func run() throws {
            let target = TrainingOutput(folder: output)
            try target.check(isResumed: options.resume)
            try FileBytes.makeFolder(path: output)
            let session = try TrainingSession(options)
            let factors = try factors(session.base)
            let trainer = try Trainer(
                factors, of: session.base, examples: session.examples,
                validation: session.validation, settings: options.settings(rate: 5e-4),
                on: session.compute)
            let isDone = try session.run(trainer, statePath: target.statePath) { state in
                try factors.file(state.best).write(to: output)
            }
            if !isDone { StandardError.write("interrupted; --resume goes on") }
        }

        private func factors(_ base: FrozenBase) throws -> FactorParameters {
            if let start {
                try PathGuess.check(start)
                return try FactorParameters(
                    base, startingAt: AdapterFile(path: start, base: base.shape))
            }
            let rank = rank ?? 8
            return try FactorParameters(
                base, targets: targets.isEmpty ? nil : Set(targets), rank: rank,
                alpha: alpha ?? 2 * Float(rank), seed: options.seed)
        }
    }
}
