internal import Optimization

/// The trained network: a perceptron with one hidden layer whose first product is a sparse embedding bag.
///
///     v_f = sqrt(count_f) * importance_f, scaled so that |v| = 1
///     h = GELU(sum_f v_f table_f + meaning M + b0),   logits = h W + b
///
/// Routers that were trained without a table of meanings lack its term.
struct RouterNetwork: Sendable {
    /// Inverse document frequency of each bucket, `[bucketCount]`.
    let importances: [Float]
    /// The embedding table, `(bucket, widthBlock)` lanes.
    let table: [Lanes]
    /// b0, `[width]`.
    let hiddenBiases: [Float]
    let meanings: MeaningLayer?
    let output: DenseLayer

    var width: Int { hiddenBiases.count }
    var bucketCount: Int { importances.count }

    /// All numbers: importances, tables, weights and biases.
    var parameterCount: Int {
        let meant = meanings.map { $0.table.width * ($0.table.pieces.names.count + width) } ?? 0
        return bucketCount * (width + 1) + meant + width + (width + 1) * output.outputCount
    }

    /// The hidden activations, which the output layer and the centroids of added adapters read.
    func penultimate(of features: TextFeatures) -> [Float] {
        let blockCount = Lanes.blockCount(of: width)
        var sums = [Lanes](repeating: .zero, count: blockCount)
        var squares: Float = 0
        for entry in features.entries {
            let bucket = Int(entry.bucket)
            let value = entry.count.squareRoot() * importances[bucket]
            squares += value * value
            let first = bucket * blockCount
            for block in 0..<blockCount { sums[block] += value * table[first + block] }
        }
        let scale = squares > 0 ? 1 / squares.squareRoot() : 0
        for block in sums.indices { sums[block] *= scale }
        if let meant = meanings?(features) {
            for block in sums.indices { sums[block] += meant[block] }
        }
        var activations = sums.scalars(width)
        for index in activations.indices {
            activations[index] = Activation.value(activations[index] + hiddenBiases[index])
        }
        return activations
    }

    /// One logit a class.
    func logits(of penultimate: [Float]) -> [Float] {
        output(penultimate).scalars(output.outputCount)
    }

    func logits(of features: TextFeatures) -> [Float] {
        logits(of: penultimate(of: features))
    }
}

extension RouterNetwork {
    /// The network whose last logit is scaled and shifted.
    func scalingBase(by scale: Float, offset: Float) -> RouterNetwork {
        let classCount = output.outputCount
        var weights = output.flatWeights
        var biases = output.flatBiases
        for row in 0..<width { weights[row * classCount + classCount - 1] *= scale }
        biases[classCount - 1] = biases[classCount - 1] * scale + offset
        return replacing(output: DenseLayer(weights: weights, biases: biases))
    }

    /// The network with the weights that an artefact will hold.
    func rounded() -> RouterNetwork {
        RouterNetwork(
            importances: importances.map(RouterWeights.rounded),
            table: table.map { Lanes(SIMD16<Float16>($0)) }, hiddenBiases: hiddenBiases,
            meanings: meanings.map {
                MeaningLayer(
                    table: $0.table.rounded(),
                    weights: $0.projection.flatWeights.map(RouterWeights.rounded), width: width)
            },
            output: DenseLayer(
                weights: output.flatWeights.map(RouterWeights.rounded), biases: output.flatBiases))
    }

    func replacing(output: DenseLayer) -> RouterNetwork {
        RouterNetwork(
            importances: importances, table: table, hiddenBiases: hiddenBiases,
            meanings: meanings, output: output)
    }
}
