internal import COpenBLAS

/// Dense products for training and decompositions, by OpenBLAS; the engine never uses them.
///
/// Matrices are row-major and without gaps. A shape that does not fit its storage is a programming error and traps.
public enum DenseAlgebra {
    /// A row-major matrix's sizes, as it is stored.
    public struct Shape: Hashable, Sendable {
        public let rows: Int
        public let columns: Int

        public init(_ rows: Int, _ columns: Int) {
            self.rows = rows
            self.columns = columns
        }

        var count: Int { rows * columns }
        var transposed: Shape { Shape(columns, rows) }
    }

    /// The number of threads that products may use from now on, in the whole process.
    ///
    /// One thread makes small products faster and their sums independent of the machine's load.
    public static func setThreadCount(_ count: Int) {
        openblas_set_num_threads(CInt(clamping: max(1, count)))
    }

    /// C = alpha op(A) op(B) + beta C, where op transposes or not.
    ///
    /// - Parameters:
    ///   - a: A as stored, `aShape`.
    ///   - b: B as stored, `bShape`.
    ///   - c: C, `[rows of op(A), columns of op(B)]`.
    public static func multiply(
        _ a: Span<Float>, _ aShape: Shape, transposed aTransposed: Bool = false,
        by b: Span<Float>, _ bShape: Shape, transposed bTransposed: Bool = false,
        into c: inout MutableSpan<Float>, alpha: Float = 1, beta: Float = 0
    ) {
        let left = aTransposed ? aShape.transposed : aShape
        let right = bTransposed ? bShape.transposed : bShape
        precondition(left.columns == right.rows, "op(A) is \(left), op(B) is \(right)")
        precondition(
            a.count == aShape.count && b.count == bShape.count
                && c.count == left.rows * right.columns)
        guard left.rows > 0, right.columns > 0 else { return }
        let inner = left.columns
        unsafe a.withUnsafeBufferPointer { a in
            unsafe b.withUnsafeBufferPointer { b in
                unsafe c.withUnsafeMutableBufferPointer { c in
                    unsafe cblas_sgemm(
                        CblasRowMajor, aTransposed ? CblasTrans : CblasNoTrans,
                        bTransposed ? CblasTrans : CblasNoTrans, Int32(left.rows),
                        Int32(right.columns),
                        Int32(inner), alpha, a.baseAddress, Int32(max(1, aShape.columns)),
                        b.baseAddress,
                        Int32(max(1, bShape.columns)), beta, c.baseAddress, Int32(right.columns))
                }
            }
        }
    }
}
