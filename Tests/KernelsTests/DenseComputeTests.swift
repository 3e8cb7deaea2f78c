import Glibc
import Tensors
import TestSupport
import Testing

@testable import Kernels

/// Slopes against differences, products against plain loops, all kernel sets against each other.
@Suite struct DenseComputeTests {
    private let pool: ThreadPool

    init() throws {
        pool = try ThreadPool(threadCount: 3)
    }

    private func matrix(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
        var random = SeededGenerator(seed: seed)
        return Matrix(rows, columns, random.floats(rows * columns, in: -2...2))
    }

    /// What every kernel set makes of copies of the same inputs, which has to be the same.
    private func outcome(_ run: (DenseCompute) -> Matrix) throws -> [Float] {
        let found = KernelSet.available.map { set in
            run(DenseCompute(kernels: set, pool: pool)).elements
        }
        #expect(found.allSatisfy { $0.bits == found[0].bits })
        return try #require(found.first)
    }

    /// d sum(slopes f(x)) / dx by central differences.
    private func differences(
        _ x: [Float], _ slopes: [Float], _ f: ([Double]) -> [Double]
    ) -> [Double] {
        let step = 1e-5
        return x.indices.map { index in
            let sides = [step, -step].map { change in
                var moved = x.map(Double.init)
                moved[index] += change
                return zip(f(moved), slopes).reduce(0) { $0 + $1.0 * Double($1.1) }
            }
            return (sides[0] - sides[1]) / (2 * step)
        }
    }

    private func expectClose(_ found: [Float], _ expected: [Double]) {
        #expect(found.count == expected.count)
        for (found, expected) in zip(found, expected) {
            #expect(abs(Double(found) - expected) < 2e-5 * max(1, abs(expected)))
        }
    }

    @Test(arguments: [(3, 5, 7), (200, 9, 31), (9, 300, 20), (700, 40, 16)])
    func products(rows: Int, columns: Int, inner: Int) throws {
        let a = matrix(rows, inner, seed: 1)
        let b = matrix(columns, inner, seed: 2)
        let found = try outcome { compute in
            let c = matrix(rows, columns, seed: 3)
            compute.multiply(a, by: b, rightTransposed: true, into: c, alpha: 0.5, beta: 2)
            return c
        }
        let (left, right, before) = (
            a.elements, b.elements, matrix(rows, columns, seed: 3).elements
        )
        for row in 0..<rows {
            for column in 0..<columns {
                let sum = (0..<inner).reduce(0.0) {
                    $0 + Double(left[row * inner + $1]) * Double(right[column * inner + $1])
                }
                let expected = 0.5 * sum + 2 * Double(before[row * columns + column])
                #expect(abs(Double(found[row * columns + column]) - expected) < 1e-4)
            }
        }
    }

    @Test(arguments: [1, 15, 16, 40])
    func normSlopes(width: Int) throws {
        let x = matrix(2, width, seed: 4)
        let slopes = matrix(2, width, seed: 5)
        let weight = matrix(1, width, seed: 6).elements
        let found = try outcome { compute in
            let dx = Matrix(2, width)
            compute.normalizeGradient(
                x, weight: AlignedBuffer(weight), epsilon: 1e-5, slopes, into: dx)
            return dx
        }
        for row in 0..<2 {
            let expected = differences(
                x.rows(row..<row + 1).elements, slopes.rows(row..<row + 1).elements
            ) { x in
                let mean = x.reduce(0) { $0 + $1 * $1 } / Double(width)
                let scale = 1 / (mean + Double(Float(1e-5))).squareRoot()
                return zip(x, weight).map { $0 * scale * Double($1) }
            }
            expectClose(Array(found[row * width..<(row + 1) * width]), expected)
        }
    }

    @Test(arguments: [Activation.silu, .gelu, .geluTanh])
    func gateSlopes(activation: Activation) throws {
        let width = 37
        let (gates, ups) = (matrix(1, width, seed: 7).elements, matrix(1, width, seed: 8).elements)
        let slopes = matrix(1, width, seed: 9)
        let found = try outcome { compute in
            let both = Matrix(2, width, gates + ups)
            compute.gateGradient(
                both.rows(0..<1), both.rows(1..<2), slopes, activation: activation)
            return both
        }
        let value = { (x: Double) -> Double in activation.value(x) }
        expectClose(
            Array(found[..<width]),
            differences(gates, slopes.elements) { x in
                zip(x, ups).map { value($0) * Double($1) }
            })
        expectClose(
            Array(found[width...]),
            differences(ups, slopes.elements) { x in
                zip(x, gates).map { $0 * value(Double($1)) }
            })
    }

    @Test(arguments: [nil, 3] as [Float?])
    func crossEntropy(cap: Float?) throws {
        let width = 50
        let logits = matrix(2, width, seed: 10).elements
        let targets: [Int32] = [0, 49]
        var losses: [[Float]] = []
        let found = try outcome { compute in
            let x = Matrix(2, width, logits)
            losses.append(
                compute.crossEntropyGradient(x, targets: targets, scale: 0.5, cap: cap))
            return x
        }
        #expect(losses.allSatisfy { $0.bits == losses[0].bits })
        for row in 0..<2 {
            let loss = { (x: [Double]) -> [Double] in
                let x = x.map { x in cap.map { Double($0) * tanh(x / Double($0)) } ?? x }
                return [log(x.reduce(0) { $0 + exp($1) }) - x[Int(targets[row])]]
            }
            let own = Array(logits[row * width..<(row + 1) * width])
            expectClose([losses[0][row]], loss(own.map(Double.init)))
            expectClose(
                Array(found[row * width..<(row + 1) * width]), differences(own, [0.5], loss))
        }
    }

    @Test func betterKernelsOfTheLibrary() {
        #expect(DenseAlgebra.betterCore(than: "Prescott", kernels: "avx512_bf16") == "SkylakeX")
        #expect(DenseAlgebra.betterCore(than: "Haswell", kernels: "avx512_vnni") == "SkylakeX")
        #expect(DenseAlgebra.betterCore(than: "Cooperlake", kernels: "avx512_bf16") == nil)
        #expect(DenseAlgebra.betterCore(than: "Core2", kernels: "avx2") == "Haswell")
        #expect(DenseAlgebra.betterCore(than: "Zen", kernels: "avx2") == nil)
        #expect(DenseAlgebra.betterCore(than: "Prescott", kernels: "scalar") == nil)
    }
}

extension Activation {
    fileprivate func value(_ x: Double) -> Double {
        switch self {
        case .silu: x / (1 + exp(-x))
        case .gelu: x * (1 + erf(x / 2.0.squareRoot())) / 2
        case .geluTanh:
            x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x))) / 2
        }
    }
}
