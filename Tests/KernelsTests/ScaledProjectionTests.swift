import Tensors
import TestSupport
import Testing

@testable import Kernels

/// (1 + Σ w gain) W x + Σ w shift + Σ w f B (A x) + bias.
@Suite struct ScaledProjectionTests {
    private let inputs = 96
    private let outputs = 39

    /// Alone, a row's additions run beside products; among others they come afterwards.
    @Test(arguments: [WeightFormat.f32, .bf16, .u8, .u4, .nf4], [1, 2])
    func gainsAndShiftsScaleTheBase(_ format: WeightFormat, groupCount: Int) throws {
        var random = SeededGenerator(seed: 71)
        let inputs = format == .nf4 ? 128 : inputs
        let weights = try random.weights(format, outputs: outputs, inputs: inputs)
        let projection = Projection([(weights, random.floats(outputs))])
        let plain = Projection([(weights, nil)])
        let x = try random.activations(rows: 9, width: inputs)
        let gains = (0..<groupCount).map { _ in random.floats(outputs) }
        let shifts = (0..<groupCount).map { _ in random.floats(outputs) }
        let factors: FactorFormat = format.readsIntegers ? .bf16 : .f32
        let terms = try (0..<groupCount).map { index in
            let columns = try RankColumns(
                random.tensor(.f32, rows: outputs, columns: 5), format: factors)
            let shrink = try RankRows(
                random.tensor(.f32, rows: 5, columns: inputs), format: factors)
            func term(scales: Bool) -> LowRankTerm {
                LowRankTerm(
                    shrink: shrink,
                    expansions: [
                        .init(
                            part: 0, firstRank: 0, columns: columns, factor: 0.5,
                            gains: scales ? gains[index] : nil,
                            shifts: scales && index == 0 ? shifts[index] : nil)
                    ])
            }
            return (scaling: term(scales: true), plain: term(scales: false))
        }
        func run(
            _ projection: Projection, _ terms: [LowRankTerm], rows: [Int], _ set: KernelSet
        ) throws -> [[Float]] {
            let compute = Compute(
                kernels: set, pool: try ThreadPool(threadCount: 2, spinCount: 0), rowCapacity: 9)
            let groups = terms.map { LowRankGroup(terms: [$0]) }
            let list = RowList(capacity: 9)
            for row in rows {
                list.append(row)
                for group in groups { group.append(row: row, weight: Float(1 + row) / 4) }
            }
            let y = Activations(rowCapacity: 9, width: outputs)
            compute.use(groups)
            compute.project(projection, x, into: y, rows: list, site: 0)
            return rows.map { y.copy(row: $0) }
        }
        let scalar = try KernelSet.select("scalar")
        let rows = Array(0..<9)
        let together = try run(projection, terms.map(\.scaling), rows: rows, scalar)
        for set in KernelSet.available {
            #expect(try run(projection, terms.map(\.scaling), rows: rows, set) == together)
            for row in rows {
                let alone = try run(projection, terms.map(\.scaling), rows: [row], set)
                #expect(alone == [together[row]], "\(set.name), row \(row)")
            }
        }
        let base = try run(plain, [], rows: rows, scalar)
        let added = try run(projection, terms.map(\.plain), rows: rows, scalar)
        for row in rows {
            let weight = Float(1 + row) / 4
            for output in 0..<outputs {
                let gain = gains.reduce(0) { $0 + weight * $1[output] }
                let expected =
                    added[row][output] + gain * base[row][output]
                    + weight * shifts[0][output]
                #expect(abs(together[row][output] - expected) <= 3e-4)
            }
        }
    }

    @Test func normsAreThoseOfTheSum() throws {
        var random = SeededGenerator(seed: 72)
        let weights = try random.weights(.u8, outputs: outputs, inputs: inputs)
        let (a, b) = (random.floats(3 * inputs), random.floats(3 * outputs))
        var results: [[Float]] = []
        for set in KernelSet.available {
            for threads in [1, 3] {
                let pool = try ThreadPool(threadCount: threads, spinCount: 0)
                results.append(
                    weights.rowNorms(adding: a, b, scale: 0.5, kernels: set, pool: pool))
            }
        }
        #expect(results.allSatisfy { $0 == results[0] })
        for output in 0..<outputs {
            var row = [Float](repeating: 0, count: inputs)
            weights.unpack(output: output, into: &row)
            var sum = 0.0
            for input in 0..<inputs {
                var value = Double(row[input])
                for rank in 0..<3 {
                    value += 0.5 * Double(b[output * 3 + rank]) * Double(a[rank * inputs + input])
                }
                sum += value * value
            }
            #expect(abs(Double(results[0][output]) - sum.squareRoot()) <= 1e-5 * sum.squareRoot())
        }
    }
}
