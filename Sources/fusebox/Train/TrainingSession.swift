import Kernels
import Models
import Synchronization
import Tensors
import Tokenization
import Training

/// A base and rows made ready to learn from, and the run with its progress, its saves and its end by Ctrl-C.
struct TrainingSession {
    let base: FrozenBase
    let compute: DenseCompute
    let examples: [TrainingExample]
    let validation: [TrainingExample]
    private let options: TrainingOptions

    /// Seconds after which an unfinished training is saved.
    private static let saveInterval = Duration.seconds(60)

    /// - Parameter names: of the adapters that rows may be learned beside, in the order of their numbers.
    init(_ options: TrainingOptions, beside names: [String] = []) throws {
        DenseAlgebra.restartForProcessor()
        self.options = options
        for path in [options.model] + options.data + [options.validation].compactMap(\.self) {
            try PathGuess.check(path)
        }
        let checkpoint = try Checkpoint(path: options.model)
        for warning in checkpoint.warnings { StandardError.write("warning: \(warning)") }
        let tokenizer = try Tokenizer(path: options.model)
        func rows(_ path: String) throws -> [TrainingExample] {
            try TrainingRows(
                path: path, tokenizer: tokenizer,
                contextLength: checkpoint.configuration.contextLength,
                learnsPrompts: options.learnPrompts, isPlain: options.plain, adapters: names
            ).examples()
        }
        examples = try options.data.flatMap(rows)
        validation = try options.validation.map(rows) ?? []
        let pool = try ThreadPool(threadCount: options.threads ?? Processors.available.count)
        compute = DenseCompute(kernels: try .select(), pool: pool)
        base = try FrozenBase(checkpoint, quantizes: options.type == .nf4, pool: pool)
    }

    /// Takes the steps that are left.
    ///
    /// - Parameters:
    ///   - statePath: where the state is kept until the training is done.
    ///   - save: writes what was learned so far, which is usable at any time.
    /// - Returns: whether it is done; else it was interrupted.
    func run(
        _ trainer: Trainer, statePath: String, save: (TrainingState) throws -> Void
    ) throws -> Bool {
        if options.resume { try trainer.resume(path: statePath) }
        let isInterrupted = Atomic(false)
        let interrupt = Interrupt { isInterrupted.store(true, ordering: .relaxed) }
        defer { withExtendedLifetime(interrupt) {} }
        let bar = ProgressBar("training")
        let clock = ContinuousClock()
        let start = clock.now
        var lastSave = start
        var tokens = 0
        let firstStep = trainer.state.step
        try trainer.run(statePath: statePath) { progress in
            tokens += progress.tokenCount
            let elapsed = (clock.now - start) / .seconds(1)
            let left =
                elapsed / Double(progress.step - firstStep)
                * Double(progress.stepCount - progress.step)
            bar.show(
                Double(progress.step) / Double(progress.stepCount),
                note: note(progress, rate: Double(tokens) / max(elapsed, 1e-9), left: left))
            if isInterrupted.load(ordering: .relaxed) { return .stop }
            guard clock.now - lastSave >= Self.saveInterval else { return .goOn }
            lastSave = clock.now
            try save(trainer.state)
            return .save
        }
        bar.clear()
        try save(trainer.state)
        if trainer.isDone { try AtomicFile.remove(path: statePath) }
        report(trainer, tokens: tokens, seconds: (clock.now - start) / .seconds(1))
        return trainer.isDone
    }

    private func note(_ progress: Trainer.Progress, rate: Double, left: Double) -> String {
        let validation = progress.validationLoss.map { ", validation \(Self.short($0))" } ?? ""
        return
            "loss \(Self.short(progress.loss))\(validation), \(Int(rate)) tokens/s, \(Self.time(left)) left"
    }

    private func report(_ trainer: Trainer, tokens: Int, seconds: Double) {
        let state = trainer.state
        let rate = seconds > 0 ? Double(tokens) / seconds : 0
        let best = state.validations.map(\.loss).min()
        guard options.json else {
            let validation = best.map { ", best validation \(Self.short($0))" } ?? ""
            print(
                "\(state.step) of \(trainer.stepCount) steps, loss \(state.losses.last.map(Self.short) ?? "none")\(validation), \(Int(rate)) tokens/s, \(Self.time(seconds))"
            )
            return
        }
        let document: JSONObject = [
            "steps": .integer(Int64(state.step)), "of": .integer(Int64(trainer.stepCount)),
            "losses": .array(state.losses.map { .number(Double($0)) }),
            "validation": best.map { .number(Double($0)) } ?? .null,
            "tokens_per_second": .number(rate), "seconds": .number(seconds),
        ]
        print(JSONValue.object(document).text)
    }

    private static func short(_ loss: Float) -> String { "\((1000 * loss).rounded() / 1000)" }

    private static func time(_ seconds: Double) -> String {
        let seconds = Int(seconds.rounded())
        return seconds < 60 ? "\(seconds) s" : "\(seconds / 60) min \(seconds % 60) s"
    }
}
