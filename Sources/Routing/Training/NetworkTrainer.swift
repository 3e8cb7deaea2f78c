internal import Glibc
internal import Kernels
internal import Optimization

/// A network under training: cross-entropy over soft targets, by lazy Adam for the embedding table and AdamW for the rest.
struct NetworkTrainer {
    let settings: TrainingSettings
    let classCount: Int
    let importances: [Float]
    private let width: Int
    private let blockCount: Int
    private var random: SeededRandom
    private var meanPower: Float = 1
    private var variancePower: Float = 1

    /// The embedding table, `(bucket, widthBlock)` lanes.
    private var table: [Lanes]
    private var tableMoments: AdamMoments
    private var meanings: MeaningTrainer?
    /// b0, `[width]`; W, `[width, classCount]`; b, `[classCount]`.
    private var hiddenBiases, weights, biases: [Float]
    private var hiddenBiasMoments, weightMoments, biasMoments: AdamMoments
    private var gradients: RowGradients

    /// Draws the starting weights.
    ///
    /// - Parameter importances: the inverse document frequency of each bucket.
    init(
        settings: TrainingSettings, classCount: Int, importances: [Float], meanings: MeaningTable?
    ) {
        precondition(settings.width.isMultiple(of: Lanes.scalarCount), "the width is whole blocks")
        self.settings = settings
        self.classCount = classCount
        self.importances = importances
        width = settings.width
        blockCount = Lanes.blockCount(of: width)
        var random = SeededRandom(seed: settings.seed)
        let scale = 0.5 / Float(width).squareRoot()
        table = (0..<importances.count * blockCount).map { _ in
            var lanes = Lanes.zero
            for lane in 0..<Lanes.scalarCount { lanes[lane] = scale * random.normal() }
            return lanes
        }
        self.meanings = meanings.map {
            MeaningTrainer(table: $0, settings: settings, random: &random)
        }
        hiddenBiases = [Float](repeating: 0, count: width)
        let bound = 1 / Float(width).squareRoot()
        weights = (0..<width * classCount).map { _ in bound * (2 * random.unit() - 1) }
        biases = [Float](repeating: 0, count: classCount)
        tableMoments = AdamMoments(blockCount: table.count)
        hiddenBiasMoments = AdamMoments(blockCount: blockCount)
        weightMoments = AdamMoments(blockCount: Lanes.blockCount(of: weights.count))
        biasMoments = AdamMoments(blockCount: Lanes.blockCount(of: classCount))
        gradients = RowGradients(rowCount: importances.count, blockCount: blockCount)
        self.random = random
    }

    /// The network as it is now.
    var network: RouterNetwork {
        RouterNetwork(
            importances: importances, table: table, hiddenBiases: hiddenBiases,
            meanings: meanings?.layer,
            output: DenseLayer(weights: weights, biases: biases))
    }

    /// Goes through the examples in a new order; returns the mean loss in nats.
    mutating func epoch(
        _ examples: [TrainingExample], firstStep: Int, stepCount: Int, progress: (Int) -> Void
    ) -> Float {
        var order = Array(examples.indices)
        random.shuffle(&order)
        var loss: Float = 0
        var step = firstStep
        for start in stride(from: 0, to: order.count, by: settings.batchSize) {
            let batch = order[start..<min(start + settings.batchSize, order.count)].map {
                examples[$0]
            }
            let rate = settings.learningRate * settings.rateFactor(step: step, of: stepCount)
            loss += train(batch, learningRate: rate) * Float(batch.count)
            step += 1
            progress(step)
        }
        return loss / Float(max(1, order.count))
    }

    // MARK: One step

    /// Forward, backward, update; returns the batch's mean loss.
    private mutating func train(_ batch: [TrainingExample], learningRate: Float) -> Float {
        let inputs = batch.map { weighted($0.features) }
        let meant = meanings?.forward(batch, random: &random)
        var (hidden, slopes) = activate(inputs, meant)
        drop(&hidden, &slopes)
        let hiddenShape = DenseAlgebra.Shape(batch.count, width)
        let weightShape = DenseAlgebra.Shape(width, classCount)
        let logitShape = DenseAlgebra.Shape(batch.count, classCount)
        var errors = [Float](repeating: 0, count: batch.count * classCount)
        DenseAlgebra.multiply(hidden, hiddenShape, by: weights, weightShape, into: &errors)
        let loss = subtractTargets(of: batch, from: &errors)

        var weightGradient = [Float](repeating: 0, count: weights.count)
        DenseAlgebra.multiply(
            hidden, hiddenShape, leftTransposed: true, by: errors, logitShape,
            into: &weightGradient)
        var hiddenGradient = [Float](repeating: 0, count: hidden.count)
        DenseAlgebra.multiply(
            errors, logitShape, by: weights, weightShape, rightTransposed: true,
            into: &hiddenGradient)
        for index in hiddenGradient.indices { hiddenGradient[index] *= slopes[index] }

        meanPower *= AdamMoments.meanDecay
        variancePower *= AdamMoments.varianceDecay
        let step = AdamStep(
            learningRate: learningRate, meanPower: meanPower, variancePower: variancePower)
        let decay = 1 - learningRate * settings.weightDecay
        for index in weights.indices { weights[index] *= decay }
        weightMoments.update(&weights, weightGradient, step)
        biasMoments.update(&biases, Self.columnSums(errors, classCount), step)
        hiddenBiasMoments.update(&hiddenBiases, Self.columnSums(hiddenGradient, width), step)
        updateTable(inputs, hiddenGradient, step)
        meanings?.backward(hiddenGradient, step)
        return loss
    }

