import TestSupport
import Testing

@testable import Tensors

@Suite struct CodecTests {
    @Test(arguments: [DType.q8_0, .q4_0, .q5_0, .q4_K, .q5_K, .q6_K])
    func blocksDequantizeAsInGGUFPython(type: DType) throws {
        let file = try Golden.file("blocks.safetensors")
        let expected = try file.tensor("\(type.rawValue).values")
        let blocks = try Tensor(
            name: "t", dtype: type, shape: expected.shape,
            bytes: file.tensor("\(type.rawValue).blocks").bytes)
        #expect(try blocks.floats().bits == expected.floats().bits)
    }

    /// 2,000 random blocks of every type.
    @Test(arguments: DType.allCases.filter { $0.blocks != nil })
    func everyTypeDequantizesAsInGGUFPython(type: DType) throws {
        let goldens = try FileBytes(path: Golden.path("../blocks/types.json"), loading: .copied)
            .json()
        let golden = try #require(goldens[type.rawValue])
        let number = try #require(golden["number"]?.int)
        #expect(type.ggmlNumber == UInt32(number))
        #expect(type.blockElementCount == golden["elements"]?.int)
        #expect(type.blockByteCount == golden["bytes"]?.int)
        var random = SeededGenerator(seed: UInt64(number))
        let size = type.blockByteCount
        var bytes: [UInt8] = []
        while bytes.count < 2000 * size {
            let number = random.next()
            bytes += (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
        }
        bytes.removeSubrange((2000 * size)...)
        for block in stride(from: 0, to: bytes.count, by: size) {
            for place in type.highBytes
            where bytes[block + place] & 0x7C == 0x7C || type == .iq1_m {
                bytes[block + place] &= 0xBF
            }
        }
        let tensor = try Tensor(
            name: "t", dtype: type, shape: [2000 * type.blockElementCount], bytes: bytes)
        let values = try tensor.floats()
        let digest = Digest(of: values.flatMap { LittleEndian.bytes($0.bitPattern) })
        #expect(digest.description == golden["sha256"]?.string)
        #expect(throws: TensorError.self, "blocks that are cut short") {
            try Tensor(name: "t", dtype: type, shape: tensor.shape, bytes: bytes.dropLast())
        }
    }

    @Test func everyTypeOfGGUFPythonIsThere() throws {
        let goldens = try FileBytes(path: Golden.path("../blocks/types.json"), loading: .copied)
            .json()
        let names = try #require(goldens.object).map(\.key)
        #expect(Set(names) == Set(DType.allCases.filter { $0.blocks != nil }.map(\.rawValue)))
    }

    @Test(arguments: [DType.q8_0, .q4_K])
    func aRowAloneIsTheSameAsWithinTheWhole(type: DType) throws {
        let file = try Golden.file("blocks.safetensors")
        let blocks = try file.tensor("\(type.rawValue).blocks")
        let shape = try file.tensor("\(type.rawValue).values").shape
        let tensor = try Tensor(name: "t", dtype: type, shape: shape, bytes: blocks.bytes)
        let whole = try tensor.floats()
        let row = AlignedBuffer<Float>(count: shape[1])
        for index in 0..<shape[0] {
            unsafe row.withUnsafeMutableBufferPointer { buffer in
                unsafe tensor.dequantize(from: index * shape[1], into: buffer)
            }
            let expected = Array(whole[index * shape[1]..<(index + 1) * shape[1]])
            #expect((0..<row.count).map { row[$0] }.bits == expected.bits)
        }
    }

    @Test(arguments: [DType.q8_0, .q4_0], [32, 64, 256, 512])
    func floatsQuantizeAsInGGUFPython(type: DType, columns: Int) throws {
        let file = try Golden.file("quantize.safetensors")
        let values = try file.tensor("values.\(columns)")
        let expected = try file.tensor("\(type.rawValue).\(columns)").bytes
        #expect(try values.converted(to: type).bytes == expected)
    }

    @Test(arguments: [DType.f16, .bf16])
    func floatsNarrowToTheNearestEven(type: DType) throws {
        let file = try Golden.file("half.safetensors")
        let values = try file.tensor("values")
        #expect(try values.converted(to: type).bytes == file.tensor(type.rawValue).bytes)
    }

    @Test func everyHalfWidensExactly() throws {
        for pattern in UInt16.min ... .max {
            let value = HalfPrecision.float(f16: pattern)
            let expected = Float(Float16(bitPattern: pattern))
            if expected.isNaN {
                #expect(value.isNaN)
            } else {
                #expect(value.bitPattern == expected.bitPattern)
                #expect(HalfPrecision.f16(value) == pattern)
            }
        }
    }

