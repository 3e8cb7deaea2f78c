internal import Adapters
internal import Kernels
internal import Models
internal import Tensors

/// One decoder layer forwards and backwards: the passes of `TransformerBlock`, in floats.
///
/// Source of the slopes: the chain rule; what a family has and has not is the configuration's, as in the engine.
struct LayerPass {
    let configuration: ModelConfiguration
    let layer: FrozenLayer
    /// By site, (outputs, inputs).
    let matrices: [Matrix]
    /// What stands beside each site's matrix.
    let addends: [[LowRankSite]]
    let rows: SequenceRows
    let compute: DenseCompute

    private var epsilon: Float { configuration.normEpsilon }
    private var residual: Float { configuration.multipliers.residual }
    private var heads: AttentionHeads { AttentionHeads(layer.shape) }

    // MARK: Forwards

    /// Computes the layer's output, and leaves on the tape what the backward pass reads.
    ///
    /// - Parameter output: nil: only the tape is wanted.
    func forward(_ input: Matrix, into output: Matrix?, tape: inout LayerTape) {
        normalize(input, layer.attentionNorm, into: tape.normed)
        project(.queryKeyValue, tape.normed, into: tape.queryKeyValue, tape: &tape)
        normalizeHeads(tape)
        if let rotary = layer.rotary {
            compute.rotate(
                tape.queryKeyValue.columns(heads.rotated),
                headDimension: layer.shape.headDimension, by: rows.rotations[rotary])
        }
        attention.forward(tape.queryKeyValue, into: tape.attended)
        project(.output, tape.attended, into: tape.attention, tape: &tape)
        join(input, tape.attention, layer.attentionPostNorm, into: tape.middle)
        normalize(tape.middle, layer.feedForwardNorm, into: tape.middleNormed)
        project(.gateUp, tape.middleNormed, into: tape.gateUp, tape: &tape)
        compute.gate(
            gate(of: tape), up(of: tape), into: tape.activated,
            activation: configuration.activation)
        guard output != nil || layer.feedForwardPostNorm != nil else {
            // Without a norm after it nothing on the way back reads what the last projection adds.
            let down = LinearName.Site.down.rawValue
            tape.inner[down] = addends[down].map { $0.shrink(tape.activated, on: compute) }
            return
        }
        project(.down, tape.activated, into: tape.feedForward, tape: &tape)
        guard let output else { return }
        join(tape.middle, tape.feedForward, layer.feedForwardPostNorm, into: output)
    }

    private func project(
        _ site: LinearName.Site, _ x: Matrix, into y: Matrix, tape: inout LayerTape
    ) {
        compute.multiply(x, by: matrices[site.rawValue], rightTransposed: true, into: y)
        if let bias = layer.biases[site.rawValue] { compute.add(bias: bias, to: y) }
        tape.inner[site.rawValue] = addends[site.rawValue].map {
            $0.forward(x, into: y, on: compute)
        }
    }

    private func normalize(_ x: Matrix, _ weight: AlignedBuffer<Float>?, into y: Matrix) {
        if let weight {
            compute.normalize(x, weight: weight, epsilon: epsilon, into: y)
        } else {
            compute.copy(x, into: y)
        }
    }

    private func normalizeHeads(_ tape: LayerTape) {
        guard let query = layer.queryNorm, let key = layer.keyNorm else { return }
        compute.copy(tape.queryKeyValue.columns(heads.rotated), into: tape.unnormed)
        for (columns, weight) in [(heads.queries, query), (heads.keys, key)] {
            compute.normalize(
                tape.unnormed.columns(columns), weight: weight, epsilon: epsilon,
                into: tape.queryKeyValue.columns(columns))
        }
    }

    /// y = x + residual norm(branch).
    private func join(
        _ x: Matrix, _ branch: Matrix, _ weight: AlignedBuffer<Float>?, into y: Matrix
    ) {
        if let weight {
            compute.normalize(branch, weight: weight, epsilon: epsilon, into: y)
            compute.scale(y, by: residual)
            compute.add(x, to: y)
        } else {
            compute.copy(x, into: y)
            compute.add(branch, to: y, scale: residual)
        }
    }

    // MARK: Backwards

