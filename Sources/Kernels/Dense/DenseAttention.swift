internal import CKernels

/// Causal attention over whole sequences that stand one after the other in the rows of a matrix, forwards and backwards.
///
/// The first sequence may be what all others begin with: they see its rows before their own.
///
/// Scores are never kept: the backward pass computes them again, a block of queries at a time, as in Chen et al. (2016)
/// and Dao (2023).
public struct DenseAttention: Sendable {
    private let compute: DenseCompute
    private let shape: AttentionShape
    /// For each sequence its own rows.
    private let sequences: [Range<Int>]
    private let sharedCount: Int

    /// - Parameter sharedCount: rows of the first sequence when all others begin with it, or 0.
    public init(
        _ shape: AttentionShape, sequences: [Range<Int>], sharedCount: Int = 0,
        on compute: DenseCompute
    ) {
        precondition(sharedCount == 0 || sequences.first == 0..<sharedCount)
        self.shape = shape
        self.sequences = sequences
        self.sharedCount = sharedCount
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
        forEachGroup { sequence, head in
            let keys = seen(qkv.columns(keyColumns(head)), by: sequence)
            let values = seen(qkv.columns(valueColumns(head)), by: sequence)
            forEachQueryBlock(sequence, head) { queries, columns, seen, first, scores in
                let query = qkv.rows(queries).columns(columns)
                score(query, keys.rows(seen), into: scores, first: first)
                multiply(scores, by: values.rows(seen), into: out.rows(queries).columns(columns))
            }
        }
    }

    /// Writes d loss / d qkv, of d loss / d out.
    public func backward(_ qkv: Matrix, _ outGradient: Matrix, into gradient: Matrix) {
        // What each sequence adds to the shared rows, below each other: summed in one order whatever the number of threads.
        let added = Matrix(sequences.count * sharedCount, qkv.columns)
        forEachGroup { sequence, head in
            let keys = seen(qkv.columns(keyColumns(head)), by: sequence)
            let values = seen(qkv.columns(valueColumns(head)), by: sequence)
            let keyGradient = Matrix(keys.rows, keys.columns)
            let valueGradient = Matrix(keys.rows, keys.columns)
            let slopes = Matrix(min(Self.blockSize, sequences[sequence].count), keys.rows)
            forEachQueryBlock(sequence, head) { queries, columns, seen, first, scores in
                let query = qkv.rows(queries).columns(columns)
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
            let before = 0..<shared(before: sequence)
            let own = before.count..<keys.rows
            for (found, columns) in [
                (keyGradient, keyColumns(head)), (valueGradient, valueColumns(head)),
            ] {
                Self.copy(
                    found.rows(own), into: gradient.rows(sequences[sequence]).columns(columns))
                let place = sequence * sharedCount
                Self.copy(
                    found.rows(before),
                    into: added.rows(place..<place + before.count).columns(columns))
            }
        }
        addShared(added, to: gradient)
    }

    private func addShared(_ added: Matrix, to gradient: Matrix) {
        let keysAndValues = keyColumns(0).lowerBound..<added.columns
        compute.pool.run(sharedCount) { row in
            let sum = gradient.columns(keysAndValues)
            let added = added.columns(keysAndValues)
            for sequence in sequences.indices.dropFirst() {
                unsafe compute.kernels.table.pointee.add(
                    sum[row], added[sequence * sharedCount + row], Int32(added.columns), 1)
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
    private func forEachGroup(_ body: (Int, Int) -> Void) {
        let heads = shape.keyValueHeads
        compute.pool.run(sequences.count * heads) { chunk in
            body(chunk / heads, chunk % heads)
        }
    }

    /// Runs `body` for the queries that read a head of keys, a block at a time: rows, columns, the keys that any of them
    /// sees, the place of the first query among those, and room for their scores.
    private func forEachQueryBlock(
        _ sequence: Int, _ head: Int,
        _ body: (Range<Int>, Range<Int>, Range<Int>, Int, Matrix) -> Void
    ) {
        let group = shape.queryHeads / shape.keyValueHeads
        let (rows, shared) = (sequences[sequence], shared(before: sequence))
        let room = Matrix(min(Self.blockSize, rows.count), shared + rows.count)
        for queryHead in head * group..<(head + 1) * group {
            for start in stride(from: 0, to: rows.count, by: Self.blockSize) {
                let end = min(start + Self.blockSize, rows.count)
                let begin = shape.window.map { max(0, shared + start + 1 - $0) } ?? 0
                body(
                    rows.lowerBound + start..<rows.lowerBound + end, columns(queryHead),
                    begin..<shared + end, shared + start - begin,
                    room.rows(0..<end - start).columns(0..<shared + end - begin))
            }
        }
    }

    /// How many rows a sequence sees before its own.
    private func shared(before sequence: Int) -> Int { sequence == 0 ? 0 : sharedCount }

    /// The rows that a sequence sees.
    private func seen(_ x: Matrix, by sequence: Int) -> Matrix {
        let own = x.rows(sequences[sequence])
        let shared = shared(before: sequence)
        guard shared > 0 else { return own }
        let all = Matrix(shared + own.rows, x.columns)
        Self.copy(x.rows(0..<shared), into: all.rows(0..<shared))
        Self.copy(own, into: all.rows(shared..<all.rows))
        return all
    }

    private func keyColumns(_ head: Int) -> Range<Int> { columns(shape.queryHeads + head) }

    private func valueColumns(_ head: Int) -> Range<Int> {
        columns(shape.queryHeads + shape.keyValueHeads + head)
    }

    private func columns(_ head: Int) -> Range<Int> {
        head * shape.headDimension..<(head + 1) * shape.headDimension
    }

    private static func copy(_ x: Matrix, into y: Matrix) {
        for row in 0..<x.rows { unsafe y[row].update(from: x[row], count: x.columns) }
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
