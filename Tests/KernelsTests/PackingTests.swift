import Tensors
import TestSupport
import Testing

@testable import Kernels

@Suite struct PackingTests {
    static let types = DType.allCases.filter(\.isReal)

    private func rows(_ weights: PackedWeights) -> [[UInt32]] {
        (0..<weights.outputs).map { output in
            var row = [Float](repeating: 0, count: weights.inputs)
            weights.unpack(output: output, into: &row)
            return row.bits
        }
    }

    private func rows(_ tensor: Tensor) throws -> [[UInt32]] {
        let floats = try tensor.floats()
        let columns = tensor.shape[1]
        return (0..<tensor.shape[0]).map { Array(floats[$0 * columns..<($0 + 1) * columns]).bits }
    }

    @Test(arguments: types, [1, 16, 37])
    func packingLosesNothing(_ dtype: DType, outputs: Int) throws {
        var random = SeededGenerator(seed: 1)
        let tensor = try random.tensor(dtype, rows: outputs, columns: 512)
        let expected = try rows(tensor)
        #expect(try rows(PackedWeights(tensor, type: .stored)) == expected)
        #expect(try rows(PackedWeights(tensor, type: .f32)) == expected)
        let order = (0..<outputs).shuffled(using: &random)
        let pool = try ThreadPool(threadCount: 2, spinCount: 0)
        let shuffled = try PackedWeights(tensor, type: .stored, rowOrder: order, pool: pool)
        #expect(rows(shuffled) == order.map { expected[$0] })
    }

