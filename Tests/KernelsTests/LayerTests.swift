import Glibc
import Tensors
import TestSupport
import Testing

@testable import Kernels

@Suite struct LayerTests {
    private func compute(_ set: KernelSet, rows: Int = 8) throws -> Compute {
        Compute(kernels: set, pool: try ThreadPool(threadCount: 1), rowCapacity: rows)
    }

    private func rows(_ floats: [[Float]]) -> Activations {
        let x = Activations(rowCapacity: floats.count, width: floats[0].count)
        for (row, values) in floats.enumerated() { x.set(row: row, to: values) }
        return x
    }

    /// A sum of squares in 16 lanes, rounded once a vector, then a root and two products.
    @Test(arguments: [1, 15, 16, 17, 64, 100, 1000])
    func rootMeanSquareNorm(width: Int) throws {
        var random = SeededGenerator(seed: UInt64(width))
        let weight = random.floats(width, in: -2...2)
        let values = [
            random.floats(width, in: -5...5), random.floats(width, in: -1e-6...1e-6),
            [Float](repeating: 0, count: width),
        ]
        let x = rows(values)
        var outputs: [[[UInt32]]] = []
        for set in KernelSet.available {
            let y = Activations(rowCapacity: 3, width: width)
            try compute(set).normalize(
                x, weight: AlignedBuffer(weight), epsilon: 1e-5, into: y, rows: RowList(identity: 3)
            )
            outputs.append(y.rowBits)
            for (row, values) in values.enumerated() {
                let mean = values.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(width)
                let scale = 1 / (mean + Double(Float(1e-5))).squareRoot()
                for (index, found) in y.copy(row: row).enumerated() {
                    let expected = Double(values[index]) * scale * Double(weight[index])
                    #expect(
                        abs(Double(found) - expected) <= Double(width / 16 + 24) * rounding
                            * abs(expected))
                }
            }
        }
        #expect(outputs.allSatisfy { $0 == outputs[0] })
    }

    /// The exponential has a relative error below 3e-7, the quotient and the product one rounding each.
    @Test func gatedActivation() throws {
        var random = SeededGenerator(seed: 1)
        let width = 4099
        let gates = (0..<width).map { index in
            index < 1000 ? Float(index - 500) / 4 : Float.random(in: -90...90, using: &random)
        }
        let ups = random.floats(width, in: -2...2)
        // The first input brings gate and up as they are.
        let weights = try [gates, ups].map { values in
            try PackedWeights(
                Tensor(
                    name: "w", shape: [width, 16],
                    floats: values.flatMap { [$0] + [Float](repeating: 0, count: 15) }),
                type: .f32)
        }
        let projection = Projection(weights.map { ($0, nil) })
        let x = rows([[1] + [Float](repeating: 0, count: 15)])
        var outputs: [[UInt32]] = []
        for set in KernelSet.available {
            let y = Activations(rowCapacity: 1, width: width)
            try compute(set).projectGated(
                projection, x, through: Activations(rowCapacity: 1, width: 2 * width), into: y,
                rows: RowList(identity: 1))
            outputs.append(y.copy(row: 0).bits)
            for (index, found) in y.copy(row: 0).enumerated() {
                let gate = Double(gates[index])
                let expected = gate / (1 + exp(-gate)) * Double(ups[index])
                #expect(abs(Double(found) - expected) <= 6e-7 * abs(expected) + 1e-35, "\(gate)")
            }
        }
        #expect(outputs.allSatisfy { $0 == outputs[0] })
    }

    /// The three activations of a gate, on either side of zero and where exponentials end.
    @Test(arguments: [Activation.silu, .gelu, .geluTanh])
    func activations(_ activation: Activation) throws {
        func expected(_ x: Double) -> Double {
            switch activation {
            case .silu: return x / (1 + exp(-x))
            case .gelu: return 0.5 * x * (1 + erf(x * 0.5.squareRoot()))
            case .geluTanh:
                let u = 0.7978845608028654 * (x + 0.044715 * x * x * x)
                return 0.5 * x * (1 + tanh(u))
            }
        }
        var gates = [Float](stride(from: -12, through: 12, by: 0.37))
        gates += [0, -90, 90, -1e-4, 1e-4]
        let matrices = try [gates, [Float](repeating: 1, count: gates.count)].map { values in
            try PackedWeights(
                Tensor(name: "w", shape: [values.count, 1], floats: values), type: .f32)
        }
        let projection = Projection(matrices.map { ($0, nil) })
        var outputs: [[UInt32]] = []
        for set in KernelSet.available {
            let y = Activations(rowCapacity: 1, width: gates.count)
            try compute(set).projectGated(
                projection, rows([[1]]),
                through: Activations(rowCapacity: 1, width: 2 * gates.count), into: y,
                activation: activation, rows: RowList(identity: 1))
            outputs.append(y.copy(row: 0).bits)
            for (gate, found) in zip(gates, y.copy(row: 0)) {
                let exact = expected(Double(gate))
                #expect(abs(Double(found) - exact) <= 5e-7 * max(abs(Double(gate)), 1), "\(gate)")
            }
        }
        #expect(outputs.allSatisfy { $0 == outputs[0] })
    }

    @Test(arguments: [1, 16, 33])
    func softCapsAreHyperbolicTangents(width: Int) throws {
        var random = SeededGenerator(seed: 5)
        let values = random.floats(width, in: -200...200)
        for set in KernelSet.available {
            let x = rows([values, values])
            try compute(set).softCap(x, at: 30, count: 1)
            for (value, found) in zip(values, x.copy(row: 0)) {
                #expect(abs(Double(found) - 30 * tanh(Double(value) / 30)) <= 2e-5)
            }
            #expect(x.copy(row: 1) == values)
        }
    }

    /// What a layer adds is scaled, and a family without norms before its layers takes the sum as it is.
    @Test func sumsAreScaledAndMayStayAsTheyAre() throws {
        var random = SeededGenerator(seed: 6)
        let (left, right) = (random.floats(33), random.floats(33))
        for set in KernelSet.available {
            let (x, y) = (rows([left]), Activations(rowCapacity: 1, width: 33))
            try compute(set).normalize(
                x, adding: rows([right]), scale: 0.25, weight: nil, epsilon: 1e-6, into: y,
                rows: RowList(identity: 1))
            #expect(y.copy(row: 0) == zip(left, right).map { $0 + 0.25 * $1 })
            #expect(x.copy(row: 0) == y.copy(row: 0))
        }
    }

    /// The first of equals wins, whatever lane it is in; what is not a number never does.
    @Test(arguments: [1, 15, 16, 33, 1000, 1024, 1025, 3000])
    func largest(count: Int) throws {
        var random = SeededGenerator(seed: UInt64(count))
        for set in KernelSet.available {
            for _ in 0..<50 {
                var numbers = (0..<count).map { _ in Float(Int.random(in: -9...9, using: &random)) }
                numbers[Int.random(in: 0..<count, using: &random)] = .nan
                let best = numbers.filter { !$0.isNaN }.max()
                let expected = numbers.firstIndex { $0 == best } ?? 0
                #expect(set.indexOfLargest(numbers.span) == expected)
            }
            let none = [Float](repeating: -.infinity, count: count)
            #expect(set.indexOfLargest(none.span) == 0)
        }
        #expect(KernelSet.available.allSatisfy { $0.indexOfLargest([Float]().span) == 0 })
    }

    @Test(arguments: [1, 16, 33])
    func addition(width: Int) throws {
        var random = SeededGenerator(seed: 2)
        let (left, right) = (random.floats(width), random.floats(width))
        for set in KernelSet.available {
            let y = rows([left, left])
            try compute(set).add(rows([right, right]), to: y, rows: RowList([1]))
            #expect(y.copy(row: 0) == left)
            #expect(y.copy(row: 1) == zip(left, right).map { $0 + $1 })
        }
    }

    /// Positions far into a long context: the angles are doubles, so the table is exact to one rounding.
    @Test func rotaryTablesAreExactAndGrow() {
        let frequencies = (0..<8).map { pow(10_000.0, -Double($0) / 8) }
        let table = RotaryTable(frequencies: frequencies)
        for count in [1, 256, 257, 5000] {
            table.reserve(count)
            #expect(table.positions >= count)
            for position in Set([0, 1, count / 2, count - 1]) {
                for (index, frequency) in frequencies.enumerated() {
                    let angle = Double(position) * frequency
                    #expect(table.cosines[position * 8 + index] == Float(cos(angle)))
                    #expect(table.sines[position * 8 + index] == Float(sin(angle)))
                }
            }
        }
    }

    @Test func unknownKernelSetsAreRefused() throws {
        let names = KernelSet.available.map(\.name)
        #expect(names.last == "scalar" && Set(names).count == names.count)
        #expect(try names.map { try KernelSet.select($0).name } == names)
        #expect(try KernelSet.select().name == names[0])
        #expect(throws: KernelError.unknownKernelSet("sse9", available: names)) {
            try KernelSet.select("sse9")
        }
    }

    @Test func embeddingsAreTheRowsOfTheTable() throws {
        var random = SeededGenerator(seed: 3)
        for dtype in [DType.f32, .f16, .q8_0, .q6_K] {
            let tensor = try random.tensor(dtype, rows: 21, columns: 256)
            let floats = try tensor.floats()
            let x = Activations(rowCapacity: 3, width: 256)
            try compute(KernelSet.select()).embed(
                [20, 0, 7], with: PackedWeights(tensor, type: .stored), into: x)
            for (row, token) in [20, 0, 7].enumerated() {
                #expect(x.copy(row: row) == Array(floats[token * 256..<(token + 1) * 256]))
            }
        }
    }
}
