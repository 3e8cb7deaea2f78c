internal import CKernels
public import Tensors

extension DenseCompute {
    /// y = x / sqrt(mean(x²) + epsilon) * weight, for each run of as many columns as there are weights.
    ///
    /// Source: Zhang, Sennrich, Root Mean Square Layer Normalization (2019).
    public func normalize(
        _ x: Matrix, weight: AlignedBuffer<Float>, epsilon: Float, into y: Matrix
    ) {
        precondition(x.rows == y.rows && x.columns == y.columns)
        forEachRun(of: x, weight) { row, column, count in
            unsafe kernels.table.pointee.rms_norm(
                x[row] + column, weight.pointer, count, epsilon, y[row] + column)
        }
    }

    /// dx += what d loss / dy is for the norm's input.
    public func normalizeGradient(
        _ x: Matrix, weight: AlignedBuffer<Float>, epsilon: Float, _ dy: Matrix, into dx: Matrix
    ) {
        precondition(x.rows == dy.rows && x.columns == dy.columns)
        precondition(x.rows == dx.rows && x.columns == dx.columns)
        forEachRun(of: x, weight) { row, column, count in
            unsafe kernels.table.pointee.rms_norm_gradient(
                x[row] + column, weight.pointer, dy[row] + column, count, epsilon,
                dx[row] + column)
        }
    }

    private func forEachRun(
        of x: Matrix, _ weight: AlignedBuffer<Float>, _ body: (Int, Int, Int32) -> Void
    ) {
        precondition(weight.count > 0 && x.columns.isMultiple(of: weight.count))
        forEachRow(of: x) { row in
            for column in stride(from: 0, to: x.columns, by: weight.count) {
                body(row, column, Int32(weight.count))
            }
        }
    }

    /// Rotates the first elements of each head by its row's angles (rotary embedding).
    ///
    /// - Parameters:
    ///   - x: (rows, heads times head dimension).
    ///   - isBackward: rotate back, which gives d loss / dx of d loss / dy.
    public func rotate(
        _ x: Matrix, headDimension: Int, by rotations: RowRotations, isBackward: Bool = false
    ) {
        precondition(x.columns.isMultiple(of: headDimension))
        let pairs = rotations.pairs
        forEachRow(of: x) { row in
            let (cosines, sines) = unsafe rotations[row]
            unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: pairs) { turned in
                for pair in 0..<pairs {
                    unsafe turned[pair] = isBackward ? -sines[pair] : sines[pair]
                }
                guard let sines = turned.baseAddress else { return }
                unsafe kernels.table.pointee.rotate(
                    x[row], Int32(x.columns / headDimension), Int32(2 * pairs), headDimension,
                    cosines, sines)
            }
        }
    }

    /// y = activation(gate) * up.
    public func gate(_ gate: Matrix, _ up: Matrix, into y: Matrix, activation: Activation) {
        precondition(gate.columns == up.columns && gate.columns == y.columns)
        precondition(gate.rows == up.rows && gate.rows == y.rows)
        forEachRow(of: y) { row in
            unsafe kernels.table.pointee.gate(
                gate[row], up[row], y[row], Int32(y.columns), activation.code)
        }
    }

    /// Puts d loss / d gate and d loss / d up in the places of gate and up.
    public func gateGradient(_ gate: Matrix, _ up: Matrix, _ dy: Matrix, activation: Activation) {
        precondition(gate.columns == up.columns && gate.columns == dy.columns)
        precondition(gate.rows == up.rows && gate.rows == dy.rows)
        forEachRow(of: dy) { row in
            unsafe kernels.table.pointee.gate_gradient(
                gate[row], up[row], dy[row], Int32(dy.columns), activation.code)
        }
    }

    /// Turns logits into scale times d loss / d logits, where the loss of a row is -ln of its target's probability.
    ///
    /// - Parameters:
    ///   - targets: one a row, a column's number.
    ///   - cap: logits count as cap tanh(logit / cap).
    /// - Returns: the losses of the rows in nats.
    public func crossEntropyGradient(
        _ logits: Matrix, targets: [Int32], scale: Float, cap: Float? = nil
    ) -> [Float] {
        precondition(targets.count == logits.rows)
        precondition(targets.allSatisfy { $0 >= 0 && $0 < logits.columns })
        let losses = Matrix(logits.rows, 1)
        let count = Int32(logits.columns)
        pool.run(logits.rows) { row in
            let x = unsafe logits[row]
            let target = Int(targets[row])
            var capped: [Float] = []
            if let cap {
                unsafe kernels.table.pointee.soft_cap(x, count, cap)
                capped = unsafe Array(UnsafeBufferPointer(start: x, count: logits.columns))
            }
            let wanted = unsafe x[target]
            unsafe losses[row][0] = kernels.table.pointee.softmax(x, count) - wanted
            unsafe x[target] -= 1
            unsafe kernels.table.pointee.blend(x, scale, x, 0, count)
            guard let cap else { return }
            for (column, value) in capped.enumerated() {
                unsafe x[column] *= Self.capSlope(value, cap)
            }
        }
        return losses.elements
    }

    /// The slope of cap tanh(x / cap), of its value.
    static func capSlope(_ value: Float, _ cap: Float) -> Float {
        1 - (value / cap) * (value / cap)
    }
}
