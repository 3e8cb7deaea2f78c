import ArgumentParser
import Kernels
import Models
import Tensors
import Tokenization
import Training

/// What the commands that learn have in common.
struct TrainingOptions: ParsableArguments {
    /// What the base's weights are while something is trained beside them.
    enum BaseForm: String, ExpressibleByArgument, CaseIterable {
        case stored, nf4
    }

    static let rows =
        "Rows are JSON lines {\"prompt\", \"answer\"} with an optional \"system\", {\"messages\": [{\"role\", \"content\"}]} whose last one is the answer, or {\"text\"}; they go through the model's chat template where it has one. Files may be compressed by gzip."

    @Option(help: "The base model: a Hugging Face directory or a GGUF file.")
    var model: String

    @Option(
        help: "The base's weights: stored as the files have them, or nf4 as --type nf4 serves them."
    )
    var type = BaseForm.stored

    @Option(parsing: .upToNextOption, help: "Files of rows to learn from.")
    var data: [String]

    @Option(help: "A file of rows by which the best step is chosen; else the last one is taken.")
    var validation: String?

    @Option(help: "Passes over the rows.")
    var epochs = 3

    @Option(help: "Steps at most.")
    var steps: Int?

    @Option(help: "Rows whose gradients make a step.")
    var batch = 16

    @Option(help: "The learning rate at its peak.")
    var learningRate: Float?

    @Option(help: "The share of the steps in which the rate rises.")
    var warmup = 0.05

    @Option(help: "Decay of what is trained, per step and unit of the learning rate.")
    var weightDecay: Float = 0

    @Option(help: "The largest length of a step's gradient.")
    var clip: Float = 1

    @Option(help: "Steps from one validation to the next; else once a pass.")
    var validateEvery: Int?

    @Option(help: "Validations without a better one after which training ends.")
    var patience: Int?

    @Option(help: "Tokens that go through the model at once; fewer take less memory.")
    var tokensAtOnce = 2048

    @Flag(help: "Learn prompts too, not only answers.")
    var learnPrompts = false

    @Flag(help: "Take prompts without the chat template.")
    var plain = false

    @Option(help: "The seed of everything random.")
    var seed: UInt64 = 0

    @Option(help: "Threads that compute; else one a processor. The result is the same.")
    var threads: Int?

    @Flag(help: "Go on where a training of the same data and settings was interrupted.")
    var resume = false

    @Flag(help: "Print one JSON document.")
    var json = false

    func validate() throws {
        guard threads.map({ (1...1024).contains($0) }) ?? true else {
            throw ValidationError("--threads has to be in 1...1024")
        }
        guard patience == nil || validation != nil else {
            throw ValidationError("--patience needs a file of --validation")
        }
    }

    /// - Parameter rate: the learning rate where none is given.
    func settings(rate: Float) -> TrainingSettings {
        var settings = TrainingSettings()
        settings.epochCount = epochs
        settings.stepLimit = steps
        settings.batchSize = batch
        settings.rowCount = tokensAtOnce
        settings.learningRate = learningRate ?? rate
        settings.warmupShare = warmup
        settings.weightDecay = weightDecay
        settings.gradientLimit = clip
        settings.validationInterval = validateEvery
        settings.patience = patience
        settings.seed = seed
        return settings
    }
}
