import Kernels
import TestSupport
import Testing

/// Decompositions by what defines them.
@Suite struct DecompositionTests {
    typealias Shape = DenseAlgebra.Shape

    private static let shapes = [
        Shape(1, 1), Shape(7, 1), Shape(1, 7), Shape(9, 4), Shape(4, 9), Shape(16, 16),
        Shape(130, 33), Shape(33, 130),
    ]

    private func random(_ shape: Shape) -> [Float] {
        var random = SeededGenerator(seed: UInt64(shape.rows * 1000 + shape.columns))
        return (0..<shape.rows * shape.columns).map { _ in Float.random(in: -1...1, using: &random)
        }
    }

    private func product(
        _ a: [Float], _ aShape: Shape, _ b: [Float], _ bShape: Shape, transposed: Bool = false
    ) -> [Float] {
        let (rows, columns) = (transposed ? aShape.columns : aShape.rows, bShape.columns)
        var c = [Float](repeating: 0, count: rows * columns)
        var span = c.mutableSpan
        DenseAlgebra.multiply(
            a.span, aShape, transposed: transposed, by: b.span, bShape, into: &span)
        return c
    }

    private func distance(_ left: [Float], _ right: [Float]) -> Float {
        zip(left, right).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }

    private func identity(_ count: Int) -> [Float] {
        (0..<count * count).map { $0 / count == $0 % count ? 1 : 0 }
    }

    /// Uᵀ A has rows at right angles, whose lengths are the singular values; with all of them U Uᵀ A is A.
    @Test(arguments: shapes)
    func leadingVectorsAreSingular(_ shape: Shape) throws {
        let a = random(shape)
        let all = try DenseAlgebra.leadingVectors(of: a, shape, count: shape.rows)
        #expect(all.values.count == shape.rows && all.values.allSatisfy { $0 >= 0 })
        #expect(zip(all.values, all.values.dropFirst()).allSatisfy { $0 >= $1 })
        let square = Shape(shape.rows, shape.rows)
        #expect(
            distance(
                product(all.vectors, square, all.vectors, square, transposed: true),
                identity(shape.rows)) < 1e-5)
        let rows = product(all.vectors, square, a, shape, transposed: true)
        #expect(distance(product(all.vectors, square, rows, shape), a) < 1e-5)
        for left in 0..<shape.rows {
            for right in 0...left {
                let sum = (0..<shape.columns).reduce(0) {
                    $0 + rows[left * shape.columns + $1] * rows[right * shape.columns + $1]
                }
                let expected = left == right ? all.values[left] * all.values[left] : 0
                #expect(abs(sum - expected) < 1e-4)
            }
        }
    }

    @Test func theLargestComeFirst() throws {
        let shape = Shape(33, 130)
        let a = random(shape)
        let all = try DenseAlgebra.leadingVectors(of: a, shape, count: 33)
        let some = try DenseAlgebra.leadingVectors(of: a, shape, count: 3)
        #expect(distance(some.values, Array(all.values.prefix(3))) < 1e-5)
        for column in 0..<3 {
            let dot = (0..<33).reduce(0) { sum, row in
                sum + some.vectors[row * 3 + column] * all.vectors[row * 33 + column]
            }
            #expect(abs(abs(dot) - 1) < 1e-5)
        }
    }

    @Test(arguments: shapes)
    func orthogonalTimesTriangularMakesTheMatrix(_ shape: Shape) throws {
        let a = random(shape)
        let parts = try DenseAlgebra.orthogonal(a, shape)
        #expect(parts.count == min(shape.rows, shape.columns))
        let (q, r) = (Shape(shape.rows, parts.count), Shape(parts.count, shape.columns))
        #expect(distance(a, product(parts.q, q, parts.r, r)) < 1e-5)
        #expect(
            distance(product(parts.q, q, parts.q, q, transposed: true), identity(parts.count))
                < 1e-5)
        for row in 0..<parts.count {
            for column in 0..<min(row, shape.columns) {
                #expect(parts.r[row * shape.columns + column] == 0)
            }
        }
    }

    @Test func zeroesAndRepeatedRowsAreFine() throws {
        let zero = try DenseAlgebra.leadingVectors(of: [0, 0, 0, 0, 0, 0], Shape(2, 3), count: 2)
        #expect(zero.values == [0, 0])
        let same = try DenseAlgebra.leadingVectors(of: [1, 1, 2, 1, 1, 2], Shape(2, 3), count: 2)
        #expect(abs(same.values[0] - Float(12).squareRoot()) < 1e-5 && same.values[1] < 1e-6)
        #expect(try DenseAlgebra.orthogonal([1, 2, 1, 2, 1, 2], Shape(3, 2)).count == 2)
    }

    @Test func whatIsNotFiniteIsRefused() {
        for value in [Float.nan, .infinity] {
            #expect(throws: KernelError.self) {
                try DenseAlgebra.leadingVectors(of: [1, value], Shape(1, 2), count: 1)
            }
            #expect(throws: KernelError.self) {
                try DenseAlgebra.orthogonal([1, value], Shape(1, 2))
            }
        }
    }
}
