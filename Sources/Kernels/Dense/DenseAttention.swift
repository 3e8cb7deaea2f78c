internal import CKernels

/// Causal attention over whole sequences that stand one after the other in the rows of a matrix, forwards and backwards.
///
/// Scores are never kept: the backward pass computes them again, a block of queries at a time, as in Chen et al. (2016)
/// and Dao (2023).
public struct DenseAttention: Sendable {
    private let compute: DenseCompute
    private let shape: AttentionShape
    /// For each sequence its rows.
    private let sequences: [Range<Int>]

    public init(_ shape: AttentionShape, sequences: [Range<Int>], on compute: DenseCompute) {
        self.shape = shape
        self.sequences = sequences
        self.compute = compute
    }

    /// Queries whose scores are computed at a time.
    private static let blockSize = 256

    /// out = softmax(scale q kᵀ) v by heads.
    ///
    /// - Parameters:
    ///   - qkv: (rows, queries + 2 keys): queries, keys and values of the heads, after norms and rotation.
    ///   - out: (rows, queries).
    public func forward(_ qkv: Matrix, into out: Matrix) {
        forEachGroup { rows, head in
            let (keys, values) = (keys(qkv, rows, head), values(qkv, rows, head))
            forEachQueryBlock(rows, head) { queries, columns, seen, scores in
                let query = qkv.rows(queries).columns(columns)
                score(
                    query, keys.rows(seen), into: scores,
                    first: queries.lowerBound - rows.lowerBound - seen.lowerBound)
                multiply(scores, by: values.rows(seen), into: out.rows(queries).columns(columns))
            }
        }
    }

    /// Writes d loss / d qkv, of d loss / d out.
    public func backward(_ qkv: Matrix, _ outGradient: Matrix, into gradient: Matrix) {
        forEachGroup { rows, head in
            let (keys, values) = (keys(qkv, rows, head), values(qkv, rows, head))
            let keyGradient = self.keys(gradient, rows, head)
            let valueGradient = self.values(gradient, rows, head)
            for row in 0..<rows.count {
                unsafe keyGradient[row].update(repeating: 0, count: keys.columns)
                unsafe valueGradient[row].update(repeating: 0, count: keys.columns)
            }
            let slopes = Matrix(min(Self.blockSize, rows.count), rows.count)
            forEachQueryBlock(rows, head) { queries, columns, seen, scores in
                let query = qkv.rows(queries).columns(columns)
                let first = queries.lowerBound - rows.lowerBound - seen.lowerBound
                let capSlopes = score(query, keys.rows(seen), into: scores, first: first)
                let outer = outGradient.rows(queries).columns(columns)
                let slopes = slopes.rows(0..<queries.count).columns(0..<seen.count)
                multiply(
                    scores, leftTransposed: true, by: outer, into: valueGradient.rows(seen), beta: 1
                )
                multiply(outer, by: values.rows(seen), rightTransposed: true, into: slopes)
                for row in 0..<queries.count {
                    unsafe compute.kernels.table.pointee.softmax_gradient(
                        scores[row], slopes[row], Int32(seen.count))
                    guard let capSlopes else { continue }
                    for column in 0..<seen.count {
                        unsafe slopes[row][column] *= capSlopes[row][column]
                    }
                }
                multiply(
                    slopes, by: keys.rows(seen), into: gradient.rows(queries).columns(columns),
                    alpha: shape.scale)
                multiply(
                    slopes, leftTransposed: true, by: query, into: keyGradient.rows(seen),
                    alpha: shape.scale, beta: 1)
            }
        }
    }

    /// Probabilities of a block of queries; with a soft cap also its slopes.
    ///
    /// - Parameter first: the place of the first query among the keys.
    @discardableResult
    private func score(_ query: Matrix, _ keys: Matrix, into scores: Matrix, first: Int) -> Matrix?
    {
        multiply(query, by: keys, rightTransposed: true, into: scores, alpha: shape.scale)
        let capSlopes = shape.cap.map { _ in Matrix(scores.rows, scores.columns) }
        for row in 0..<scores.rows {
            let last = first + row
            let begin = shape.window.map { max(0, last + 1 - $0) } ?? 0
            let x = unsafe scores[row]
            if let cap = shape.cap, let capSlopes {
                unsafe compute.kernels.table.pointee.soft_cap(x, Int32(scores.columns), cap)
                for column in 0..<scores.columns {
                    unsafe capSlopes[row][column] = DenseCompute.capSlope(x[column], cap)
                }
            }
            unsafe x.update(repeating: 0, count: begin)
            _ = unsafe compute.kernels.table.pointee.softmax(x + begin, Int32(last + 1 - begin))
            unsafe (x + last + 1).update(repeating: 0, count: scores.columns - last - 1)
        }
        return capSlopes
    }

    /// Runs `body` for each sequence and head of keys.
    private func forEachGroup(_ body: (Range<Int>, Int) -> Void) {
        let heads = shape.keyValueHeads
        compute.pool.run(sequences.count * heads) { chunk in
            body(sequences[chunk / heads], chunk % heads)
        }
    }

    /// Runs `body` for the queries that read a head of keys, a block at a time: rows, columns, the keys that any of them
    /// sees, and room for their scores.
    private func forEachQueryBlock(
        _ rows: Range<Int>, _ head: Int,
        _ body: (Range<Int>, Range<Int>, Range<Int>, Matrix) -> Void
    ) {
        let group = shape.queryHeads / shape.keyValueHeads
        let room = Matrix(min(Self.blockSize, rows.count), rows.count)
        for queryHead in head * group..<(head + 1) * group {
            let columns = queryHead * shape.headDimension..<(queryHead + 1) * shape.headDimension
            for start in stride(from: 0, to: rows.count, by: Self.blockSize) {
                let end = min(start + Self.blockSize, rows.count)
                let begin = shape.window.map { max(0, start + 1 - $0) } ?? 0
                body(
                    rows.lowerBound + start..<rows.lowerBound + end, columns, begin..<end,
                    room.rows(0..<end - start).columns(0..<end - begin))
            }
        }
    }

    private func keys(_ qkv: Matrix, _ rows: Range<Int>, _ head: Int) -> Matrix {
        part(qkv, rows, head: shape.queryHeads + head)
    }

    private func values(_ qkv: Matrix, _ rows: Range<Int>, _ head: Int) -> Matrix {
        part(qkv, rows, head: shape.queryHeads + shape.keyValueHeads + head)
    }

    private func part(_ qkv: Matrix, _ rows: Range<Int>, head: Int) -> Matrix {
        qkv.rows(rows).columns(head * shape.headDimension..<(head + 1) * shape.headDimension)
    }

    /// C = alpha op(A) op(B) + beta C, on the thread that asks.
    private func multiply(
        _ a: Matrix, leftTransposed: Bool = false, by b: Matrix,
        rightTransposed: Bool = false, into c: Matrix, alpha: Float = 1, beta: Float = 0
    ) {
        DenseCompute.product(
            a, leftTransposed: leftTransposed, by: b, rightTransposed: rightTransposed, into: c,
            alpha: alpha,
            beta: beta)
    }
}
