import Tensors
import TestSupport
import Testing

@testable import Kernels

@Suite struct QuantizeTests {
    private func quantized(_ values: [Float], _ set: KernelSet) throws -> Activations {
        let x = Activations(rowCapacity: 1, width: values.count, quantized: true)
        x.set(row: 0, to: values)
        Compute(kernels: set, pool: try ThreadPool(threadCount: 1), rowCapacity: 1)
            .quantize(x, rows: RowList(identity: 1))
        return x
    }

    private func codes(_ values: [Float]) throws -> [Int8] {
        let x = try quantized(values, KernelSet.select())
        return values.indices.map { x.codes[$0] }
    }

    /// 127 as the largest makes the scale one, so that codes are the rounded values.
    @Test func tiesGoToEven() throws {
        let values: [Float] = [
            127, 0.5, 1.5, 2.5, 3.5, -0.5, -1.5, -2.5, -126.5, 126.5, 0.49999997, 0.50000006,
        ]
        #expect(try codes(values) == [127, 0, 2, 2, 4, 0, -2, -2, -126, 126, 0, 1])
    }

    @Test func zerosStayZero() throws {
        for set in KernelSet.available {
            let x = try quantized([Float](repeating: 0, count: 32) + [1, -0.0], set)
            #expect((0..<32).allSatisfy { x.codes[$0] == 0 } && x.scales[0] == 0)
            #expect(x.sums[0] == 0 && x.sums[1] == 0)
            #expect(x.codes[32] == 127 && x.codes[33] == 0 && x.sums[2] == 127)
            #expect((34..<64).allSatisfy { x.codes[$0] == 0 })
        }
    }

    /// Half a step, or what is too small to matter in any sum of floats.
    @Test(
        arguments: [0x1p-146, 0x1p-133, 1e-38, 4e-37, 1e-30, 1e-5, 1, 1e10, 1e38, 3.4e38] as [Float]
    )
    func everyMagnitudeIsWithinHalfAStep(_ magnitude: Float) throws {
        var random = SeededGenerator(seed: 5)
        let values = random.floats(96).map { $0 * magnitude }
        let reference = try quantized(values, KernelSet.select("scalar"))
        for set in KernelSet.available {
            let x = try quantized(values, set)
            for index in values.indices {
                #expect(x.codes[index] == reference.codes[index] && x.codes[index] >= -127)
                let step = Double(x.scales[index / 32])
                #expect(step == Double(reference.scales[index / 32]) && step.isFinite)
                let error = abs(Double(x.codes[index]) * step - Double(values[index]))
                #expect(error <= max(step * 0.50002, 1e-36), "\(values[index])")
            }
        }
    }

    @Test(arguments: [1, 16, 31, 32, 33, 64, 100, 256])
    func everySetAgreesWithPlainArithmetic(width: Int) throws {
        var random = SeededGenerator(seed: UInt64(width))
        let values = random.floats(width, in: -7...7)
        for set in KernelSet.available {
            let x = try quantized(values, set)
            for begin in stride(from: 0, to: width, by: 32) {
                let block = values[begin..<min(begin + 32, width)]
                let largest = block.reduce(0) { max($0, abs($1)) }
                let expected = block.map { Int8(($0 * (127 / largest)).rounded(.toNearestOrEven)) }
                #expect(block.indices.map { x.codes[$0] } == expected)
                #expect(x.scales[begin / 32] == largest / 127)
                let sums = [expected.prefix(16), expected.dropFirst(16)].map {
                    $0.reduce(0) { $0 + Int32($1) }
                }
                for column in block.indices where !block[column].isSubnormal {
                    #expect(x.bfloats[column] == HalfPrecision.bf16(block[column]))
                }
                #expect([x.sums[begin / 16], x.sums[begin / 16 + 1]] == sums)
                let sum = sums[0] + sums[1]
                #expect(
                    [x.starts[begin / 16], x.starts[begin / 16 + 1]] == [-128 * sum, -8 * sum])
            }
        }
    }
}