    /// Turns d loss / d output into d loss / d input, and adds to the gradients of what is trained.
    ///
    /// - Parameters:
    ///   - gradient: in the place of the former the latter.
    ///   - tape: what `forward` left; gate and up make room for their gradients.
    ///   - room: for the gradients of what is on the tape.
    ///   - reachesInput: whether the input's gradient is wanted: something before this layer is trained.
    func backward(
        _ input: Matrix, _ gradient: Matrix, tape: LayerTape, room: LayerTape, reachesInput: Bool
    ) {
        branchGradient(
            gradient, tape.feedForward, layer.feedForwardPostNorm, into: room.feedForward)
        back(.down, tape.activated, room.feedForward, into: room.activated, tape: tape)
        compute.gateGradient(
            gate(of: tape), up(of: tape), room.activated, activation: configuration.activation)
        back(.gateUp, tape.middleNormed, tape.gateUp, into: room.middleNormed, tape: tape)
        addNormGradient(tape.middle, layer.feedForwardNorm, room.middleNormed, into: gradient)

        branchGradient(gradient, tape.attention, layer.attentionPostNorm, into: room.attention)
        back(.output, tape.attended, room.attention, into: room.attended, tape: tape)
        attention.backward(tape.queryKeyValue, room.attended, into: room.queryKeyValue)
        if let rotary = layer.rotary {
            compute.rotate(
                room.queryKeyValue.columns(heads.rotated),
                headDimension: layer.shape.headDimension, by: rows.rotations[rotary],
                isBackward: true)
        }
        headNormGradient(tape, room)
        back(
            .queryKeyValue, tape.normed, room.queryKeyValue, into: reachesInput ? room.normed : nil,
            tape: tape)
        if reachesInput { addNormGradient(input, layer.attentionNorm, room.normed, into: gradient) }
    }

    /// The slopes of a projection's input, of those of its output.
    private func back(
        _ site: LinearName.Site, _ x: Matrix, _ dy: Matrix, into dx: Matrix?, tape: LayerTape
    ) {
        if let dx { compute.multiply(dy, by: matrices[site.rawValue], into: dx) }
        for (addend, inner) in zip(addends[site.rawValue], tape.inner[site.rawValue]) {
            addend.backward(x, inner: inner, dy, into: dx, on: compute)
        }
    }

    /// The slopes of a branch, of those of y = x + residual norm(branch).
    private func branchGradient(
        _ dy: Matrix, _ branch: Matrix, _ weight: AlignedBuffer<Float>?, into gradient: Matrix
    ) {
        if let weight {
            compute.clear(gradient)
            compute.normalizeGradient(
                branch, weight: weight, epsilon: epsilon, dy, into: gradient)
        } else {
            compute.copy(dy, into: gradient)
        }
        if residual != 1 { compute.scale(gradient, by: residual) }
    }

    private func addNormGradient(
        _ x: Matrix, _ weight: AlignedBuffer<Float>?, _ dy: Matrix, into dx: Matrix
    ) {
        if let weight {
            compute.normalizeGradient(x, weight: weight, epsilon: epsilon, dy, into: dx)
        } else {
            compute.add(dy, to: dx)
        }
    }

    private func headNormGradient(_ tape: LayerTape, _ room: LayerTape) {
        guard let query = layer.queryNorm, let key = layer.keyNorm else { return }
        compute.clear(room.unnormed)
        for (columns, weight) in [(heads.queries, query), (heads.keys, key)] {
            compute.normalizeGradient(
                tape.unnormed.columns(columns), weight: weight, epsilon: epsilon,
                room.queryKeyValue.columns(columns), into: room.unnormed.columns(columns))
        }
        compute.copy(room.unnormed, into: room.queryKeyValue.columns(heads.rotated))
    }

    // MARK: Parts

    private var attention: DenseAttention {
        DenseAttention(
            layer.shape, sequences: rows.sequences, sharedCount: rows.sharedCount, on: compute)
    }

    private func gate(of tape: LayerTape) -> Matrix {
        tape.gateUp.columns(0..<configuration.feedForwardSize)
    }

    private func up(of tape: LayerTape) -> Matrix {
        tape.gateUp.columns(configuration.feedForwardSize..<2 * configuration.feedForwardSize)
    }
}

/// The columns of queries and keys in a row of queries, keys and values.
private struct AttentionHeads {
    let queries: Range<Int>
    let keys: Range<Int>

    init(_ shape: AttentionShape) {
        queries = 0..<shape.queryHeads * shape.headDimension
        keys = queries.upperBound..<queries.upperBound + shape.keyValueHeads * shape.headDimension
    }

    var rotated: Range<Int> { 0..<keys.upperBound }
}
