internal import CKernels
public import Tensors

extension Compute {
    /// y = x / sqrt(mean(x²) + epsilon) * weight for each row, with its int8 form where y has room for one.
    ///
    /// Source: Zhang, Sennrich, Root Mean Square Layer Normalization (2019).
    public func normalize(
        _ x: Activations, weight: AlignedBuffer<Float>, epsilon: Float, into y: Activations,
        rows: RowList
    ) {
        forEachRow(rows) { row in
            unsafe kernels.table.pointee.rms_norm(
                x.row(row), weight.pointer, Int32(x.width), epsilon, y.row(row))
            quantize(y, row: row)
        }
    }

    /// out = silu(gate) * up, where a row of x is gate then up; with its int8 form where there is room for one.
    public func activate(_ x: Activations, into out: Activations, rows: RowList) {
        let width = out.width
        forEachRow(rows) { row in
            unsafe out.row(row).update(from: x.row(row), count: width)
            unsafe kernels.table.pointee.silu_multiply(
                out.row(row), x.row(row) + width, Int32(width))
            quantize(out, row: row)
        }
    }

    /// y += x.
    public func add(_ x: Activations, to y: Activations, rows: RowList) {
        forEachRow(rows) { row in
            unsafe kernels.table.pointee.add(y.row(row), x.row(row), Int32(y.width))
        }
    }

    /// Brings the int8 form of each row up to date.
    public func quantize(_ x: Activations, rows: RowList) {
        forEachRow(rows) { row in quantize(x, row: row) }
    }

    private func quantize(_ x: Activations, row: Int) {
        guard x.isQuantized else { return }
        let block = row * x.stride / Activations.blockSize
        unsafe kernels.table.pointee.quantize(
            x.row(row), Int32(x.width), x.codes.pointer + row * x.stride,
            x.scales.pointer + block, x.sums.pointer + 2 * block)
    }

    /// x[row i] = the embedding of the i-th token.
    public func embed(_ tokens: [Int32], with weights: PackedWeights, into x: Activations) {
        pool.run(tokens.count) { row in
            unsafe weights.unpack(output: Int(tokens[row]), to: x.row(row))
        }
    }

    /// Runs `body` for each listed row, several rows a chunk.
    func forEachRow(_ rows: RowList, _ body: (Int) -> Void) {
        let perChunk = 4
        pool.run((rows.count + perChunk - 1) / perChunk) { chunk in
            for index in chunk * perChunk..<min((chunk + 1) * perChunk, rows.count) {
                body(unsafe Int(rows.pointer[index]))
            }
        }
    }
}
