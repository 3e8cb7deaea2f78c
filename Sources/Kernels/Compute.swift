internal import CKernels
internal import Tensors

/// The operations of a transformer step over rows of activations, on one kernel set and one thread pool.
///
/// Determinism: each output is summed by one thread in one fixed order, so a row's result depends neither on the number
/// of threads nor on the rows beside it.
public final class Compute: Sendable {
    public let kernels: KernelSet
    public let pool: ThreadPool
    private let scratch: LowRankScratch

    /// - Parameter rowCapacity: the most rows that a step has.
    public init(kernels: KernelSet, pool: ThreadPool, rowCapacity: Int) {
        self.kernels = kernels
        self.pool = pool
        scratch = LowRankScratch(rowCapacity: rowCapacity)
    }

    /// y = W x + bias + sum over groups of weight factor B (A x), for the rows listed.
    ///
    /// The coefficient goes onto the rank-sized intermediate (c ⊙ (A x)), so A and B are shared by all rows.
    ///
    /// - Parameters:
    ///   - x: rows that `normalize` or `quantize` prepared where the weights read integers.
    ///   - groups: the adapters of the step in the order in which they are added.
    ///   - site: which of the groups' terms belong to this projection.
    ///   - compact: write the i-th row listed to row i of y, instead of where it stands in x.
    public func project(
        _ projection: Projection, _ x: Activations, into y: Activations, rows: RowList,
        groups: [LowRankGroup] = [], site: Int = 0, compact: Bool = false
    ) {
        precondition(groups.isEmpty || !compact)
        guard rows.count > 0 else { return }
        if !groups.isEmpty { shrink(groups, site: site, x) }
        pool.run(projection.chunks.count) { index in
            let chunk = projection.chunks[index]
            let part = projection.parts[chunk.part]
            multiply(
                part.weights, x, rows: rows, into: y, column: part.column,
                at: compact ? scratch.identity : rows, tiles: chunk.tiles)
            for (index, group) in groups.enumerated() {
                guard let term = group.terms[site] else { continue }
                let inner = unsafe scratch.values.pointer + scratch.offsets[index]
                for expansion in term.expansions where expansion.part == chunk.part {
                    unsafe expand(
                        expansion, inner, stride: LowRankScratch.stride(term), into: y,
                        column: part.column, rows: group.rows, tiles: chunk.tiles)
                }
            }
            if let bias = part.bias {
                add(
                    bias, to: y, column: part.column, count: rows.count,
                    at: compact ? scratch.identity : rows, tiles: chunk.tiles)
            }
        }
    }

    /// c ⊙ (A x) of every group.
    private func shrink(_ groups: [LowRankGroup], site: Int, _ x: Activations) {
        scratch.arrange(groups, site: site)
        pool.run(groups.count) { index in
            let group = groups[index]
            guard let term = group.terms[site] else { return }
            let stride = LowRankScratch.stride(term)
            let inner = unsafe scratch.values.pointer + scratch.offsets[index]
            let weights = term.shrink
            var job = unsafe fb_matmul(
                format: weights.format.code, weights: weights.pointer,
                tile_bytes: weights.tileBytes,
                inputs: Int32(weights.inputs), outputs: Int32(weights.outputs),
                x: x.values.pointer, x_stride: x.stride, xq: nil, xs: nil, xsum: nil, xq_stride: 0,
                xs_stride: 0, x_rows: group.rows.pointer, y_rows: scratch.identity.pointer,
                row_count: Int32(group.rows.count), y: inner, y_stride: stride, accumulate: 0)
            unsafe kernels.table.pointee.matmul(&job, 0, Int32(weights.tileCount))
            for row in 0..<group.rows.count {
                let values = unsafe inner + row * stride
                for expansion in term.expansions {
                    let coefficient = group.weights[row] * expansion.factor
                    let ranks = expansion.firstRank..<expansion.firstRank + expansion.weights.inputs
                    for rank in ranks { unsafe values[rank] *= coefficient }
                }
            }
        }
    }

    private func expand(
        _ expansion: LowRankTerm.Expansion, _ inner: UnsafeMutablePointer<Float>, stride: Int,
        into y: Activations, column: Int, rows: RowList, tiles: Range<Int>
    ) {
        let weights = expansion.weights
        var job = unsafe fb_matmul(
            format: weights.format.code, weights: weights.pointer, tile_bytes: weights.tileBytes,
            inputs: Int32(weights.inputs), outputs: Int32(weights.outputs),
            x: inner + expansion.firstRank, x_stride: stride, xq: nil, xs: nil, xsum: nil,
            xq_stride: 0, xs_stride: 0, x_rows: scratch.identity.pointer, y_rows: rows.pointer,
            row_count: Int32(rows.count), y: y.values.pointer + column, y_stride: y.stride,
            accumulate: 1)
        unsafe kernels.table.pointee.matmul(&job, Int32(tiles.lowerBound), Int32(tiles.upperBound))
    }

    private func multiply(
        _ weights: PackedWeights, _ x: Activations, rows: RowList, into y: Activations, column: Int,
        at places: RowList, tiles: Range<Int>
    ) {
        precondition(
            !weights.format.readsIntegers || x.isQuantized, "activations without int8 form")
        var job = unsafe fb_matmul(
            format: weights.format.code, weights: weights.pointer, tile_bytes: weights.tileBytes,
            inputs: Int32(weights.inputs), outputs: Int32(weights.outputs),
            x: x.values.pointer, x_stride: x.stride, xq: x.codes.pointer, xs: x.scales.pointer,
            xsum: x.sums.pointer, xq_stride: x.stride, xs_stride: x.stride / Activations.blockSize,
            x_rows: rows.pointer, y_rows: places.pointer, row_count: Int32(rows.count),
            y: y.values.pointer + column, y_stride: y.stride, accumulate: 0)
        unsafe kernels.table.pointee.matmul(&job, Int32(tiles.lowerBound), Int32(tiles.upperBound))
    }

    private func add(
        _ bias: AlignedBuffer<Float>, to y: Activations, column: Int, count rowCount: Int,
        at places: RowList, tiles: Range<Int>
    ) {
        let begin = tiles.lowerBound * WeightFormat.tile
        let count = min(tiles.upperBound * WeightFormat.tile, bias.count) - begin
        for index in 0..<rowCount {
            let row = unsafe y.row(Int(places.pointer[index])) + column + begin
            unsafe kernels.table.pointee.add(row, bias.pointer + begin, Int32(count))
        }
    }
}
