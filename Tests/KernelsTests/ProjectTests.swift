import Tensors
import TestSupport
import Testing

@testable import Kernels

/// W x + bias + Σ w f B (A x) over several parts, rows and adapters.
@Suite struct ProjectTests {
    private struct Term {
        let part: Int
        let a: [[Double]]
        let b: [[Double]]
        let factor: Float
    }

    private let inputs = 96
    private let outputs = [40, 23, 16]

    private func matrix(_ weights: PackedWeights) -> [[Double]] {
        (0..<weights.outputs).map { output in
            var row = [Float](repeating: 0, count: weights.inputs)
            weights.unpack(output: output, into: &row)
            return row.map(Double.init)
        }
    }

    private func product(_ matrix: [[Double]], _ x: [Double]) -> [Double] {
        matrix.map { row in zip(row, x).reduce(0) { $0 + $1.0 * $1.1 } }
    }

    private func group(
        parts: [Int], rank: Int, dtype: DType, _ random: inout SeededGenerator
    ) throws -> (LowRankGroup, [Term]) {
        let a = try random.tensor(dtype, rows: rank * parts.count, columns: inputs)
        let shrink = try RankRows(a, isReference: false)
        let stacked = (0..<shrink.outputs).map { rank in
            var row = [Float](repeating: 0, count: inputs)
            shrink.unpack(output: rank, into: &row)
            return row.map(Double.init)
        }
        var expansions: [LowRankTerm.Expansion] = []
        var terms: [Term] = []
        for (index, part) in parts.enumerated() {
            let b = try PackedWeights(
                random.tensor(dtype, rows: outputs[part], columns: rank), type: .stored)
            let factor = Float.random(in: 0.5...2, using: &random)
            expansions.append(
                .init(part: part, firstRank: index * rank, weights: b, factor: factor))
            terms.append(
                Term(
                    part: part, a: Array(stacked[index * rank..<(index + 1) * rank]), b: matrix(b),
                    factor: factor))
        }
        // Site 0 has nothing, site 1 the term.
        return (
            LowRankGroup(terms: [nil, LowRankTerm(shrink: shrink, expansions: expansions)]), terms
        )
    }

    @Test(arguments: [WeightFormat.f32, .bf16, .u8])
    func everythingAddsUp(_ format: WeightFormat) throws {
        var random = SeededGenerator(seed: 12)
        let bias = random.floats(outputs[1])
        let weights = try outputs.map { try random.weights(format, outputs: $0, inputs: inputs) }
        let projection = Projection(zip(weights, [nil, bias, nil]).map { ($0, $1) })
        #expect(projection.outputs == 79 && projection.inputs == inputs)
        let x = try random.activations(rows: 12, width: inputs)
        let rows = RowList([11, 0, 5, 3, 7, 8])
        let adapters = [
            try group(parts: [0, 1, 2], rank: 4, dtype: .f32, &random),
            try group(parts: [2], rank: 17, dtype: .bf16, &random),
            try group(parts: [0, 2], rank: 3, dtype: .f16, &random),
        ]
        let uses: [[(row: Int, weight: Float)]] = [
            [(11, 1), (3, -0.5), (8, 0.25)], [(3, 2)], [(11, 1), (5, 1.5), (3, 0.75)],
        ]
        for (adapter, uses) in zip(adapters, uses) {
            for use in uses { adapter.0.append(row: use.row, weight: use.weight) }
        }
        var results: [[[UInt32]]] = []
        for set in KernelSet.available {
            for threads in [1, 2] {
                let pool = try ThreadPool(threadCount: threads, spinCount: 0)
                let compute = Compute(kernels: set, pool: pool, rowCapacity: 12)
                let y = Activations(rowCapacity: 12, width: projection.outputs)
                compute.use(adapters.map(\.0))
                compute.project(projection, x, into: y, rows: rows, site: 1)
                results.append(y.rowBits)
                let narrowed = Compute(kernels: set, pool: pool, rowCapacity: 12)
                let some = Activations(rowCapacity: 12, width: projection.outputs)
                narrowed.use(adapters.map(\.0))
                narrowed.narrow(to: RowList([11, 3]))
                narrowed.project(projection, x, into: some, rows: RowList([11, 3]), site: 1)
                for row in [11, 3] { #expect(some.copy(row: row).bits == y.copy(row: row).bits) }
                let bare = Activations(rowCapacity: 12, width: projection.outputs)
                compute.project(projection, x, into: bare, rows: rows, site: 0)
                for row in [0, 7] { #expect(bare.copy(row: row).bits == y.copy(row: row).bits) }
                let compact = Activations(rowCapacity: 12, width: projection.outputs)
                compute.project(projection, x, into: compact, rows: rows, compact: true)
                for index in 0..<rows.count {
                    #expect(compact.copy(row: index).bits == bare.copy(row: rows[index]).bits)
                }
                for row in [1, 2, 4, 6, 9, 10] { #expect(y.copy(row: row).allSatisfy { $0 == 0 }) }
            }
        }
        #expect(results.allSatisfy { $0 == results[0] })

        for index in 0..<rows.count {
            let row = rows[index]
            let floats = x.copy(row: row).map(Double.init)
            let input = format.readsIntegers ? x.decoded(row: row) : floats
            var expected = weights.flatMap { product(matrix($0), input) }
            for (output, value) in bias.enumerated() {
                expected[outputs[0] + output] += Double(value)
            }
            for (adapter, uses) in zip(adapters, uses) {
                for use in uses where use.row == row {
                    for term in adapter.1 {
                        let column = outputs.prefix(term.part).reduce(0, +)
                        for (output, value) in product(term.b, product(term.a, floats)).enumerated()
                        {
                            expected[column + output] += Double(use.weight * term.factor) * value
                        }
                    }
                }
            }
            let largest = expected.reduce(0) { max($0, abs($1)) }
            for (bits, expected) in zip(results[0][row], expected) {
                #expect(abs(Double(Float(bitPattern: bits)) - expected) <= 3e-6 * max(largest, 10))
            }
        }
    }
}
