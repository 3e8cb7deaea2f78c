/// Solves S x = b for symmetric positive definite S by Cholesky's factors, S = L Lᵀ.
struct PositiveDefiniteSolver {
    private let size: Int
    /// L, row-major; zeros above the diagonal are not kept up.
    private var factor: [Double]

    /// Factors S, `[size, size]`, after adding `ridge` to its diagonal; nil if it is not positive definite then.
    init?(_ matrix: [Float], size: Int, ridge: Double) {
        precondition(matrix.count == size * size)
        self.size = size
        factor = matrix.map(Double.init)
        for row in 0..<size {
            for column in 0...row {
                var sum = factor[row * size + column] + (row == column ? ridge : 0)
                for inner in 0..<column {
                    sum -= factor[row * size + inner] * factor[column * size + inner]
                }
                if row == column {
                    guard sum > 0, sum.isFinite else { return nil }
                    factor[row * size + row] = sum.squareRoot()
                } else {
                    factor[row * size + column] = sum / factor[column * size + column]
                }
            }
        }
    }

    func solve(_ right: [Double]) -> [Double] {
        var solution = right
        for row in 0..<size {
            for inner in 0..<row { solution[row] -= factor[row * size + inner] * solution[inner] }
            solution[row] /= factor[row * size + row]
        }
        for row in stride(from: size - 1, through: 0, by: -1) {
            for inner in row + 1..<size {
                solution[row] -= factor[inner * size + row] * solution[inner]
            }
            solution[row] /= factor[row * size + row]
        }
        return solution
    }
}
