internal import Glibc

/// The trained network: a weighted embedding bag and a small MLP.
///
///     v_f = sqrt(count_f) * importance_f, scaled so that |v| = 1
///     x = GELU(sum_f v_f table_f + b0),   h = GELU(x W1 + b1),   logits = h W2 + b2
struct RouterNetwork: Sendable {
    /// Inverse document frequency of each bucket, `[bucketCount]`.
    let importances: [Float]
    /// The embedding table, `(bucket, widthBlock)` lanes.
    let table: [Lanes]
    /// b0, `[width]`.
    let embeddingBiases: [Float]
    let hidden: DenseLayer
    let output: DenseLayer

    var width: Int { embeddingBiases.count }
    var bucketCount: Int { importances.count }

    /// Trained numbers: importances, table, weights and biases.
    var parameterCount: Int {
        bucketCount * (width + 1) + width + hidden.inputCount * hidden.outputCount
            + hidden.outputCount + output.inputCount * output.outputCount + output.outputCount
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
        var embedding = sums.scalars(width)
        for index in embedding.indices {
            embedding[index] = Activation.value(embedding[index] * scale + embeddingBiases[index])
        }
        return hidden(embedding).scalars(hidden.outputCount).map(Activation.value)
    }

    /// One logit a class.
    func logits(of penultimate: [Float]) -> [Float] {
        output(penultimate).scalars(output.outputCount)
    }

    func logits(of features: TextFeatures) -> [Float] {
        logits(of: penultimate(of: features))
    }
}
