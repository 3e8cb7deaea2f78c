import Adapters
import Kernels
import Models
import Tensors
import TestSupport
import Testing

@testable import Training

/// Runs of several steps: against PEFT, on any number of threads, interrupted.
@Suite struct CurveTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func trainer(
        threadCount: Int = 2, settings: TrainingSettings, examples: [TrainingExample]? = nil,
        validation: [TrainingExample] = []
    ) throws -> (Trainer, FactorParameters) {
        let pool = try ThreadPool(threadCount: threadCount)
        let compute = DenseCompute(kernels: try .select(), pool: pool)
        let base = try FrozenBase(
            Checkpoint(path: GoldenFolder.path("models/llama")), pool: pool)
        let start = try AdapterFile(path: GoldenFolder.path("training/start"), base: base.shape)
        let factors = try FactorParameters(base, startingAt: start)
        let given =
            examples
            ?? FormulaFactors.examples(vocabulary: base.configuration.vocabularySize)
        let trainer = try Trainer(
            factors, of: base, examples: given, validation: validation, settings: settings,
            on: compute)
        return (trainer, factors)
    }

    private var fiftySteps: TrainingSettings {
        var settings = TrainingSettings()
        settings.epochCount = 50
        settings.learningRate = 0.01
        settings.warmupShare = 0.1
        settings.weightDecay = 0.01
        return settings
    }

    @Test func lossesAreThoseOfPEFT() throws {
        let bytes = try FileBytes(
            path: GoldenFolder.path("training/curve.json"), loading: .copied, limit: 1 << 20)
        let expected = try #require(try bytes.json().array).compactMap(\.double)
        #expect(expected.count == 50)
        let (trainer, _) = try trainer(settings: fiftySteps)
        try trainer.run(statePath: folder.path("state")) { _ in .goOn }
        #expect(trainer.state.losses.count == 50)
        for (loss, expected) in zip(trainer.state.losses, expected) {
            #expect(abs(Double(loss) - expected) < 1e-3)
        }
    }

    /// Enough rows for several blocks of every product, and texts that are shared out and begin alike.
    @Test func threadsChangeNothing() throws {
        var settings = fiftySteps
        settings.epochCount = 3
        settings.batchSize = 12
        var examples: [TrainingExample] = []
        for text in 0..<12 {
            let tokens: [Int32] = (0..<50 + text).map { place in
                let own = place < 4 ? 0 : 7 * text
                return Int32((place * place + own) % 128)
            }
            if let example = TrainingExample(tokens: tokens, firstLearned: 5) {
                examples.append(example)
            }
        }
        let states = try [1, 2, 3].map { threads in
            let (trainer, _) = try trainer(
                threadCount: threads, settings: settings, examples: examples)
            try trainer.run(statePath: folder.path("state")) { _ in .goOn }
            return trainer.state
        }
        #expect(states[0].losses.count == 3)
        #expect(states[0] == states[1] && states[0] == states[2])
    }

    @Test func interruptedTrainingGoesOnWithTheSameBits() throws {
        let (whole, _) = try trainer(settings: fiftySteps)
        try whole.run(statePath: folder.path("state")) { _ in .save }
        let (first, _) = try trainer(settings: fiftySteps)
        try first.run(statePath: folder.path("part")) { $0.step == 17 ? .stop : .goOn }
        #expect(first.state.step == 17)
        let (second, _) = try trainer(settings: fiftySteps)
        try second.resume(path: folder.path("part"))
        try second.run(statePath: folder.path("part")) { _ in .save }
        #expect(second.state == whole.state)
    }

    @Test func stateOfAnotherTrainingIsRefused() throws {
        let (first, _) = try trainer(settings: fiftySteps)
        try first.run(statePath: folder.path("part")) { $0.step == 2 ? .stop : .goOn }
        var other = fiftySteps
        other.learningRate = 0.02
        let (second, _) = try trainer(settings: other)
        #expect(throws: TrainingError.self) { try second.resume(path: folder.path("part")) }
    }

    @Test func stateBesideAnotherAdapterIsRefused() throws {
        let pool = try ThreadPool(threadCount: 1)
        let base = try FrozenBase(
            Checkpoint(path: GoldenFolder.path("models/llama")), pool: pool)
        func trainer(weight: Float) throws -> Trainer {
            try Trainer(
                FactorParameters(base, rank: 2, alpha: 4, seed: 1), of: base,
                examples: FormulaFactors.examples(vocabulary: 128, beside: [0]),
                beside: [FrozenAdapter(base, FormulaFactors.file(base, set: 1), weight: weight)],
                settings: fiftySteps, on: DenseCompute(kernels: try .select(), pool: pool))
        }
        let path = folder.path("part")
        try trainer(weight: 1).run(statePath: path) { $0.step == 2 ? .stop : .goOn }
        try trainer(weight: 1).resume(path: path)
        #expect(throws: TrainingError.self) { try trainer(weight: 0.5).resume(path: path) }
    }

    /// The scale of B A is no value that is trained, and still decides what comes out.
    @Test func stateOfAnotherScaleIsRefused() throws {
        let pool = try ThreadPool(threadCount: 1)
        let base = try FrozenBase(
            Checkpoint(path: GoldenFolder.path("models/llama")), pool: pool)
        func trainer(alpha: Float) throws -> Trainer {
            try Trainer(
                FactorParameters(base, rank: 2, alpha: alpha, seed: 1), of: base,
                examples: FormulaFactors.examples(vocabulary: 128), settings: fiftySteps,
                on: DenseCompute(kernels: try .select(), pool: pool))
        }
        let path = folder.path("part")
        try trainer(alpha: 4).run(statePath: path) { $0.step == 2 ? .stop : .goOn }
        try trainer(alpha: 4).resume(path: path)
        #expect(throws: TrainingError.self) { try trainer(alpha: 8).resume(path: path) }
    }
}
