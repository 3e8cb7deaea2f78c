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

    /// Trains, calibrates and rounds a router; the same input and seed give the same router.
    ///
    /// - Parameters:
    ///   - examples: the rows to learn from.
    ///   - validation: held-out rows to calibrate with; nil sets a tenth of the examples aside.
    ///   - shelf: the adapters' digests by name, to be recorded with the classes.
    public func train(
        on examples: [RouterExample], validation: [RouterExample]?, shelf: [String: Digest] = [:],
        progress: (Progress) -> Void = { _ in }
    ) throws(RoutingError) -> AdapterRouter {
        let data = try TrainingData(examples: examples, validation: validation, settings: settings)
        DenseAlgebra.setThreadCount(1)
        let network = train(data, progress: progress)
        return calibrated(network, data: data, shelf: shelf)
    }

    private func train(_ data: TrainingData, progress: (Progress) -> Void) -> RouterNetwork {
        var trainer = NetworkTrainer(
            settings: settings, classCount: data.names.count + 1, importances: data.importances,
            seed: settings.seed)
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
        let held = data.validation.map { (logits: network.logits(of: $0.features), classes: $0.classes) }
        let base = data.names.count
        let fit = Calibration(
            fitting: zip(held, data.validation).map {
                Calibration.Sample(logits: $0.logits, classes: $0.classes, weight: $1.weight)
            })
        let scaled = network.scalingBase(by: Float(fit.baseScale), offset: Float(fit.baseOffset)).rounded()
        let logits = data.validation.map { scaled.logits(of: $0.features) }
        var targets: [Float] = []
        var others: [Float] = []
        var scopes: [Float] = []
        for (row, example) in zip(logits, data.validation) where example.classes != [base] {
            scopes.append(row.dropLast().max() ?? -.infinity)
            for (index, logit) in row.dropLast().enumerated() {
                if example.classes.contains(index) { targets.append(logit) } else { others.append(logit) }
            }
        }
        return AdapterRouter(
            classes: data.names.map { RouterClass(name: $0, adapter: shelf[$0]) }, digest: Digest(of: []),
            calibration: RouterCalibration(
                temperature: Float(fit.temperature),
                threshold: Metrics.threshold(passing: settings.coverage, of: scopes),
                coverage: settings.coverage),
            recipe: data.recipe, seed: settings.seed, network: scaled,
            statistics: ClassStatistics(
                of: data.training, network: scaled,
                logits: LogitStatistics(targets: targets, others: others)))
    }
}
