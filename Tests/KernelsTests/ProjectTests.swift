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
        let format: FactorFormat

        private func rounded(_ value: Double) -> Double {
            guard format == .bf16 else { return value }
            return Double(HalfPrecision.float(bf16: HalfPrecision.bf16(Float(value))))
        }

        /// B (weight factor (A x)), with what lies between in the factors' format.
        func added(to x: [Double], weight: Float) -> [Double] {
            let x = x.map(rounded)
            let inner = a.map { row in
                rounded(Double(weight * factor) * zip(row, x).reduce(0) { $0 + $1.0 * $1.1 })
            }
            return b.map { row in zip(row, inner).reduce(0) { $0 + $1.0 * $1.1 } }
        }
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
        parts: [Int], rank: Int, format: FactorFormat, _ random: inout SeededGenerator
    ) throws -> (LowRankGroup, [Term]) {
        let a = try random.tensor(.f32, rows: rank * parts.count, columns: inputs)
        let shrink = try RankRows(a, format: format)
        let stacked = (0..<shrink.ranks).map { shrink.row($0).map(Double.init) }
        var expansions: [LowRankTerm.Expansion] = []
        var terms: [Term] = []
        for (index, part) in parts.enumerated() {
            let b = try RankColumns(
                random.tensor(.f32, rows: outputs[part], columns: rank), format: format)
            let factor = Float.random(in: 0.5...2, using: &random)
            expansions.append(
                .init(part: part, firstRank: index * rank, columns: b, factor: factor))
            terms.append(
                Term(
                    part: part, a: Array(stacked[index * rank..<(index + 1) * rank]),
                    b: (0..<b.outputs).map { b.row($0).map(Double.init) }, factor: factor,
                    format: format))
        }
        // Site 0 has nothing, site 1 the term.
        return (
            LowRankGroup(terms: [nil, LowRankTerm(shrink: shrink, expansions: expansions)]), terms
        )
    }

    /// Ranks 3 and 17 leave half a pair, and the second part of a rank of 3 begins within one.
    @Test(arguments: [WeightFormat.f32, .bf16, .u8], [FactorFormat.f32, .bf16])
    func everythingAddsUp(_ format: WeightFormat, _ factors: FactorFormat) throws {
        var random = SeededGenerator(seed: 12)
        let bias = random.floats(outputs[1])
        let weights = try outputs.map { try random.weights(format, outputs: $0, inputs: inputs) }
        let projection = Projection(zip(weights, [nil, bias, nil]).map { ($0, $1) })
        #expect(projection.outputs == 79 && projection.inputs == inputs)
        let x = try random.activations(rows: 12, width: inputs)
        let rows = RowList([11, 0, 5, 3, 7, 8])
        let adapters = [
            try group(parts: [0, 1, 2], rank: 4, format: factors, &random),
            try group(parts: [2], rank: 17, format: factors, &random),
            try group(parts: [0, 2], rank: 3, format: factors, &random),
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
                        let added = term.added(to: floats, weight: use.weight)
                        for (output, value) in added.enumerated() {
                            expected[column + output] += value
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

    /// Beside products of one row adapters are added a pair of ranks at a time, unless those are more than it has room for.
    @Test(
        arguments: [WeightFormat.u8, .u4, .u8Minimum, .u4Minimum, .u8TwoScales, .nf4, .bf16],
        [[3], [8, 3, 8], [40, 130]])
    func aRowAloneIsTheSameAsAmongOthers(_ format: WeightFormat, _ ranks: [Int]) throws {
        var random = SeededGenerator(seed: 44)
        let (inputs, outputs, rowCount) = (256, 39, 9)
        let projection = Projection([
            (
                try random.weights(format, outputs: outputs, inputs: inputs),
                random.floats(outputs)
            )
        ])
        let x = try random.activations(rows: rowCount, width: inputs)
        let terms = try ranks.map { rank in
            let columns = try RankColumns(
                random.tensor(.f32, rows: outputs, columns: rank), format: .bf16)
            return LowRankTerm(
                shrink: try RankRows(
                    random.tensor(.f32, rows: rank, columns: inputs), format: .bf16),
                expansions: [.init(part: 0, firstRank: 0, columns: columns, factor: 0.5)])
        }
        func run(_ rows: [Int], _ set: KernelSet, usesAdapters: Bool = true) throws -> [[UInt32]] {
            let compute = Compute(
                kernels: set, pool: try ThreadPool(threadCount: 2, spinCount: 0),
                rowCapacity: rowCount)
            let groups = terms.map { LowRankGroup(terms: [$0]) }
            let list = RowList(capacity: rowCount)
            for row in rows {
                list.append(row)
                for (index, group) in groups.enumerated() {
                    group.append(row: row, weight: Float(1 + row) / Float(2 + index))
                }
            }
            let y = Activations(rowCapacity: rowCount, width: outputs)
            compute.use(usesAdapters ? groups : [])
            compute.project(projection, x, into: y, rows: list, site: 0)
            return rows.map { y.copy(row: $0).bits }
        }
        let together = try run(Array(0..<rowCount), KernelSet.select("scalar"))
        for set in KernelSet.available {
            #expect(try run(Array(0..<rowCount), set) == together)
            for row in 0..<rowCount {
                #expect(try run([row], set) == [together[row]], "\(set.name), row \(row)")
                #expect(try run([row], set, usesAdapters: false) != [together[row]])
            }
        }
    }

    /// A rank of 3 shares a pair with the next part's first rank, whose inner values are infinite here.
    @Test(arguments: [1, 8])
    func infiniteRanksStayInTheirPart(rowCount: Int) throws {
        var random = SeededGenerator(seed: 45)
        let weights = try [40, 16].map { try random.weights(.u8, outputs: $0, inputs: inputs) }
        let projection = Projection(weights.map { ($0, nil) })
        let x = try random.activations(rows: rowCount, width: inputs)
        let huge = [Float](repeating: 3e38, count: 3 * inputs)
        let shrink = try RankRows(
            Tensor(
                name: "a", shape: [6, inputs], floats: random.floats(3 * inputs) + huge),
            format: .bf16)
        let expansions = try [40, 16].enumerated().map { part, outputs in
            LowRankTerm.Expansion(
                part: part, firstRank: 3 * part,
                columns: try RankColumns(
                    random.tensor(.f32, rows: outputs, columns: 3), format: .bf16), factor: 1)
        }
        let term = LowRankTerm(shrink: shrink, expansions: expansions)
        for set in KernelSet.available {
            let group = LowRankGroup(terms: [term])
            for row in 0..<rowCount { group.append(row: row, weight: 8) }
            let compute = Compute(
                kernels: set, pool: try ThreadPool(threadCount: 1), rowCapacity: rowCount)
            let y = Activations(rowCapacity: rowCount, width: projection.outputs)
            compute.use([group])
            compute.project(projection, x, into: y, rows: RowList(identity: rowCount), site: 0)
            for row in 0..<rowCount {
                let found = y.copy(row: row)
                #expect(found[..<40].allSatisfy { $0.isFinite }, "\(set.name), row \(row)")
                #expect(!found[40...].allSatisfy { $0.isFinite })
            }
        }
    }

    @Test func factorsThatCannotBeHeldAreRefused() throws {
        func tensor(_ value: Float) throws -> Tensor {
            try Tensor(name: "b", shape: [2, 2], floats: [0, 1, value, 2])
        }
        #expect(try RankColumns(tensor(3.4e38), format: .f32).row(1) == [3.4e38, 2])
        #expect(throws: KernelError.self) { try RankColumns(tensor(3.4e38), format: .bf16) }
        #expect(throws: KernelError.self) { try RankColumns(tensor(.nan), format: .f32) }
        #expect(throws: KernelError.self) { try RankRows(tensor(-.infinity), format: .bf16) }
        #expect(throws: KernelError.self) {
            try RankRows(Tensor(name: "a", shape: [4], floats: [0, 1, 2, 3]), format: .f32)
        }
    }

    /// Inner values and sums around 2^-126, below which the bfloat16 instruction has zeros; x quantizes to zeros.
    @Test func tinyNumbersAreTheSameInEverySet() throws {
        var random = SeededGenerator(seed: 31)
        let projection = Projection([(try random.weights(.u8, outputs: 40, inputs: inputs), nil)])
        let zeros = Activations(rowCapacity: 16, width: inputs, quantized: true)
        for row in 0..<16 {
            zeros.set(row: row, to: random.floats(inputs, in: -1...1).map { $0 * 0x1p-121 })
        }
        try Compute(scalar: 16).quantize(zeros, rows: RowList(identity: 16))
        var results: [[[UInt32]]] = []
        let shrink = try RankRows(
            Tensor(
                name: "a", shape: [5, inputs],
                floats: random.floats(5 * inputs).map { $0 * 0x1p-3 }), format: .bf16)
        let columns = try RankColumns(
            random.tensor(.f32, rows: 40, columns: 5), format: .bf16)
        for set in KernelSet.available {
            let group = LowRankGroup(terms: [
                LowRankTerm(
                    shrink: shrink,
                    expansions: [.init(part: 0, firstRank: 0, columns: columns, factor: 1)])
            ])
            for row in 0..<16 { group.append(row: row, weight: 1) }
            let pool = try ThreadPool(threadCount: 1)
            let compute = Compute(kernels: set, pool: pool, rowCapacity: 16)
            let y = Activations(rowCapacity: 16, width: projection.outputs)
            compute.use([group])
            compute.project(projection, zeros, into: y, rows: RowList(identity: 16), site: 0)
            results.append(y.rowBits)
        }
        #expect(results.allSatisfy { $0 == results[0] })
        #expect(results[0].joined().contains { $0 & 0x7FFF_FFFF != 0 })
    }
}
