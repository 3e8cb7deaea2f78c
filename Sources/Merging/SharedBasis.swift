internal import Adapters
internal import Kernels

/// A basis for the outputs of several low-rank products, and the coordinates of each in it (KnOTS, arXiv 2410.19735).
///
/// [s₁B₁A₁ … sₙBₙAₙ] = U diag(σ) [V₁ … Vₙ]ᵀ; the coordinates are diag(σ) Vᵢᵀ. The products are never made: with
/// [s₁B₁ … sₙBₙ] = Q R and Aᵢᵀ = Pᵢ Sᵢ, only [R₁S₁ᵀ … RₙSₙᵀ] is decomposed, as large as the ranks together.
struct SharedBasis {
    /// U, (outputs, size).
    let basis: DenseMatrix
    /// By adapter, (size, inputs).
    let coordinates: [DenseMatrix]

    /// Directions whose σ is a smaller part of the largest are rounding.
    private static let smallestPart: Float = 1e-6

    init(_ parts: [WeightedFactors]) throws(KernelError) {
        let b = DenseMatrix.beside(parts.map { $0.b.scaled(by: $0.factors.scale) })
        let outputs = try DenseAlgebra.orthogonal(b.values, b.shape)
        let triangle = DenseMatrix(outputs.count, b.columns, outputs.r)
        var blocks: [DenseMatrix] = []
        var inputs: [DenseMatrix] = []
        var rank = 0
        for part in parts {
            let transposed = part.a.transposed
            let input = try DenseAlgebra.orthogonal(transposed.values, transposed.shape)
            let ranks = rank..<rank + part.factors.rank
            blocks.append(
                triangle.columns(ranks)
                    .times(DenseMatrix(input.count, ranks.count, input.r), transposed: true))
            inputs.append(DenseMatrix(transposed.rows, input.count, input.q))
            rank = ranks.upperBound
        }
        let core = DenseMatrix.beside(blocks)
        let leading = try DenseAlgebra.leadingVectors(
            of: core.values, core.shape, count: core.rows)
        let largest = leading.values.first ?? 0
        let size = max(1, leading.values.prefix { $0 > Self.smallestPart * largest }.count)
        let vectors = DenseMatrix(core.rows, core.rows, leading.vectors).columns(0..<size)
        basis = DenseMatrix(b.rows, outputs.count, outputs.q).times(vectors)
        // Uᵀ of a product is its diag(σ) Vᵀ.
        coordinates = zip(blocks, inputs).map { block, input in
            vectors.transposed.times(block).times(input, transposed: true)
        }
    }
}
