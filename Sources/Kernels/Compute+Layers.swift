internal import CKernels
public import Tensors

extension Compute {
    /// x += scale branch, then y = x / sqrt(mean(x²) + epsilon) * weight for each row, with its int8 form where y has room
    /// for one.
    ///
    /// Source: Zhang, Sennrich, Root Mean Square Layer Normalization (2019).
    ///
    /// - Parameters:
    ///   - weight: nil: y = x, where a network normalizes what leaves a layer and not what goes in.
    ///   - y: may be x.
    public func normalize(
        _ x: Activations, adding branch: Activations? = nil, scale: Float = 1,
        weight: AlignedBuffer<Float>?, epsilon: Float, into y: Activations, rows: RowList
    ) {
        forEachRow(rows) { row in
            if let branch {
                unsafe kernels.table.pointee.add(
                    x.row(row), branch.row(row), Int32(x.width), scale)
            }
            if let weight {
                unsafe kernels.table.pointee.rms_norm(
                    x.row(row), weight.pointer, Int32(x.width), epsilon, y.row(row))
            } else {
                unsafe y.row(row).update(from: x.row(row), count: x.width)
            }
            quantize(y, row: row)
        }
    }

    /// y += scale x.
    public func add(_ x: Activations, to y: Activations, scale: Float = 1, rows: RowList) {
        forEachRow(rows) { row in
            unsafe kernels.table.pointee.add(y.row(row), x.row(row), Int32(y.width), scale)
        }
    }

    /// x = cap tanh(x / cap) for the first `count` rows.
    ///
    /// Source: Gemma 2 (arXiv 2408.00118), logit soft-capping.
    public func softCap(_ x: Activations, at cap: Float, count: Int) {
        pool.run(count) { row in
            unsafe kernels.table.pointee.soft_cap(x.row(row), Int32(x.width), cap)
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
