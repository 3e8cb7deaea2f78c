import CKernels
import Tensors
import TestSupport
import Testing

@testable import Kernels

@Suite struct MatmulTests {
    private func shape(_ format: WeightFormat, _ random: inout SeededGenerator) -> (
        outputs: Int, inputs: Int
    ) {
        let block = max(format.blockInputs, format.dtype?.blockElementCount ?? 1)
        let blocks = block == 1 ? 1...100 : block < 100 ? 1...5 : 1...2
        return (.random(in: 1...70, using: &random), block * .random(in: blocks, using: &random))
    }

    /// W x in double precision, with the bound of what floats may make of it: an addition a block of integer formats and
    /// an input of the others, each rounded once, of terms no larger than the largest weight of a block times the inputs
    /// (a minimum and its scaled code may each be larger than what is left of them: four times); and the rounding of codes.
    private func reference(
        _ weights: PackedWeights, _ x: Activations, row: Int
    ) -> [(value: Double, bound: Double)] {
        let readsIntegers = weights.format.readsIntegers
        let inputs = readsIntegers ? x.decoded(row: row) : x.copy(row: row).map(Double.init)
        var line = [Float](repeating: 0, count: weights.inputs)
        return (0..<weights.outputs).map { output in
            weights.unpack(output: output, into: &line)
            var (value, magnitude, additions, rounded) = (0.0, 0.0, 0, 0.0)
            let size = readsIntegers ? 32 : 1
            for begin in stride(from: 0, to: weights.inputs, by: size) {
                let block = begin..<min(begin + size, weights.inputs)
                for input in block { value += Double(line[input]) * inputs[input] }
                let largest = block.reduce(0) { max($0, abs(Double(line[$1]))) }
                magnitude += largest * block.reduce(0) { $0 + abs(inputs[$1]) }
                additions += 2
                rounded += block.reduce(0) { $0 + abs(inputs[$1]) } * weights.format.codeRounding
            }
            let bound = Double(additions + 3) * rounding * magnitude * (readsIntegers ? 4 : 1)
            return (value, bound + rounded)
        }
    }

