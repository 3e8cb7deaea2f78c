internal import Adapters
public import ArgumentParser
internal import Inference
public import Kernels
internal import Tensors

extension ExecutionType: ExpressibleByArgument {}
extension CacheType: ExpressibleByArgument {}

/// The options of every command that runs a model in this process.
struct ModelOptions: ParsableArguments {
    @Option(help: "The base model: a Hugging Face directory or a GGUF file.")
    var model: String

    @Option(
        name: .customLong("adapter"), help: AdapterOption.form,
        transform: AdapterOption.init(argument:))
    var adapters: [AdapterOption] = []

    @Option(
        help: """
            What the weights are executed as; f32 is the reference, stored is as the files have them. \
            Quantized files stay as they are under all but f32.
            """)
    var type: ExecutionType = .q8_0

    @Option(help: "What keys and values are kept as; else f16, for f32 f32.")
    var cacheType: CacheType?

    @Option(help: "A table of learned coefficients (CAT) for the adapters.")
    var cat: String?

    @Option(help: "Threads that compute; else one a processor.")
    var threads: Int?

    @OptionGroup var images: ImageOptions

    func validate() throws {
        guard threads.map({ (1...1024).contains($0) }) ?? true else {
            throw ValidationError("--threads has to be in 1...1024")
        }
        guard cat == nil || !adapters.isEmpty else {
            throw ValidationError("--cat needs at least one --adapter")
        }
    }

    /// Loads the base and its adapters; `mix` has the weights that were given.
    ///
    /// Warnings go to standard error.
    func load() throws -> (model: LoadedModel, mix: AdapterMix) {
        for path in [model] + adapters.map(\.path) { try PathGuess.check(path) }
        var model = try LoadedModel(
            path: self.model, precision: Precision(weights: type, cache: cacheType),
            threadCount: threads ?? Processors.available.count, images: images.folder)
        for warning in model.warnings { StandardError.write("warning: \(warning)") }
        let coefficients = try cat.map { path throws(LoadError) in
            try model.addCoefficients(path: path)
        }
        var shares: [AdapterMix.Share] = []
        for option in adapters {
            let adapter = try model.addAdapter(path: option.path, name: option.name)
            for warning in adapter.warnings {
                StandardError.write("warning: \(option.name): \(warning)")
            }
            shares.append(AdapterMix.Share(adapter: adapter.digest, weight: option.weight))
        }
        return (model, AdapterMix(shares: shares, coefficients: coefficients))
    }
}
