internal import Kernels

/// What is known of the training texts in the network's last layer; an adapter that joins later is measured by it.
struct ClassStatistics: Sendable {
    /// Mean hidden activations over the texts, `[width]`.
    let mean: [Float]
    /// Covariance of the hidden activations, `[width, width]`.
    let covariance: [Float]
    let logits: LogitStatistics
    /// Training texts; nil where the artefact is older than they are.
    let sample: HiddenSample?

    /// The same with other training texts.
    func replacing(sample: HiddenSample?) -> ClassStatistics {
        ClassStatistics(mean: mean, covariance: covariance, logits: logits, sample: sample)
    }
}

/// How large the trained classes' logits are on held-out texts.
struct LogitStatistics: Sendable, Equatable {
    /// Mean logit of an adapter that fits.
    let target: Float
    /// Mean logit of the adapters that do not fit.
    let other: Float
    /// Standard deviation of the logits of adapters that do not fit.
    let otherDeviation: Float
}

extension ClassStatistics {
    /// Measures the texts that are in scope: those of the base, the last class, are left out.
    init(of examples: [TrainingExample], network: RouterNetwork, logits: LogitStatistics) {
        let width = network.width
        let base = network.output.outputCount - 1
        let hidden = examples.filter { $0.classes != [base] }
            .map { network.penultimate(of: $0.features) }
        let scale = 1 / Float(max(1, hidden.count))
        var mean = [Float](repeating: 0, count: width)
        for row in hidden {
            for (index, value) in row.enumerated() { mean[index] += value * scale }
        }
        let centred = hidden.flatMap { row in zip(row, mean).map { $0 - $1 } }
        var covariance = [Float](repeating: 0, count: width * width)
        var product = covariance.mutableSpan
        let shape = DenseAlgebra.Shape(hidden.count, width)
        DenseAlgebra.multiply(
            centred.span, shape, transposed: true, by: centred.span, shape, into: &product,
            alpha: scale)
        self.init(
            mean: mean, covariance: covariance, logits: logits,
            sample: HiddenSample(of: examples, network: network))
    }
}

extension LogitStatistics {
    init(targets: [Float], others: [Float]) {
        let mean = others.reduce(0, +) / Float(max(1, others.count))
        let squares = others.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        self.init(
            target: targets.reduce(0, +) / Float(max(1, targets.count)), other: mean,
            otherDeviation: (squares / Float(max(1, others.count))).squareRoot())
    }
}