    @Test(arguments: WeightFormat.allCases)
    func everySetAgreesWithScalarAndWithDoubles(_ format: WeightFormat) throws {
        var random = SeededGenerator(seed: 100)
        let scalar = try KernelSet.select("scalar")
        for rowCount in 1...17 {
            let (outputs, inputs) = shape(format, &random)
            let weights = try random.weights(format, outputs: outputs, inputs: inputs)
            #expect(weights.format == format)
            let x = try random.activations(rows: 20, width: inputs)
            let from = (0..<rowCount).map { _ in Int.random(in: 0..<20, using: &random) }
            let to = Array((0..<20).shuffled(using: &random).prefix(rowCount))
            let start = random.floats(outputs)
            func product(_ set: KernelSet) -> Activations {
                let y = Activations(rowCapacity: 20, width: outputs)
                for row in 0..<20 { y.set(row: row, to: start) }
                set.multiply(weights, x, from: from, into: y, at: to)
                return y
            }
            let plain = product(scalar)
            for set in KernelSet.available {
                #expect(
                    product(set).rowBits == plain.rowBits, "\(set.name) \(outputs)x\(inputs)")
            }
            for row in Set(0..<20).subtracting(to) { #expect(plain.copy(row: row) == start) }
            for (from, to) in zip(from, to) {
                let plain = plain.copy(row: to)
                for (output, (value, bound)) in reference(weights, x, row: from).enumerated() {
                    #expect(
                        abs(Double(plain[output]) - value) <= bound,
                        "\(plain[output]) for \(value) ± \(bound)")
                }
            }
        }
    }

    @Test(arguments: WeightFormat.allCases)
    func neitherRowsNorTilesBesideMatter(_ format: WeightFormat) throws {
        var random = SeededGenerator(seed: 101)
        let inputs = max(format.dtype?.blockElementCount ?? 64, 64)
        let weights = try random.weights(format, outputs: 150, inputs: inputs)
        let x = try random.activations(rows: 17, width: inputs)
        for set in KernelSet.available {
            let together = Activations(rowCapacity: 17, width: 150)
            set.multiply(weights, x, from: Array(0..<17), into: together, at: Array(0..<17))
            let alone = Activations(rowCapacity: 17, width: 150)
            for row in 0..<17 {
                var begin = 0
                while begin < weights.tileCount {
                    let end = min(begin + .random(in: 1...5, using: &random), weights.tileCount)
                    set.multiply(
                        weights, x, from: [row], into: alone, at: [row], tiles: begin..<end)
                    begin = end
                }
            }
            #expect(alone.rowBits == together.rowBits, "\(set.name)")
        }
    }

    /// The largest products of bytes: adding pairs of them in 16 bits with saturation would lose here.
    @Test(arguments: [(Int8(127), Int8(127)), (127, -127), (-128, 127), (-128, -127)])
    func extremeBytesDoNotSaturate(weight: Int8, activation: Int8) throws {
        let (outputs, inputs) = (33, 128)
        let block = [0x00, 0x3C] + [UInt8](repeating: UInt8(bitPattern: weight), count: 32)
        let bytes = (0..<outputs * inputs / 32).flatMap { _ in block }
        let weights = try PackedWeights(
            Tensor(name: "w", dtype: .q8_0, shape: [outputs, inputs], bytes: bytes), type: .stored)
        let x = Activations(rowCapacity: 9, width: inputs, quantized: true)
        for row in 0..<9 {
            x.set(row: row, to: [Float](repeating: Float(activation), count: inputs))
        }
        try Compute(scalar: 9).quantize(x, rows: RowList(identity: 9))
        #expect(x.codes[0] == activation && x.scales[0] == 1)
        let expected = Float(inputs * Int(weight) * Int(activation))
        for set in KernelSet.available {
            let y = Activations(rowCapacity: 9, width: outputs)
            set.multiply(weights, x, from: Array(0..<9), into: y, at: Array(0..<9))
            for row in 0..<9 {
                #expect(y.copy(row: row).allSatisfy { $0 == expected }, "\(set.name)")
            }
        }
    }

    /// Every code of NF4 and every byte of the other formats reaches its own input.
    @Test(arguments: WeightFormat.allCases)
    func eachInputMeetsItsOwnWeight(_ format: WeightFormat) throws {
        var random = SeededGenerator(seed: 102)
        let inputs = max(format.dtype?.blockElementCount ?? 64, 64)
        let weights = try random.weights(format, outputs: 19, inputs: inputs)
        let x = Activations(rowCapacity: inputs, width: inputs, quantized: true)
        for row in 0..<inputs {
            var unit = [Float](repeating: 0, count: inputs)
            unit[row] = 127
            x.set(row: row, to: unit)
        }
        try Compute(scalar: inputs).quantize(x, rows: RowList(identity: inputs))
        let set = try KernelSet.select()
        let y = Activations(rowCapacity: inputs, width: 19)
        set.multiply(weights, x, from: Array(0..<inputs), into: y, at: Array(0..<inputs))
        var line = [Float](repeating: 0, count: inputs)
        for output in 0..<19 {
            weights.unpack(output: output, into: &line)
            let largest = line.reduce(0) { max($0, abs($1)) }
            for input in 0..<inputs {
                let found = y.copy(row: input)[output]
                let bound = 0x1p-21 * largest + Float(format.codeRounding)
                #expect(abs(found - 127 * line[input]) <= 127 * bound)
            }
        }
    }

    @Test func theBytesOfNormalFloatsAreTheNearest() {
        let codes = unsafe withUnsafeBytes(of: fb_nf4_codes) {
            unsafe Array($0.bindMemory(to: Float.self))
        }
        let bytes = unsafe withUnsafeBytes(of: fb_nf4_bytes) { unsafe Array($0) }
        #expect(codes.count == 16 && bytes.count == 16)
        for (code, byte) in zip(codes, bytes) {
            let units = Int(byte) - Int(FB_NF4_ZERO)
            #expect(units == Int((code * Float(FB_NF4_UNIT)).rounded()))
            let error = abs(Double(units) / Double(FB_NF4_UNIT) - Double(code))
            #expect(error <= WeightFormat.nf4.codeRounding)
        }
    }
}
