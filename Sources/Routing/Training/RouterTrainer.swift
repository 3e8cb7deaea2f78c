internal import Kernels
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
    ///   - validation: held-out rows to calibrate with; nil sets a tenth of the examples aside.
    ///   - shelf: the adapters' digests by name, to be recorded with the classes.
    /// - Throws: for settings out of range, and for data that is too little or names unknown adapters.
    public func train(
        on examples: [RouterExample], validation: [RouterExample]?, shelf: [String: Digest] = [:],
        progress: (Progress) -> Void = { _ in }
    ) throws(RoutingError) -> TrainingResult {
        let start = ContinuousClock.now
        try settings.check()
        let data = try TrainingData(examples: examples, validation: validation, settings: settings)
        DenseAlgebra.setThreadCount(1)
        let network = train(data, progress: progress)
        let router = calibrated(network, data: data, shelf: shelf)
        return TrainingResult(
            router: router, heldOut: try RouterEvaluation(of: router, on: data.held),
            exampleCount: data.rowCount, outOfScopeCount: data.outOfScopeCount,
            duration: ContinuousClock.now - start)
    }

    private func train(_ data: TrainingData, progress: (Progress) -> Void) -> RouterNetwork {
        var trainer = NetworkTrainer(
            settings: settings, classCount: data.names.count + 1, importances: data.importances)
        let epochCount = settings.epochCount(rowCount: data.training.count)
        let stepsPerEpoch = (data.training.count + settings.batchSize - 1) / settings.batchSize
        let stepCount = epochCount * stepsPerEpoch
        var loss: Float?
        for epoch in 0..<epochCount {
            loss = trainer.epoch(
                data.training, firstStep: epoch * stepsPerEpoch, stepCount: stepCount
            ) { step in
                progress(Progress(step: step, stepCount: stepCount, loss: loss))
            }
        }
        return trainer.network
    }

    /// Fits probabilities and threshold on the held-out rows, with the weights that the artefact will hold.
    private func calibrated(
        _ network: RouterNetwork, data: TrainingData, shelf: [String: Digest]
    ) -> AdapterRouter {
        let base = data.names.count
        let fit = Calibration(
            fitting: data.validation.map {
                Calibration.Sample(
                    logits: network.logits(of: $0.features), classes: $0.classes, weight: $0.weight)
            })
        let scaled = network.scalingBase(by: Float(fit.baseScale), offset: Float(fit.baseOffset))
            .rounded()
        var targets: [Float] = []
        var others: [Float] = []
        var inScope: [Float] = []
        var outOfScope: [Float] = []
        for row in data.validation {
            let logits = scaled.logits(of: row.features).dropLast()
            let scope = logits.max() ?? -.infinity
            guard row.classes != [base] else {
                if row.isGiven { outOfScope.append(scope) }
                continue
            }
            inScope.append(scope)
            for (place, logit) in logits.enumerated() {
                if row.classes.contains(place) {
                    targets.append(logit)
                } else {
                    others.append(logit)
                }
            }
        }
        let threshold = Metrics.lowered(
            Metrics.threshold(passing: settings.coverage, of: inScope), toward: outOfScope)
        return AdapterRouter(
            classes: data.names.map { RouterClass(name: $0, adapter: shelf[$0]) },
            digest: Digest(of: []),
            calibration: RouterCalibration(
                temperature: Float(fit.temperature),
                threshold: threshold,
                coverage: Metrics.share(inScope.count { $0 >= threshold }, of: inScope.count)),
            recipe: data.recipe, seed: settings.seed, network: scaled,
            statistics: ClassStatistics(
                of: data.training, network: scaled,
                logits: LogitStatistics(targets: targets, others: others)))
    }
}
