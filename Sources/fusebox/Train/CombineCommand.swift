import Adapters
public import ArgumentParser
import FoundationEssentials
import Tensors
public import Training

extension CoefficientParameters.Form: ExpressibleByArgument {}

extension AdaptersCommand {
    /// `fusebox adapters combine`: coefficients for a set of adapters from rows.
    struct Combine: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Learn how much of each adapter to take at every projection (CAT).",
            discussion: TrainingOptions.rows
                + " The output is a table for --cat, used with the same adapters at weight 1.")

        @OptionGroup var options: TrainingOptions

        @Option(name: .customLong("adapter"), help: "An adapter's path; two or more.")
        var adapters: [String]

        @Option(help: "softmax: shares of one at each projection, as the paper; free: any numbers.")
        var form = CoefficientParameters.Form.softmax

        @Option(help: "The table to write.")
        var output: String

        func run() throws {
            let statePath = "\(output).training"
            guard options.resume == FileManager.default.fileExists(atPath: statePath) else {
                throw CommandError(
                    options.resume
                        ? "\(output): there is no interrupted training to resume; leave --resume out"
                        : "\(statePath): is an interrupted training; go on with --resume, or remove it"
                )
            }
            for path in adapters { try PathGuess.check(path) }
            let session = try TrainingSession(options)
            let files = try adapters.map { try AdapterFile(path: $0, base: session.base.shape) }
            let digests = try adapters.map { try Adapter.digest(path: $0) }
            guard Set(digests).count == digests.count else {
                throw CommandError("the same adapter is given twice")
            }
            let coefficients = try CoefficientParameters(session.base, adapters: files, form: form)
            let trainer = try Trainer(
                coefficients, of: session.base, examples: session.examples,
                validation: session.validation, settings: options.settings(rate: 0.02),
                on: session.compute)
            let isDone = try session.run(trainer, statePath: statePath) { state in
                let table = coefficients.table(state.best)
                try CoefficientTable.write(
                    Dictionary(uniqueKeysWithValues: zip(digests, table)), to: output)
            }
            if !isDone { StandardError.write("interrupted; --resume goes on") }
        }
    }
}
