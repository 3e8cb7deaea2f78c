internal import CKernels
public import Tensors

extension Compute {
    /// x += branch, then y = x / sqrt(mean(x²) + epsilon) * weight for each row, with its int8 form where y has room for
    /// one.
    ///
    /// Source: Zhang, Sennrich, Root Mean Square Layer Normalization (2019).
    public func normalize(
        _ x: Activations, adding branch: Activations? = nil, weight: AlignedBuffer<Float>,
        epsilon: Float, into y: Activations, rows: RowList
    ) {
        forEachRow(rows) { row in
            if let branch {
                unsafe kernels.table.pointee.add(x.row(row), branch.row(row), Int32(x.width))
            }
            unsafe kernels.table.pointee.rms_norm(
                x.row(row), weight.pointer, Int32(x.width), epsilon, y.row(row))
            quantize(y, row: row)
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
        guard x.isQuantized else { return }
        forEachRow(rows) { row in quantize(x, row: row) }
    }

    private func quantize(_ x: Activations, row: Int) {
        guard x.isQuantized else { return }
        quantize(x, row: row, columns: 0..<x.width)
    }

    /// Brings some blocks of a row's int8 form up to date; the columns begin with a block.
    func quantize(_ x: Activations, row: Int, columns: Range<Int>) {
        let first = row * x.stride + columns.lowerBound
        unsafe kernels.table.pointee.quantize(
            x.values.pointer + first, Int32(columns.count), x.quantized(at: first))
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