    /// Images of older layouts are told by their version: other bytes here need another `layoutVersion`.
    @Test func layoutsHaveAVersion() throws {
        let folder = try TemporaryFolder()
        var random = SeededGenerator(seed: 5)
        var digests: [String] = []
        for formats in [WeightFormat.allCases.prefix(9), WeightFormat.allCases.dropFirst(9)] {
            var writer = try SealedFileWriter(path: folder.path("packed"))
            for format in formats {
                _ = try random.weights(format, outputs: 37, inputs: 512).append(to: &writer)
            }
            try writer.seal { payload in
                digests.append(payload.description)
                return .null
            }
            try folder.remove("packed")
        }
        #expect(WeightFormat.layoutVersion == 2)
        #expect(
            digests == [
                "fe022f48b2b148257f6f0834aabd55d6e72dc5e7de5c1f7d079afb95d782ef4c",
                "9d3ce0cb216766aba5c27483784d35e68960213a4cbfc948e5c7f77021674e06",
            ])
    }

    @Test(arguments: WeightFormat.allCases)
    func packedWeightsComeBackFromAFile(_ format: WeightFormat) throws {
        let folder = try TemporaryFolder()
        var random = SeededGenerator(seed: 6)
        let weights = try random.weights(format, outputs: 37, inputs: 512)
        var writer = try SealedFileWriter(path: folder.path("packed"))
        _ = try random.weights(.f32, outputs: 1, inputs: 3).append(to: &writer)
        let place = try weights.append(to: &writer)
        try writer.seal { _ in .null }
        let file = try SealedFile(path: folder.path("packed"))
        let mapped = try PackedWeights(
            name: "w", format: format, outputs: 37, inputs: 512, place: place, in: file)
        #expect(mapped.byteCount == weights.byteCount && rows(mapped) == rows(weights))
        let lies: [(Int, Int, Range<Int>)] = [
            (0, 512, place), (49, 512, place), (37, 544, place), (37, 500, place),
            (-37, 512, place), (37, 0, place), (.max, .max, place), (.max, 512, place),
            (37, 512, place.lowerBound..<place.upperBound + 1),
            (37, 512, place.lowerBound + 64..<place.upperBound + 64),
            (37, 512, place.lowerBound - 1..<place.upperBound - 1),
        ]
        for (outputs, inputs, place) in lies {
            #expect(throws: KernelError.self) {
                try PackedWeights(
                    name: "w", format: format, outputs: outputs, inputs: inputs, place: place,
                    in: file)
            }
        }
    }

    @Test func normalFloatsAreCodeTimesMaximum() throws {
        let values: [Float] = [
            -1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453,
            -0.28444138169288635,
            -0.18477343022823334, -0.09105003625154495, 0, 0.07958029955625534, 0.16093020141124725,
            0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941,
            0.7229568362236023, 1,
        ]
        var random = SeededGenerator(seed: 2)
        let (outputs, inputs) = (21, 192)
        let codes = random.bytes(outputs * inputs / 2)
        let maxima = random.floats(outputs * inputs / 64, in: 0...3)
        let expected = (0..<outputs).map { output in
            (0..<inputs).map { input in
                let at = output * inputs + input
                let code = at.isMultiple(of: 2) ? codes[at / 2] >> 4 : codes[at / 2] & 15
                return values[Int(code)] * maxima[at / 64]
            }.bits
        }
        #expect(
            rows(PackedWeights(nf4: codes, maxima: maxima, outputs: outputs, inputs: inputs))
                == expected)
        let order = (0..<outputs).shuffled(using: &random)
        let shuffled = PackedWeights(
            nf4: codes, maxima: maxima, outputs: outputs, inputs: inputs, rowOrder: order)
        #expect(rows(shuffled) == order.map { expected[$0] })
    }

    @Test func executionTypesQuantizeFloatsOnce() throws {
        var random = SeededGenerator(seed: 3)
        for dtype in [DType.f32, .f16, .bf16] {
            let tensor = try random.tensor(dtype, rows: 20, columns: 64)
            let eight = try rows(tensor.converted(to: .q8_0))
            let four = try rows(tensor.converted(to: .q4_0))
            let packed = try PackedWeights(tensor, type: .q8_0)
            #expect(packed.format == .u8 && rows(packed) == eight)
            #expect(try rows(PackedWeights(tensor, type: .q4_0)) == four)
            #expect(try rows(PackedWeights(tensor, type: .q4_0, role: .vocabulary)) == eight)
            #expect(try rows(PackedWeights(tensor, type: .nf4)) == rows(tensor))
        }
        for type in ExecutionType.allCases where type != .f32 {
            let tensor = try random.tensor(.q6_K, rows: 20, columns: 256)
            let packed = try PackedWeights(tensor, type: type)
            #expect(packed.format == .u8TwoScales)
            #expect(try rows(packed) == rows(tensor))
        }
        let narrow = try random.tensor(.bf16, rows: 20, columns: 40)
        #expect(try PackedWeights(narrow, type: .q4_0).format == .bf16)
    }

    /// An infinite or undefined number anywhere, or such a scale of any block, is refused with its row.
    @Test(
        arguments: types.filter {
            $0 != .f64 && ($0.blockElementCount == 1 || !$0.scaleOffsets.isEmpty)
        })
    func valuesThatAreNotFiniteAreRefused(_ dtype: DType) throws {
        var random = SeededGenerator(seed: 4)
        let (outputs, columns) = (19, 512)
        let tensor = try random.tensor(dtype, rows: outputs, columns: columns)
        let sound = unsafe tensor.withUnsafeBytes { unsafe Array($0) }
        let isBlock = dtype.blockElementCount > 1
        let patterns: [UInt16] =
            dtype == .f32 || dtype == .bf16 ? [0x7F80, 0xFF80, 0x7FC1] : [0x7C00, 0xFC00, 0x7E01]
        for pattern in patterns {
            let row = Int.random(in: 0..<outputs, using: &random)
            let rowBytes = sound.count / outputs
            let block = Int.random(in: 0..<columns / dtype.blockElementCount, using: &random)
            let offset =
                isBlock
                ? dtype.scaleOffsets.randomElement(using: &random) ?? 0 : dtype.blockByteCount - 2
            var bytes = sound
            let at = row * rowBytes + block * dtype.blockByteCount + offset
            bytes[at] = UInt8(truncatingIfNeeded: pattern)
            bytes[at + 1] = UInt8(pattern >> 8)
            let broken = try Tensor(
                name: "layer.w", dtype: dtype, shape: tensor.shape, bytes: bytes)
            let expected = KernelError.format(
                name: "layer.w", problem: "row \(row) holds values that are not finite")
            #expect(throws: expected) { try PackedWeights(broken, type: .stored) }
        }
    }

    /// Exponents that make weights infinite, and a scale whose bits are in four places.
    @Test func scalesOfOtherKindsThatAreNotFiniteAreRefused() throws {
        var random = SeededGenerator(seed: 7)
        for (dtype, at, byte) in [(DType.mxfp4, 0, 0xFF as UInt8), (.iq1_m, 55, 0x7F)] {
            let sound = try random.tensor(dtype, rows: 3, columns: 256)
            var bytes = unsafe sound.withUnsafeBytes { unsafe Array($0) }
            // The bits of infinity that IQ1_M has elsewhere.
            if dtype == .iq1_m { bytes[bytes.count / 3 + 53] = 0xC0 }
            bytes[bytes.count / 3 + at] = byte
            let tensor = try Tensor(name: "w", dtype: dtype, shape: sound.shape, bytes: bytes)
            #expect(!tensor.isFinite() && sound.isFinite())
            #expect(
                throws: KernelError.format(
                    name: "w", problem: "row 1 holds values that are not finite")
            ) { try PackedWeights(tensor, type: .stored) }
        }
    }

    @Test func matricesOfOtherKindsAreRefused() throws {
        let needed = "a matrix of real numbers"
        for (shape, dtype) in [
            ([8], DType.f32), ([2, 2, 2], .f32), ([0, 4], .f32), ([2, 4], .i32), ([2, 4], .bool),
        ] {
            let count = shape.reduce(1, *) * dtype.blockByteCount
            let tensor = try Tensor(
                name: "w", dtype: dtype, shape: shape, bytes: [UInt8](repeating: 0, count: count))
            #expect(throws: KernelError.shape(name: "w", found: shape, needed: needed)) {
                try PackedWeights(tensor, type: .stored)
            }
        }
    }

    /// A double that no float holds becomes infinite, so it is refused too.
    @Test func doublesBeyondFloatsAreRefused() throws {
        let bytes = [1e300, 1].flatMap { value in
            (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> ($0 * 8)) }
        }
        let tensor = try Tensor(name: "w", dtype: .f64, shape: [1, 2], bytes: bytes)
        #expect(throws: KernelError.self) { try PackedWeights(tensor, type: .stored) }
    }
}
