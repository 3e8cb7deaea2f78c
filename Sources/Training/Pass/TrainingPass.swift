internal import Adapters
internal import Kernels
internal import Models
internal import Tensors

/// A base with low-rank factors beside its projections, forwards to a loss and backwards to their gradients.
///
/// Only each layer's input is kept; the rest of a layer is computed again on the way back (gradient checkpointing, Chen et al.
/// 2016), so memory is one layer's activations and one row of hidden values a layer and token.
final class TrainingPass {
    let base: FrozenBase
    let compute: DenseCompute
    /// What is trained, by layer and site.
    let addends: [[LowRankSite?]]
    /// Adapters that batches may have on.
    private let adapters: [FrozenAdapter]
    private let rowCapacity: Int
    /// The input of each layer, then the last one's output.
    private let inputs: [Matrix]
    private let tape: LayerTape
    private let room: LayerTape
    private let gradient: Matrix

    /// Rows of logits that are computed at a time.
    private static let logitRows = 256

    /// - Parameter rowCapacity: the most rows that a batch has.
    init(
        _ base: FrozenBase, addends: [[LowRankSite?]], beside adapters: [FrozenAdapter] = [],
        rowCapacity: Int, compute: DenseCompute
    ) {
        self.base = base
        self.addends = addends
        self.adapters = adapters
        self.rowCapacity = rowCapacity
        self.compute = compute
        let hidden = base.configuration.hiddenSize
        inputs = (0...base.layers.count).map { _ in Matrix(rowCapacity, hidden) }
        gradient = Matrix(rowCapacity, hidden)
        tape = LayerTape(base.configuration, rowCapacity: rowCapacity)
        room = LayerTape(base.configuration, rowCapacity: rowCapacity)
    }

    /// The losses of a batch's learned tokens in nats, in their order.
    func losses(_ batch: TrainingBatch) throws(ModelError) -> [Float] {
        let rows = SequenceRows(batch, base.configuration)
        _ = try forward(batch, rows)
        return headLosses(batch, scale: 0)
    }

    /// Adds the gradients of scale times the sum of a batch's losses; returns the losses.
    func addGradients(of batch: TrainingBatch, scale: Float) throws(ModelError) -> [Float] {
        guard let first = addends.firstIndex(where: { $0.contains { $0 != nil } }) else {
            return try losses(batch)
        }
        let rows = SequenceRows(batch, base.configuration)
        var tape = try forward(batch, rows)
        compute.clear(gradient.rows(0..<batch.rowCount))
        let losses = headLosses(batch, scale: scale)
        let all = 0..<batch.rowCount
        for layer in (first..<base.layers.count).reversed() {
            let pass = try pass(layer, batch, rows)
            let input = inputs[layer].rows(all)
            if layer < base.layers.count - 1 { pass.forward(input, into: nil, tape: &tape) }
            pass.backward(
                input, gradient.rows(all), tape: tape, room: room.prefix(batch.rowCount),
                reachesInput: layer > first)
        }
        return losses
    }

    /// Forgets the gradients.
    func clearGradients() {
        for site in addends.joined() { site?.clearGradients(on: compute) }
    }

    /// Leaves the input of each layer, the last one's output, and the tape of the last layer.
    private func forward(
        _ batch: TrainingBatch, _ rows: SequenceRows
    ) throws(ModelError) -> LayerTape {
        precondition(batch.rowCount <= rowCapacity, "\(batch.rowCount) rows of \(rowCapacity)")
        let all = 0..<batch.rowCount
        let embedded = inputs[0].rows(all)
        compute.gather(base.embedding, batch.tokens.map(Int.init), into: embedded)
        let scale = base.configuration.multipliers.embedding
        if scale != 1 { compute.scale(embedded, by: scale) }
        var tape = tape.prefix(batch.rowCount)
        for layer in base.layers.indices {
            try pass(layer, batch, rows).forward(
                inputs[layer].rows(all), into: inputs[layer + 1].rows(all), tape: &tape)
        }
        return tape
    }

    private func pass(
        _ layer: Int, _ batch: TrainingBatch, _ rows: SequenceRows
    ) throws(ModelError) -> LayerPass {
        let all = [addends] + batch.beside.map { adapters[$0].addends }
        return LayerPass(
            configuration: base.configuration, layer: base.layers[layer],
            matrices: try base.matrices(layer: layer),
            addends: LinearName.Site.allCases.map { site in
                all.compactMap { $0[layer][site.rawValue] }
            }, rows: rows, compute: compute)
    }

    /// The losses of the learned rows, of which alone logits are computed; adds scale times their slopes to the gradient of the
    /// last layer's output.
    private func headLosses(_ batch: TrainingBatch, scale: Float) -> [Float] {
        let configuration = base.configuration
        var losses: [Float] = []
        for start in stride(from: 0, to: batch.learned.count, by: Self.logitRows) {
            let range = start..<min(start + Self.logitRows, batch.learned.count)
            let rows = Array(batch.learned[range])
            let hidden = Matrix(rows.count, configuration.hiddenSize)
            let normed = Matrix(rows.count, configuration.hiddenSize)
            let logits = Matrix(rows.count, configuration.vocabularySize)
            compute.gather(inputs[base.layers.count], rows, into: hidden)
            compute.normalize(
                hidden, weight: base.finalNorm, epsilon: configuration.normEpsilon, into: normed)
            compute.multiply(normed, by: base.head, rightTransposed: true, into: logits)
            losses += compute.crossEntropyGradient(
                logits, targets: Array(batch.targets[range]), scale: scale,
                cap: configuration.logitCap)
            guard scale != 0 else { continue }
            let (slopes, sums) = (normed, Matrix(rows.count, configuration.hiddenSize))
            compute.multiply(logits, by: base.head, into: slopes)
            compute.normalizeGradient(
                hidden, weight: base.finalNorm, epsilon: configuration.normEpsilon, slopes,
                into: sums)
            compute.scatter(sums, into: gradient, rows)
        }
        return losses
    }
}
