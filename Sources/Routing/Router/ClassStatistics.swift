internal import Kernels

/// What is known of the training texts in the network's last layer; an adapter that joins later is measured by it.
struct ClassStatistics: Sendable {
    /// Mean hidden activations over the texts, `[width]`.
    let mean: [Float]
    /// Covariance of the hidden activations within the classes, `[width, width]`.
    let covariance: [Float]
    let logits: LogitStatistics
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
    /// Measures texts with one class each; those of several classes and of the base, the last class, are left out.
    init(of examples: [TrainingExample], network: RouterNetwork, logits: LogitStatistics) {
        let width = network.width
        let base = network.output.outputCount - 1
        var sums: [Int: (sum: [Float], count: Float)] = [:]
        var activations: [Float] = []
        var groups: [Int] = []
        for example in examples where example.classes.count == 1 && example.classes != [base] {
            let group = example.classes[0]
            let hidden = network.penultimate(of: example.features)
            activations += hidden
            groups.append(group)
            var entry = sums[group] ?? ([Float](repeating: 0, count: width), 0)
            for (index, value) in hidden.enumerated() { entry.sum[index] += value }
            entry.count += 1
            sums[group] = entry
        }
        let rowCount = groups.count
        let scale = 1 / Float(max(1, rowCount))
        var mean = [Float](repeating: 0, count: width)
        for row in 0..<rowCount {
            for index in 0..<width { mean[index] += activations[row * width + index] * scale }
        }
        let centroids = sums.mapValues { entry in entry.sum.map { $0 / entry.count } }
        for (row, group) in groups.enumerated() {
            guard let centroid = centroids[group] else { continue }
            for index in 0..<width { activations[row * width + index] -= centroid[index] }
        }
        var covariance = [Float](repeating: 0, count: width * width)
        var product = covariance.mutableSpan
        let shape = DenseAlgebra.Shape(rowCount, width)
        DenseAlgebra.multiply(
            activations.span, shape, transposed: true, by: activations.span, shape, into: &product,
            alpha: scale)
        self.init(mean: mean, covariance: covariance, logits: logits)
    }
}

extension LogitStatistics {
    init(targets: [Float], others: [Float]) {
        let mean = others.reduce(0, +) / Float(max(1, others.count))
        let variance =
            others.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(max(1, others.count))
        self.init(
            target: targets.reduce(0, +) / Float(max(1, targets.count)), other: mean,
            otherDeviation: variance.squareRoot())
    }
}
