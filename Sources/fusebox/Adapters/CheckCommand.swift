import ArgumentParser
import Glibc
import Inference
import Kernels
import Worker

extension AdaptersCommand {
    /// `fusebox adapters check`: what a service does with an adapter before it serves it.
    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Try adapters as a service does before it serves them.",
            discussion:
                "Each has to fit the base, to hold numbers that training leaves, and to answer a few prompts with finite numbers."
        )

        @Argument(help: "PEFT directories or .gguf files.")
        var paths: [String]

        @Option(help: "The base model; else the demo's.")
        var model: String?

        @Option(help: "The execution type.")
        var type: ExecutionType = .q8_0

        @Option(help: "What keys and values are kept as; else f16, for f32 f32.")
        var cacheType: CacheType?

        @OptionGroup var images: ImageOptions

        func run() throws {
            // Beside a service, whoever is served comes first.
            _ = nice(10)
            for path in paths { try PathGuess.check(path) }
            let files = try ServedFiles(model: model, adapters: nil, router: nil)
            let trial = try AdapterTrial(
                LoadedModel(
                    path: files.model, precision: Precision(weights: type, cache: cacheType),
                    threadCount: 1, placement: .crowded, images: images.folder))
            for path in paths {
                let warnings = try trial.run(path: path)
                Terminal.write("\(path): fits\n")
                for warning in warnings { Terminal.write("\(path): warning: \(warning)\n") }
            }
        }
    }
}
