internal import Kernels

/// A row-major matrix of 32-bit floats as a value; the `Matrix` of training shares its elements.
struct DenseMatrix {
    let rows: Int
    let columns: Int
    var values: [Float]

    init(_ rows: Int, _ columns: Int, _ values: [Float]) {
        precondition(values.count == rows * columns)
        self.rows = rows
        self.columns = columns
        self.values = values
    }

    var shape: DenseAlgebra.Shape { DenseAlgebra.Shape(rows, columns) }

    var transposed: DenseMatrix {
        var result: [Float] = []
        result.reserveCapacity(values.count)
        for column in 0..<columns {
            for row in 0..<rows { result.append(values[row * columns + column]) }
        }
        return DenseMatrix(columns, rows, result)
    }

    /// This times another, or times its transpose.
    func times(_ other: DenseMatrix, transposed: Bool = false, scale: Float = 1) -> DenseMatrix {
        let width = transposed ? other.rows : other.columns
        var product = [Float](repeating: 0, count: rows * width)
        var span = product.mutableSpan
        DenseAlgebra.multiply(
            values.span, shape, transposed: false, by: other.values.span, other.shape,
            transposed: transposed, into: &span, alpha: scale)
        return DenseMatrix(rows, width, product)
    }

    func scaled(by factor: Float) -> DenseMatrix {
        DenseMatrix(rows, columns, values.map { $0 * factor })
    }

    /// Each column times a factor of its own.
    func scaledColumns(_ factors: [Float]) -> DenseMatrix {
        var result = self
        for index in result.values.indices { result.values[index] *= factors[index % columns] }
        return result
    }

    func rows(_ range: Range<Int>) -> DenseMatrix {
        DenseMatrix(
            range.count, columns,
            Array(values[range.lowerBound * columns..<range.upperBound * columns]))
    }

    func columns(_ range: Range<Int>) -> DenseMatrix {
        var result: [Float] = []
        result.reserveCapacity(rows * range.count)
        for row in 0..<rows {
            result += values[row * columns + range.lowerBound..<row * columns + range.upperBound]
        }
        return DenseMatrix(rows, range.count, result)
    }

    /// One below the other; all have the same columns.
    static func stacked(_ matrices: [DenseMatrix]) -> DenseMatrix {
        DenseMatrix(
            matrices.reduce(0) { $0 + $1.rows }, matrices.first?.columns ?? 0,
            matrices.flatMap(\.values))
    }

    /// One beside the other; all have the same rows.
    static func beside(_ matrices: [DenseMatrix]) -> DenseMatrix {
        stacked(matrices.map(\.transposed)).transposed
    }
}