    /// The text's weighted features of which some are left out, the others scaled up.
    private mutating func weighted(_ features: TextFeatures) -> [(bucket: Int, value: Float)] {
        if meanings != nil, random.unit() < settings.spellingDropout { return [] }
        var squares: Float = 0
        var kept: [(bucket: Int, value: Float)] = []
        kept.reserveCapacity(features.entries.count)
        for entry in features.entries {
            let value = entry.count.squareRoot() * importances[Int(entry.bucket)]
            squares += value * value
            if random.unit() >= settings.featureDropout { kept.append((Int(entry.bucket), value)) }
        }
        let scale = squares > 0 ? 1 / (squares.squareRoot() * (1 - settings.featureDropout)) : 0
        for index in kept.indices { kept[index].value *= scale }
        return kept
    }

    /// GELU of the embedding bags with what the texts mean, and its slopes, all `[batch, width]`.
    private func activate(
        _ inputs: [[(bucket: Int, value: Float)]], _ meant: [Float]?
    ) -> (hidden: [Float], slopes: [Float]) {
        var hidden: [Float] = []
        var slopes: [Float] = []
        hidden.reserveCapacity(inputs.count * width)
        slopes.reserveCapacity(inputs.count * width)
        for (row, input) in inputs.enumerated() {
            var sums = Lanes.blocks(of: hiddenBiases)
            for (bucket, value) in input {
                let first = bucket * blockCount
                for block in 0..<blockCount { sums[block] += value * table[first + block] }
            }
            if let meant {
                let own = Lanes.blocks(of: Array(meant[row * width..<(row + 1) * width]))
                for block in sums.indices { sums[block] += own[block] }
            }
            for sum in sums {
                for lane in 0..<Lanes.scalarCount {
                    let (value, slope) = Activation.valueAndSlope(sum[lane])
                    hidden.append(value)
                    slopes.append(slope)
                }
            }
        }
        return (hidden, slopes)
    }

    /// Leaves hidden units out and scales the others up.
    private mutating func drop(_ hidden: inout [Float], _ slopes: inout [Float]) {
        let scale = 1 / (1 - settings.hiddenDropout)
        for index in hidden.indices {
            let factor = random.unit() >= settings.hiddenDropout ? scale : 0
            hidden[index] *= factor
            slopes[index] *= factor
        }
    }

    /// Turns products without bias into d loss / d logits; returns the mean loss.
    private func subtractTargets(of batch: [TrainingExample], from logits: inout [Float]) -> Float {
        var loss: Float = 0
        let smooth = settings.labelSmoothing / Float(classCount)
        let scale = 1 / Float(batch.count)
        for (row, example) in batch.enumerated() {
            let range = row * classCount..<(row + 1) * classCount
            var largest = -Float.infinity
            for (index, bias) in zip(range, biases) {
                logits[index] += bias
                largest = max(largest, logits[index])
            }
            var sum: Float = 0
            for index in range { sum += expf(logits[index] - largest) }
            let logSum = largest + logf(sum)
            var targets = [Float](repeating: smooth, count: classCount)
            for label in example.classes {
                targets[label] += (1 - settings.labelSmoothing) / Float(example.classes.count)
            }
            for (index, target) in zip(range, targets) {
                loss += target * (logSum - logits[index])
                logits[index] = (expf(logits[index] - logSum) - target) * scale
            }
        }
        return loss * scale
    }

    /// Sums d loss / d row over the batch and updates the rows that it touches.
    private mutating func updateTable(
        _ inputs: [[(bucket: Int, value: Float)]], _ hiddenGradient: [Float], _ step: AdamStep
    ) {
        gradients.reset()
        for (row, input) in inputs.enumerated() {
            let gradient = Lanes.blocks(of: Array(hiddenGradient[row * width..<(row + 1) * width]))
            for (bucket, value) in input { gradients.add(gradient, times: value, to: bucket) }
        }
        for (slot, bucket) in gradients.rows.enumerated() {
            for block in 0..<blockCount {
                let place = bucket * blockCount + block
                table[place] -= tableMoments.update(
                    at: place, gradient: gradients.sums[slot * blockCount + block], step: step)
            }
        }
    }

    private static func columnSums(_ matrix: [Float], _ columns: Int) -> [Float] {
        var sums = [Float](repeating: 0, count: columns)
        for start in stride(from: 0, to: matrix.count, by: columns) {
            for column in 0..<columns { sums[column] += matrix[start + column] }
        }
        return sums
    }
}
