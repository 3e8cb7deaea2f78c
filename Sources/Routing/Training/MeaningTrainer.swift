internal import Kernels
internal import Optimization

/// The part of a network under training that reads what texts mean: M by Adam, the vectors of pieces by lazy Adam.
///
/// Pieces that no text has keep the vectors that they came with, so that words that training did not show still mean something.
struct MeaningTrainer {
    private let settings: TrainingSettings
    private var table: MeaningTable
    private var tableMoments: AdamMoments
    private var gradients: RowGradients
    /// M, `[table.width, width]`.
    private var weights: [Float]
    private var weightMoments: AdamMoments
    /// What the last batch was: its texts' pieces without those left out, their vectors `[batch, table.width]`, and what the
    /// pieces' sums were multiplied by.
    private var inputs: (pieces: [[Int]], vectors: [Float], scales: [Float]) = ([], [], [])

    private var blockCount: Int { table.width / Lanes.scalarCount }
    private var weightShape: DenseAlgebra.Shape { DenseAlgebra.Shape(table.width, settings.width) }

    init(table: MeaningTable, settings: TrainingSettings, random: inout SeededRandom) {
        self.settings = settings
        self.table = table
        tableMoments = AdamMoments(blockCount: table.vectors.count)
        gradients = RowGradients(
            rowCount: table.pieces.names.count, blockCount: table.width / Lanes.scalarCount)
        let scale = settings.projectionScale / Float(table.width).squareRoot()
        weights = (0..<table.width * settings.width).map { _ in scale * random.normal() }
        weightMoments = AdamMoments(blockCount: Lanes.blockCount(of: weights.count))
    }

    /// The layer as it is now.
    var layer: MeaningLayer { MeaningLayer(table: table, weights: weights, width: settings.width) }

    /// What the texts add to the hidden units, `[batch, width]`; some pieces are left out.
    mutating func forward(_ batch: [TrainingExample], random: inout SeededRandom) -> [Float] {
        inputs = ([], [], [])
        for example in batch {
            let kept = example.features.pieces.filter { _ in
                random.unit() >= settings.pieceDropout
            }
            let (lanes, scale) = table.vector(of: kept)
            inputs.pieces.append(kept)
            inputs.vectors += lanes.scalars(table.width)
            inputs.scales.append(scale)
        }
        var sums = [Float](repeating: 0, count: batch.count * settings.width)
        DenseAlgebra.multiply(
            inputs.vectors, DenseAlgebra.Shape(batch.count, table.width), by: weights, weightShape,
            into: &sums)
        return sums
    }

    /// Updates what `forward` used.
    ///
    /// - Parameter hiddenGradient: d loss / d what was added, `[batch, width]`.
    mutating func backward(_ hiddenGradient: [Float], _ step: AdamStep) {
        let rowCount = inputs.pieces.count
        let inputShape = DenseAlgebra.Shape(rowCount, table.width)
        let hiddenShape = DenseAlgebra.Shape(rowCount, settings.width)
        var vectorGradient = [Float](repeating: 0, count: rowCount * table.width)
        DenseAlgebra.multiply(
            hiddenGradient, hiddenShape, by: weights, weightShape, rightTransposed: true,
            into: &vectorGradient)
        var weightGradient = [Float](repeating: 0, count: weights.count)
        DenseAlgebra.multiply(
            inputs.vectors, inputShape, leftTransposed: true, by: hiddenGradient, hiddenShape,
            into: &weightGradient)
        weightMoments.update(&weights, weightGradient, step.times(settings.projectionScale))
        updateTable(vectorGradient, step.times(settings.meaningRate))
    }

    /// Each of a text's pieces gets ds = scale (dv - (dv · v) v / length²), as v = length s / |s| and scale = length / |s|.
    private mutating func updateTable(_ vectorGradient: [Float], _ step: AdamStep) {
        gradients.reset()
        for (row, pieces) in inputs.pieces.enumerated() {
            let place = row * table.width..<(row + 1) * table.width
            let vector = Lanes.blocks(of: Array(inputs.vectors[place]))
            let gradient = Lanes.blocks(of: Array(vectorGradient[place]))
            let along =
                zip(vector, gradient).reduce(0) { $0 + ($1.0 * $1.1).sum() }
                / (MeaningTable.length * MeaningTable.length)
            let across = zip(gradient, vector).map { $0 - along * $1 }
            for piece in pieces { gradients.add(across, times: inputs.scales[row], to: piece) }
        }
        for (slot, piece) in gradients.rows.enumerated() {
            for block in 0..<blockCount {
                let place = piece * blockCount + block
                table.vectors[place] -= tableMoments.update(
                    at: place, gradient: gradients.sums[slot * blockCount + block], step: step)
            }
        }
    }
}
