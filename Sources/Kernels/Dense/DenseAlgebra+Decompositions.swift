internal import COpenBLAS

extension DenseAlgebra {
    /// The directions in which a matrix's columns are largest.
    public struct LeadingVectors: Sendable {
        /// Left singular vectors, row-major, (rows, count).
        public let vectors: [Float]
        /// Their singular values, from large to small.
        public let values: [Float]
    }

    /// A = Q R with orthonormal columns in Q.
    public struct Orthogonal: Sendable {
        /// Columns of Q: as many as A has rows or columns, whichever are fewer.
        public let count: Int
        /// Row-major, (rows, count).
        public let q: [Float]
        /// Row-major, (count, columns); zero left of the diagonal.
        public let r: [Float]
    }

    /// The left singular vectors of the largest singular values.
    ///
    /// They are the eigenvectors of A Aᵀ (LAPACK's `dsyevr`), which in double precision tells singular values down to 1e-8 of the
    /// largest and takes a tenth of the time of a full decomposition.
    ///
    /// - Parameters:
    ///   - a: row-major and not empty; give the transpose of one that has more rows than columns.
    ///   - count: in `1...shape.rows`.
    /// - Throws: for values that are not finite or whose squares are not, and where the iteration does not converge.
    public static func leadingVectors(
        of a: [Float], _ shape: Shape, count: Int
    ) throws(KernelError) -> LeadingVectors {
        try check(a, shape)
        precondition((1...shape.rows).contains(count))
        let size = shape.rows
        guard size <= 1 << 15 else {
            throw KernelError.shape(
                name: "A", found: [shape.rows, shape.columns], needed: "one of at most 32,768 rows")
        }
        var products = squares(a, shape)
        guard products.allSatisfy(\.isFinite) else {
            throw KernelError.format(name: "A", problem: "holds values whose squares overflow")
        }
        var values = [Double](repeating: 0, count: size)
        var vectors = [Double](repeating: 0, count: size * count)
        var support = [Int32](repeating: 0, count: 2 * count)
        var (wanted, wantedIntegers) = (0.0, Int32(0))
        _ = unsafe fb_largest_eigenvalues(
            Int32(size), &products, Int32(count), &values, &vectors, &support, &wanted, -1,
            &wantedIntegers, -1)
        var work = [Double](repeating: 0, count: Int(wanted))
        var integers = [Int32](repeating: 0, count: Int(wantedIntegers))
        try converged(
            unsafe fb_largest_eigenvalues(
                Int32(size), &products, Int32(count), &values, &vectors, &support, &work,
                Int32(work.count), &integers, Int32(integers.count)))
        var result: [Float] = []
        result.reserveCapacity(vectors.count)
        for row in 0..<size {
            for column in (0..<count).reversed() {
                result.append(Float(vectors[column * size + row]))
            }
        }
        return LeadingVectors(
            vectors: result,
            values: values[..<count].reversed().map { Float(max(0, $0).squareRoot()) })
    }

    /// A Aᵀ, in the triangle that is the lower one of column-major memory.
    private static func squares(_ a: [Float], _ shape: Shape) -> [Double] {
        let doubles = a.map(Double.init)
        var products = [Double](repeating: 0, count: shape.rows * shape.rows)
        unsafe cblas_dsyrk(
            CblasRowMajor, CblasUpper, CblasNoTrans, Int32(shape.rows), Int32(shape.columns), 1,
            doubles, Int32(shape.columns), 0, &products, Int32(shape.rows))
        return products
    }

    /// The thin QR decomposition (LAPACK's `sgelqf` and `sorglq`, of Aᵀ).
    ///
    /// - Parameter a: row-major and not empty.
    /// - Throws: for values that are not finite.
    public static func orthogonal(_ a: [Float], _ shape: Shape) throws(KernelError) -> Orthogonal {
        try check(a, shape)
        let count = min(shape.rows, shape.columns)
        // Row-major memory of A is column-major memory of Aᵀ.
        let (rows, columns) = (Int32(shape.rows), Int32(shape.columns))
        var matrix = a
        var reflectors = [Float](repeating: 0, count: count)
        var wanted: [Float] = [0, 0]
        _ = unsafe fb_lq(columns, rows, &matrix, &reflectors, &wanted[0], -1)
        _ = unsafe fb_lq_rows(Int32(count), rows, &matrix, columns, reflectors, &wanted[1], -1)
        var work = [Float](repeating: 0, count: Int(max(wanted[0], wanted[1])))
        let size = Int32(work.count)
        try converged(unsafe fb_lq(columns, rows, &matrix, &reflectors, &work, size))
        var r = [Float](repeating: 0, count: count * shape.columns)
        for row in 0..<count {
            for column in row..<shape.columns {
                r[row * shape.columns + column] = matrix[row * shape.columns + column]
            }
        }
        try converged(
            unsafe fb_lq_rows(Int32(count), rows, &matrix, columns, reflectors, &work, size))
        var q: [Float] = []
        q.reserveCapacity(shape.rows * count)
        for row in 0..<shape.rows {
            q += matrix[row * shape.columns..<row * shape.columns + count]
        }
        return Orthogonal(count: count, q: q, r: r)
    }

    private static func check(_ a: [Float], _ shape: Shape) throws(KernelError) {
        precondition(a.count == shape.count && shape.rows > 0 && shape.columns > 0)
        guard a.allSatisfy(\.isFinite) else {
            throw KernelError.format(name: "A", problem: "holds values that are not finite")
        }
        guard shape.count <= Int32.max else {
            throw KernelError.shape(
                name: "A", found: [shape.rows, shape.columns],
                needed: "one of less than 2^31 values")
        }
    }

    private static func converged(_ info: Int32) throws(KernelError) {
        guard info == 0 else {
            throw KernelError.format(
                name: "A", problem: "its decomposition did not converge (LAPACK: \(info))")
        }
    }
}
