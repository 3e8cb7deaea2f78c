internal import Glibc
internal import Kernels
internal import Optimization

/// Fits the output column of a class that joins by logistic regression: its texts against the sample of all others.
///
/// With r the log of the summed exponentials of the logits that are there, z = h w + b the new one's, and w₀ where it begins,
/// it minimises
///
///     Σ over its texts -log σ(z - r) + 2 Σ over the sample -log σ(r - z) + decay / 2 |w - w₀|²
///
/// which is the cross-entropy of the whole softmax over all rows, less what does not depend on w and b, with the sample
/// counted twice: it stands for the texts that it was drawn from. The columns that are there stay.
struct JoiningClass {
    /// All rows, the new class's first, `[count, width]`.
    private let rows: [Float]
    /// r of each row.
    private let rivals: [Float]
    private let ownCount: Int
    private let shape: DenseAlgebra.Shape

    private static let sampleWeight: Float = 2
    private static let decay: Float = 0.5
    private static let stepCount = 300
    private static let learningRate: Float = 0.05

    init(texts: [[Float]], sample: HiddenSample, network: RouterNetwork) {
        rows = texts.flatMap { $0 } + sample.hidden
        ownCount = texts.count
        shape = DenseAlgebra.Shape(texts.count + sample.classes.count, network.width)
        let classCount = network.output.outputCount
        var logits = [Float](repeating: 0, count: shape.rows * classCount)
        DenseAlgebra.multiply(
            rows, shape, by: network.output.flatWeights,
            DenseAlgebra.Shape(network.width, classCount), into: &logits)
        let biases = network.output.flatBiases
        rivals = (0..<shape.rows).map { row in
            let values = (0..<classCount).map { logits[row * classCount + $0] + biases[$0] }
            let largest = values.max() ?? 0
            return largest + log(values.reduce(0) { $0 + exp($1 - largest) })
        }
    }

    /// The column, from one to begin with.
    func column(from start: (weights: [Float], bias: Float)) -> (weights: [Float], bias: Float) {
        let column = DenseAlgebra.Shape(shape.columns, 1)
        let outputs = DenseAlgebra.Shape(shape.rows, 1)
        var (weights, bias) = (start.weights, [start.bias])
        var moments = (
            AdamMoments(blockCount: Lanes.blockCount(of: weights.count)),
            AdamMoments(blockCount: 1)
        )
        var (meanPower, variancePower): (Float, Float) = (1, 1)
        var logits = [Float](repeating: 0, count: shape.rows)
        var gradient = weights
        for _ in 0..<Self.stepCount {
            meanPower *= AdamMoments.meanDecay
            variancePower *= AdamMoments.varianceDecay
            DenseAlgebra.multiply(rows, shape, by: weights, column, into: &logits)
            let errors = logits.indices.map { row in
                let share = 1 / (1 + exp(rivals[row] - logits[row] - bias[0]))
                return row < ownCount ? share - 1 : Self.sampleWeight * share
            }
            DenseAlgebra.multiply(
                rows, shape, leftTransposed: true, by: errors, outputs, into: &gradient)
            for place in gradient.indices {
                gradient[place] += Self.decay * (weights[place] - start.weights[place])
            }
            let step = AdamStep(
                learningRate: Self.learningRate, meanPower: meanPower,
                variancePower: variancePower)
            moments.0.update(&weights, gradient, step)
            moments.1.update(&bias, [errors.reduce(0, +)], step)
        }
        return (weights, bias[0])
    }
}
