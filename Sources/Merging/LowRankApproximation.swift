internal import Kernels

/// The best approximation of a matrix by factors of a rank: what its largest singular values make (Eckart and Young 1936).
struct LowRankApproximation {
    /// (outputs, rank).
    let b: DenseMatrix
    /// (rank, inputs).
    let a: DenseMatrix

    /// Of B A, without the product: with B = Q R and Aᵀ = P S it is Q (R Sᵀ) Pᵀ, and only the small matrix in the middle is
    /// decomposed.
    init(b: DenseMatrix, a: DenseMatrix, rank: Int) throws(KernelError) {
        let left = try DenseAlgebra.orthogonal(b.values, b.shape)
        let inputs = a.transposed
        let right = try DenseAlgebra.orthogonal(inputs.values, inputs.shape)
        let core = DenseMatrix(left.count, b.columns, left.r)
            .times(DenseMatrix(right.count, a.rows, right.r), transposed: true)
        let small = try LowRankApproximation(of: core, rank: rank)
        self.b = DenseMatrix(b.rows, left.count, left.q).times(small.b)
        self.a = small.a.times(DenseMatrix(a.columns, right.count, right.q), transposed: true)
    }

    /// Of a matrix as it is: M ≈ U (Uᵀ M) with the leading left singular vectors, or (M V) Vᵀ with those of the transpose.
    init(of matrix: DenseMatrix, rank: Int) throws(KernelError) {
        let isWide = matrix.rows <= matrix.columns
        let wide = isWide ? matrix : matrix.transposed
        let kept = min(rank, wide.rows)
        let leading = try DenseAlgebra.leadingVectors(of: wide.values, wide.shape, count: kept)
        let vectors = DenseMatrix(wide.rows, kept, leading.vectors)
        if isWide {
            b = vectors
            a = vectors.transposed.times(matrix)
        } else {
            b = matrix.times(vectors)
            a = vectors.transposed
        }
    }
}