    @Test func notANumberStaysNotANumber() {
        for bits in [0x7F80_0001, 0x7FC0_0000, 0xFF80_0001, 0xFFFF_FFFF] as [UInt32] {
            let value = Float(bitPattern: bits)
            #expect(HalfPrecision.float(f16: HalfPrecision.f16(value)).isNaN)
            #expect(HalfPrecision.float(bf16: HalfPrecision.bf16(value)).isNaN)
        }
    }

    @Test(arguments: [DType.q8_0, .q4_0])
    func valuesThatNoScaleCoversAreRefused(type: DType) throws {
        for bad in [Float.nan, .infinity, -.infinity, 1e30] {
            var values = [Float](repeating: 0.5, count: 64)
            values[40] = bad
            let tensor = try Tensor(name: "t", shape: [2, 32], floats: values)
            #expect(throws: TensorError.self) { try tensor.converted(to: type) }
        }
    }

    @Test func valuesThatAreNotFiniteAreFound() throws {
        for bad in [Float.nan, -.nan, .infinity, -.infinity] {
            for position in [0, 17, 66] {
                var values = [Float](repeating: 60_000, count: 67)
                values[position] = 1
                let good = try Tensor(name: "t", shape: [67], floats: values)
                #expect(good.isFinite())
                #expect(try good.converted(to: .f16).isFinite())
                values[position] = bad
                let tensor = try Tensor(name: "t", shape: [67], floats: values)
                #expect(!tensor.isFinite())
                #expect(try !tensor.converted(to: .bf16).isFinite())
                #expect(try !tensor.converted(to: .f16).isFinite())
            }
        }
    }

    @Test(arguments: [
        (DType.q8_0, [0]), (.q4_0, [0]), (.q5_0, [0]), (.q4_K, [0, 2]), (.q5_K, [0, 2]),
        (.q6_K, [208]),
    ])
    func scalesThatAreNotFiniteAreFound(type: DType, offsets: [Int]) throws {
        let size = type.blockByteCount
        let shape = [3 * type.blockElementCount]
        for offset in offsets {
            var bytes = [UInt8](repeating: 0xFF, count: 3 * size)
            for block in 0..<3 { for scale in offsets { bytes[block * size + scale + 1] = 0x3C } }
            #expect(try Tensor(name: "t", dtype: type, shape: shape, bytes: bytes).isFinite())
            bytes[2 * size + offset + 1] = 0x7C
            #expect(try !Tensor(name: "t", dtype: type, shape: shape, bytes: bytes).isFinite())
        }
    }

    @Test func integersAreFinite() throws {
        #expect(
            try Tensor(name: "t", dtype: .i32, shape: [1], bytes: [0xFF, 0xFF, 0xFF, 0x7F])
                .isFinite())
    }

    @Test func rowsThatAreNoWholeBlocksAreRefused() throws {
        let tensor = try Tensor(
            name: "t", shape: [32, 3], floats: [Float](repeating: 1, count: 96))
        let error = #expect(throws: TensorError.self) { try tensor.converted(to: .q8_0) }
        #expect(error?.code == .mismatch)
    }

    @Test func integersAreNoWeights() throws {
        let tensor = try Tensor(name: "t", dtype: .i32, shape: [1], bytes: [1, 0, 0, 0])
        #expect(throws: TensorError.self) { try tensor.floats() }
    }

    @Test func bytesThatDoNotFillTheShapeAreRefused() {
        #expect(throws: TensorError.self) {
            try Tensor(name: "t", dtype: .f32, shape: [2], bytes: [0, 0, 0, 0])
        }
        #expect(throws: TensorError.self) {
            try Tensor(name: "t", dtype: .f32, shape: [.max, .max], bytes: [])
        }
        #expect(throws: TensorError.self) {
            try Tensor(name: "t", dtype: .f32, shape: [-1], bytes: [])
        }
    }
}

extension DType {
    /// Where the high bytes of half-precision scales are in a block; IQ1_M has the highest bits of one there.
    fileprivate var highBytes: [Int] {
        switch self {
        case .q4_1, .q5_1, .q4_K, .q5_K: [1, 3]
        case .q2_K: [81, 83]
        case .q3_K: [109]
        case .q6_K: [209]
        case .iq1_m: [55]
        case .tq1_0: [53]
        case .tq2_0: [65]
        case .mxfp4, .nvfp4: []
        default: [1]
        }
    }
}
