internal import Kernels
internal import Optimization
public import Tensors

/// Trains a router from labelled texts.
public struct RouterTrainer: Sendable {
    public let settings: TrainingSettings

    /// How far the training is.
    public struct Progress: Sendable {
        public let step: Int
        public let stepCount: Int
        /// The mean loss of the last pass in nats; nil in the first.
        public let loss: Float?
    }

    public init(settings: TrainingSettings = TrainingSettings()) {
        self.settings = settings
    }

    /// Trains and calibrates a router; the same rows and seed give the same router.
    ///
    /// - Parameters:
    ///   - examples: the rows to learn from.
    ///   - validation: held-out rows to calibrate with; nil holds out some of the examples that share no template with the
    ///     others, of few examples each one once, and learns from all in the end.
    ///   - shelf: the adapters' digests by name, to be recorded with the classes.
    /// - Throws: for settings out of range, and for data that is too little or names unknown adapters.
    public func train(
        on examples: [RouterExample], validation: [RouterExample]?, shelf: [String: Digest] = [:],
        progress: (Progress) -> Void = { _ in }
    ) throws(RoutingError) -> TrainingResult {
        let start = ContinuousClock.now
        try settings.check()
        let classes = try RowClasses(of: examples, validation: validation ?? [])
        let groups = RowGroups(examples + (validation ?? []))
        var random = SeededRandom(seed: settings.seed ^ 0x5EED)
        let plan = try TrainingPlan(examples, validation, groups: groups, random: &random)
        DenseAlgebra.setThreadCount(1)

        var held = HeldOutScores(base: classes.base, separatesStandIns: plan.holdsOutAll)
        var last: (network: RouterNetwork, data: TrainingData)?
        var firstStep = 0
        let stepCount = plan.rounds.reduce(0) {
            $0 + settings.stepCount(rowCount: $1.learned.count)
        }
        for round in plan.rounds {
            let data = try TrainingData(
                round.learned, classes: classes, settings: settings,
                standIn: (max(50, round.held.count / 10), plan.holdsOutAll), random: random)
            let network = train(data) { step, loss in
                progress(Progress(step: firstStep + step, stepCount: stepCount, loss: loss))
            }.rounded()
            firstStep += settings.stepCount(rowCount: round.learned.count)
            if !round.held.isEmpty { held.add(round.held, to: network, of: data) }
            last = (network, data)
        }
        guard let last else { throw RoutingError(.data, "there are no rows to learn from") }
        let fit = Calibration(fitting: held.samples(outOfScopeShare: settings.outOfScopeShare))
        let router = calibrated(last.network, data: last.data, held: held, fit: fit, shelf: shelf)
        return TrainingResult(
            router: router,
            heldOut: held.evaluation(
                of: router, fit: fit, texts: plan.rounds.flatMap(\.held).map(\.text)),
            exampleCount: examples.count, outOfScopeCount: examples.count { $0.adapters.isEmpty },
            duration: ContinuousClock.now - start,
            warnings: RowAdvice(examples, validation: validation ?? [], groups: groups).warnings)
    }

    private func train(_ data: TrainingData, progress: (Int, Float?) -> Void) -> RouterNetwork {
        var trainer = NetworkTrainer(
            settings: settings, classCount: data.classes.names.count + 1,
            importances: data.importances, meanings: data.meanings)
        let stepsPerEpoch = settings.stepsPerEpoch(rowCount: data.training.count)
        let epochCount = settings.epochCount(rowCount: data.training.count)
        var loss: Float?
        for epoch in 0..<epochCount {
            loss = trainer.epoch(
                data.training, firstStep: epoch * stepsPerEpoch,
                stepCount: epochCount * stepsPerEpoch
            ) { step in progress(step, loss) }
        }
        return trainer.network
    }

    /// The router with probabilities and threshold as the held-out rows have them.
    private func calibrated(
        _ network: RouterNetwork, data: TrainingData, held: HeldOutScores, fit: Calibration,
        shelf: [String: Digest]
    ) -> AdapterRouter {
        let scaled = network.scalingBase(by: Float(fit.baseScale), offset: Float(fit.baseOffset))
            .rounded()
        let threshold = settings.threshold ?? held.threshold(passing: settings.coverage)
        let inside = held.scopes.inside
        return AdapterRouter(
            classes: data.classes.names.map { RouterClass(name: $0, adapter: shelf[$0]) },
            digest: Digest(of: []),
            calibration: RouterCalibration(
                temperature: Float(fit.temperature), threshold: threshold,
                coverage: Metrics.share(inside.count { $0 >= threshold }, of: inside.count)),
            recipe: data.recipe, seed: settings.seed, network: scaled,
            statistics: ClassStatistics(
                of: data.training, network: scaled, logits: held.statistics))
    }
}
