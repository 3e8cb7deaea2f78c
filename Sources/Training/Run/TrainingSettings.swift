/// How long, how fast and on how much at once something is trained.
public struct TrainingSettings: Sendable {
    /// Passes over the examples.
    public var epochCount = 3
    /// Steps at most; nil: all of the passes.
    public var stepLimit: Int?
    /// Examples whose gradients are added before a step.
    public var batchSize = 16
    /// Tokens that go through the model at once, but for single examples that are longer.
    public var rowCount = 2048
    public var learningRate: Float = 5e-4
    /// The share of the steps in which the rate rises.
    public var warmupShare = 0.05
    /// Decay of the parameters, per step and unit of the learning rate.
    public var weightDecay: Float = 0
    /// The largest length of a step's gradient; longer ones are shortened to it.
    public var gradientLimit: Float = 1
    /// Steps from one validation to the next; nil: once a pass.
    public var validationInterval: Int?
    /// Validations without a better one after which training ends; nil: it goes on to the last step.
    public var patience: Int?
    public var seed: UInt64 = 0

    public init() {}

    /// Refuses numbers that cannot be trained with.
    func check() throws(TrainingError) {
        let counts = [
            ("epochs", epochCount), ("batch size", batchSize), ("row count", rowCount),
            ("step limit", stepLimit ?? 1), ("validation interval", validationInterval ?? 1),
            ("patience", patience ?? 1),
        ]
        for (name, count) in counts where !(1...1 << 24).contains(count) {
            throw TrainingError(.setting, "\(name) is \(count); it has to be in 1...\(1 << 24)")
        }
        let numbers = [
            ("learning rate", learningRate), ("gradient limit", gradientLimit),
        ]
        for (name, number) in numbers where !(number.isFinite && number > 0) {
            throw TrainingError(.setting, "\(name) is \(number); it has to be above 0")
        }
        guard weightDecay.isFinite, weightDecay >= 0, (0...1).contains(warmupShare) else {
            throw TrainingError(
                .setting,
                "weight decay is \(weightDecay) or the share of warm-up \(warmupShare), possible are 0 and more, and 0...1"
            )
        }
    }

    func stepsPerEpoch(_ exampleCount: Int) -> Int {
        (exampleCount + batchSize - 1) / batchSize
    }

    func stepCount(_ exampleCount: Int) -> Int {
        let steps = stepsPerEpoch(exampleCount).multipliedReportingOverflow(by: epochCount)
        return min(steps.overflow ? .max : steps.partialValue, stepLimit ?? .max)
    }

    /// What decides the outcome, in words that are compared.
    var text: String {
        "epochs \(epochCount), step limit \(stepLimit ?? 0), batch \(batchSize), rows \(rowCount), rate \(learningRate), warm-up \(warmupShare), decay \(weightDecay), gradient limit \(gradientLimit), validation every \(validationInterval ?? 0), patience \(patience ?? 0), seed \(seed)"
    }
}
