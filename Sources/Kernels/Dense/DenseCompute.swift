internal import CKernels
internal import COpenBLAS

/// Operations on matrices of floats for training, forwards and backwards, on one kernel set and one thread pool.
///
/// Determinism: what a thread computes depends on shapes alone, so results are the same for any number of threads.
/// A shape that does not fit another is a programming error and traps.
public struct DenseCompute: Sendable {
    let kernels: KernelSet
    let pool: ThreadPool

    /// - Parameter pool: its threads compute; products by OpenBLAS run on one thread each from now on.
    public init(kernels: KernelSet, pool: ThreadPool) {
        self.kernels = kernels
        self.pool = pool
        DenseAlgebra.setThreadCount(1)
    }

    /// Rows, or columns of a matrix with few rows, that one thread computes at a time: an eighth of all, since each block packs
    /// the other matrix anew, but enough of them to fill registers and few enough to share among threads.
    private static func blockSize(_ count: Int) -> Int { max(128, (count / 8 + 15) / 16 * 16) }

    /// C = alpha op(A) op(B) + beta C, where op transposes or not.
    public func multiply(
        _ a: Matrix, leftTransposed: Bool = false, by b: Matrix,
        rightTransposed: Bool = false, into c: Matrix, alpha: Float = 1, beta: Float = 0
    ) {
        let (rows, inner) = leftTransposed ? (a.columns, a.rows) : (a.rows, a.columns)
        let (others, columns) = rightTransposed ? (b.columns, b.rows) : (b.rows, b.columns)
        precondition(
            inner == others && c.rows == rows && c.columns == columns,
            "\(rows) x \(inner) by \(others) x \(columns) into \(c.rows) x \(c.columns)")
        guard rows > 0, columns > 0 else { return }
        let isTall = rows >= columns || rows >= 512
        let size = isTall ? rows : columns
        forEachBlock(of: size, Self.blockSize(size)) { block in
            let (left, right, out) =
                isTall
                ? (
                    leftTransposed ? a.columns(block) : a.rows(block), b, c.rows(block)
                )
                : (a, rightTransposed ? b.rows(block) : b.columns(block), c.columns(block))
            Self.product(
                left, leftTransposed: leftTransposed, by: right, rightTransposed: rightTransposed,
                into: out,
                alpha: alpha, beta: beta)
        }
    }

    /// The same on the thread that asks.
    static func product(
        _ a: Matrix, leftTransposed: Bool = false, by b: Matrix,
        rightTransposed: Bool = false, into c: Matrix, alpha: Float = 1, beta: Float = 0
    ) {
        unsafe cblas_sgemm(
            CblasRowMajor, leftTransposed ? CblasTrans : CblasNoTrans,
            rightTransposed ? CblasTrans : CblasNoTrans, Int32(c.rows), Int32(c.columns),
            Int32(leftTransposed ? a.rows : a.columns), alpha, a[0], Int32(a.stride), b[0],
            Int32(b.stride), beta, c[0], Int32(c.stride))
    }

    /// y = x.
    public func copy(_ x: Matrix, into y: Matrix) {
        precondition(x.rows == y.rows && x.columns == y.columns)
        forEachRow(of: x) { row in unsafe y[row].update(from: x[row], count: x.columns) }
    }

    /// The i-th row of y is the listed one of x.
    public func gather(_ x: Matrix, _ rows: [Int], into y: Matrix) {
        precondition(y.rows == rows.count && x.columns == y.columns)
        precondition(rows.allSatisfy { $0 >= 0 && $0 < x.rows })
        forEachRow(of: y) { row in
            unsafe y[row].update(from: x[rows[row]], count: y.columns)
        }
    }

    /// The listed row of y is the i-th one of x.
    public func scatter(_ x: Matrix, into y: Matrix, _ rows: [Int]) {
        precondition(x.rows == rows.count && x.columns == y.columns)
        precondition(rows.allSatisfy { $0 >= 0 && $0 < y.rows })
        forEachRow(of: x) { row in
            unsafe y[rows[row]].update(from: x[row], count: x.columns)
        }
    }

    /// y += scale x.
    public func add(_ x: Matrix, to y: Matrix, scale: Float = 1) {
        precondition(x.rows == y.rows && x.columns == y.columns)
        forEachRow(of: x) { row in
            unsafe kernels.table.pointee.add(y[row], x[row], Int32(x.columns), scale)
        }
    }

    /// y = scale y.
    public func scale(_ y: Matrix, by scale: Float) {
        forEachRow(of: y) { row in
            unsafe kernels.table.pointee.blend(y[row], scale, y[row], 0, Int32(y.columns))
        }
    }

    /// y = 0.
    public func clear(_ y: Matrix) {
        forEachRow(of: y) { row in unsafe y[row].update(repeating: 0, count: y.columns) }
    }

    /// Adds a vector to each row.
    public func add(bias: [Float], to y: Matrix) {
        precondition(bias.count == y.columns)
        let vector = Matrix(1, y.columns, bias)
        forEachRow(of: y) { row in
            unsafe kernels.table.pointee.add(y[row], vector[0], Int32(y.columns), 1)
        }
    }

    /// The sum of all products of elements that stand at the same place, by rows in their order.
    public func dot(_ x: Matrix, _ y: Matrix) -> Double {
        precondition(x.rows == y.rows && x.columns == y.columns)
        var sum = 0.0
        for row in 0..<x.rows {
            for column in 0..<x.columns { unsafe sum += Double(x[row][column] * y[row][column]) }
        }
        return sum
    }

    /// Runs `body` for each row, several rows a chunk.
    func forEachRow(of matrix: Matrix, _ body: (Int) -> Void) {
        forEachBlock(of: matrix.rows, 32) { rows in
            for row in rows { body(row) }
        }
    }

    /// Runs `body` for blocks of `size` of the numbers below `count`, the last one shorter.
    private func forEachBlock(of count: Int, _ size: Int, _ body: (Range<Int>) -> Void) {
        pool.run((count + size - 1) / size) { block in
            body(block * size..<min((block + 1) * size, count))
        }
    }
}
