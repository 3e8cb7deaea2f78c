internal import Adapters
public import Kernels
public import Models
internal import Optimization
internal import Tensors

/// Trains factors or coefficients beside a frozen base, by AdamW on the mean loss of a step's learned tokens.
public final class Trainer {
    /// How far a training is.
    public struct Progress: Sendable {
        /// Steps that were taken, of how many.
        public let step: Int
        public let stepCount: Int
        /// Of the last step, in nats a learned token, before it was taken.
        public let loss: Float
        /// Rows of the last step, learned or not.
        public let tokenCount: Int
        /// Of the last validation.
        public let validationLoss: Float?
    }

    /// What follows a step.
    public enum Decision: Sendable {
        case goOn
        /// Write the state, then go on.
        case save
        /// Write the state and end.
        case stop
    }

    public private(set) var state: TrainingState
    public let stepCount: Int
    private let parameters: any TrainableParameters
    private let settings: TrainingSettings
    private let examples: [TrainingExample]
    private let validation: [TrainingExample]
    /// Whether what examples begin with goes through once; not where rotations depend on a text's length and lengths tell.
    private let sharesBeginning: Bool
    private let pass: TrainingPass
    private var optimizer: AdamW

    /// - Parameters:
    ///   - examples: at least one.
    ///   - validation: examples by which the best step is chosen; none: the last one is.
    ///   - adapters: those that examples may have on.
    /// - Throws: for settings out of range, and tokens and adapters that there are not.
    public convenience init(
        _ factors: FactorParameters, of base: FrozenBase, examples: [TrainingExample],
        validation: [TrainingExample] = [], beside adapters: [FrozenAdapter] = [],
        settings: TrainingSettings, on compute: DenseCompute
    ) throws(TrainingError) {
        try self.init(
            parameters: factors, base, examples, validation, adapters, settings, compute)
    }

    public convenience init(
        _ coefficients: CoefficientParameters, of base: FrozenBase, examples: [TrainingExample],
        validation: [TrainingExample] = [], settings: TrainingSettings, on compute: DenseCompute
    ) throws(TrainingError) {
        try self.init(
            parameters: coefficients, base, examples, validation, [], settings, compute)
    }

    private init(
        parameters: any TrainableParameters, _ base: FrozenBase, _ examples: [TrainingExample],
        _ validation: [TrainingExample], _ adapters: [FrozenAdapter],
        _ settings: TrainingSettings, _ compute: DenseCompute
    ) throws(TrainingError) {
        try settings.check()
        guard !examples.isEmpty else { throw TrainingError(.setting, "there are no examples") }
        let vocabulary = base.configuration.vocabularySize
        for token in (examples + validation).lazy.flatMap(\.tokens)
        where token < 0 || token >= vocabulary {
            throw TrainingError(
                .setting, "the token \(token) is none of the base's \(vocabulary)")
        }
        for adapter in (examples + validation).lazy.flatMap(\.beside)
        where !adapters.indices.contains(adapter) {
            throw TrainingError(
                .setting, "the adapter \(adapter) is none of the \(adapters.count)")
        }
        self.parameters = parameters
        self.settings = settings
        self.examples = examples
        self.validation = validation
        stepCount = settings.stepCount(examples.count)
        let longest = (examples + validation).reduce(0) { max($0, $1.tokens.count - 1) }
        let rotaryLengths = (examples + validation).map {
            let count = $0.tokens.count - 1
            return base.configuration.rotaryLength(prompt: count, total: count)
        }
        sharesBeginning = Set(rotaryLengths).count == 1
        pass = TrainingPass(
            base, addends: parameters.addends, beside: adapters,
            rowCapacity: max(longest, settings.rowCount), compute: compute)
        let values = parameters.values
        guard !values.isEmpty else { throw TrainingError(.setting, "nothing is trained") }
        optimizer = AdamW(count: values.count, weightDecay: settings.weightDecay)
        state = TrainingState(
            values: values,
            identity: Self.identity(
                base, examples + validation, settings, parameters,
                [parameters.addends] + adapters.map(\.addends)))
    }

    /// Goes on where a written state stands.
    ///
    /// - Throws: for the state of another training.
    public func resume(path: String) throws(TrainingError) {
        state = try TrainingState(
            path: path, count: state.values.count, identity: state.identity)
        parameters.values = state.values
        optimizer.state = (state.means, state.variances, state.powers)
    }

    /// Whether all steps are taken, or validations have not become better for as long as settings say.
    public var isDone: Bool {
        if state.step >= stepCount { return true }
        guard let patience = settings.patience, let best = bestValidation else { return false }
        return state.validations.count - 1 - best >= patience
    }

    /// Takes the steps that are left.
    ///
    /// - Parameters:
    ///   - path: where the state is written when `decide` says so.
    ///   - decide: is told of every step.
    /// - Throws: when a loss is no number; the parameters are then those before that step.
    public func run(
        statePath path: String, decide: (Progress) throws -> Decision
    ) throws {
        var order = TrainingOrder(exampleCount: examples.count, settings: settings)
        while !isDone {
            let examples = order.examples(step: state.step).map { self.examples[$0] }
            let loss = try takeStep(examples)
            try validateIfDue()
            let decision = try decide(
                Progress(
                    step: state.step, stepCount: stepCount, loss: loss,
                    tokenCount: examples.reduce(0) { $0 + $1.tokens.count - 1 },
                    validationLoss: state.validations.last?.loss))
            if decision != .goOn { try save(path) }
            if decision == .stop { return }
        }
    }

    private func save(_ path: String) throws(TrainingError) {
        (state.means, state.variances, state.powers) = optimizer.state
        try state.write(to: path)
    }

    /// The mean loss of some examples' learned tokens, in nats.
    public func loss(of examples: [TrainingExample]) throws(ModelError) -> Float {
        var (sum, count) = (0.0, 0)
        for batch in batches(examples) {
            let losses = try pass.losses(batch)
            sum += losses.reduce(0) { $0 + Double($1) }
            count += losses.count
        }
        return Float(sum / Double(max(1, count)))
    }

    private func batches(_ examples: [TrainingExample]) -> [TrainingBatch] {
        TrainingBatch.packed(
            examples, rowCount: settings.rowCount, sharesBeginning: sharesBeginning)
    }

    // MARK: One step

    private func takeStep(_ examples: [TrainingExample]) throws -> Float {
        let learned = examples.reduce(0) { $0 + $1.learnedCount }
        pass.clearGradients()
        var sum = 0.0
        for batch in batches(examples) {
            let losses = try pass.addGradients(of: batch, scale: 1 / Float(learned))
            sum += losses.reduce(0) { $0 + Double($1) }
        }
        var gradient = parameters.gradient
        let length = gradient.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        let loss = Float(sum / Double(learned))
        guard loss.isFinite, length.isFinite else {
            throw TrainingError(
                .diverged,
                "the loss of step \(state.step + 1) is no number any more; take a lower learning rate than \(settings.learningRate)"
            )
        }
        let factor = Float(min(1, Double(settings.gradientLimit) / (length + 1e-6)))
        for index in gradient.indices { gradient[index] *= factor }
        let schedule = WarmupCosine(
            peak: settings.learningRate,
            warmupSteps: Int((settings.warmupShare * Double(stepCount)).rounded(.up)),
            stepCount: stepCount)
        optimizer.update(
            &state.values, gradient: gradient, learningRate: schedule.rate(step: state.step))
        parameters.values = state.values
        state.step += 1
        state.losses.append(loss)
        if validation.isEmpty { state.best = state.values }
        return loss
    }

    private func validateIfDue() throws(ModelError) {
        guard !validation.isEmpty else { return }
        let interval = settings.validationInterval ?? settings.stepsPerEpoch(examples.count)
        guard state.step.isMultiple(of: interval) || state.step == stepCount else { return }
        state.validations.append(
            TrainingState.Validation(step: state.step, loss: try loss(of: validation)))
        if bestValidation == state.validations.count - 1 { state.best = state.values }
    }

    /// The first of the smallest.
    private var bestValidation: Int? {
        state.validations.indices.min {
            state.validations[$0].loss < state.validations[$1].loss
        }
    }

    private static func identity(
        _ base: FrozenBase, _ examples: [TrainingExample], _ settings: TrainingSettings,
        _ parameters: any TrainableParameters, _ addends: [[[LowRankSite?]]]
    ) -> Digest {
        var bytes = Array("\(base.shape.digest) \(base.isQuantizing) \(settings.text)".utf8)
        for example in examples {
            bytes.append(example.firstLearned)
            for adapter in example.beside { bytes.append(-1 - adapter) }
            for token in example.tokens { bytes.append(Int(token)) }
        }
        for site in addends.joined().joined() {
            guard let site else {
                bytes.append(0)
                continue
            }
            for part in site.parts {
                let numbers = [part.weight] + site.a.rows(part.ranks).elements + part.b.elements
                for number in numbers { bytes.append(Int(number.bitPattern)) }
            }
        }
        for value in parameters.values { bytes.append(Int(value.bitPattern)) }
        return Digest(of: bytes)
    }
}

extension [UInt8] {
    /// Appends the lower four bytes of a number.
    fileprivate mutating func append(_ number: Int) {
        for shift in [0, 8, 16, 24] { append(UInt8(truncatingIfNeeded: number >> shift)) }
    }
}
