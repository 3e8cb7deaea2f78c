import Tensors
import TestSupport
import Testing

@Suite struct NF4Tests {
    static let names = ["nested", "plain", "odd", "nested_odd"]

    @Test(arguments: names)
    func checkpointsOfBitsAndBytesDequantizeBitIdentically(name: String) throws {
        let file = try Golden.file("nf4.safetensors")
        let expected = try Golden.file("nf4_values.safetensors").tensor("\(name).values")
        let tensor = try NF4Tensor(name: "\(name).weight") { file[$0] }
        #expect(tensor.shape == expected.shape)
        #expect(tensor.blockSize == 64)
        #expect((tensor.doubleQuantization != nil) == name.hasPrefix("nested"))
        #expect(try tensor.floats().bits == expected.floats().bits)
    }

    @Test(arguments: names)
    func quantizingGivesTheCodesOfBitsAndBytes(name: String) throws {
        let file = try Golden.file("nf4.safetensors")
        let source = try Golden.file("nf4_values.safetensors").tensor("\(name).source")
        let stored = try NF4Tensor(name: "\(name).weight") { file[$0] }
        let made = try NF4Tensor(
            quantizing: source.floats(), shape: source.shape,
            doubleQuantization: name.hasPrefix("nested"))
        #expect(made.codes.bytes == stored.codes.bytes)
        if let nested = stored.doubleQuantization {
            #expect(made.doubleQuantization?.codes == nested.codes)
            #expect(made.doubleQuantization?.map.bits == nested.map.bits)
        } else {
            #expect(made.absmax.bits == stored.absmax.bits)
        }
    }

    @Test func fourMillionValuesQuantizeAsInBitsAndBytes() throws {
        let file = try Golden.file("nf4_large.safetensors")
        let values = Self.computedValues(count: 1 << 22)
        let made = try NF4Tensor(quantizing: values, shape: [2048, 2048], doubleQuantization: true)
        #expect(Digest(of: made.codes.bytes).description == file.metadata["packed"])
        let nested = try #require(made.doubleQuantization)
        let expected = try file.tensor("scale_codes").bytes
        #expect(nested.codes.count == expected.count)
        let differences = zip(nested.codes, expected).map { abs(Int($0) - Int($1)) }
        #expect(differences.max() ?? 0 <= 1)
        #expect(differences.filter { $0 > 0 }.count * 1000 <= expected.count)
        let offset = try file.tensor("offset").floats()[0]
        #expect((nested.offset - offset).magnitude <= 2 * offset.ulp)
    }

    /// As in make_formats.py.
    private static func computedValues(count: Int) -> [Float] {
        func hashed(_ value: UInt64) -> UInt64 {
            var value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
        return (0..<UInt64(count)).map { index in
            var total = 0
            for term in 0..<4 as Range<UInt64> { total += Int(hashed(index * 4 + term) & 0xFFFF) }
            let scale = Float(hashed(index / 64 ^ 0x5CA1E) & 0xFF)
            return Float(total - 131070) / 131072 * (scale + 64)
        }
    }

    @Test(arguments: [true, false])
    func aWrittenCheckpointReadsBack(doubleQuantization: Bool) throws {
        var random = SeededGenerator(seed: 3)
        let values = (0..<35 * 30).map { _ in Float.random(in: -1...1, using: &random) }
        let tensor = try NF4Tensor(
            quantizing: values, shape: [35, 30], doubleQuantization: doubleQuantization,
            sourceType: .bf16,
            name: "a.weight")
        var writer = SafetensorsWriter()
        for part in try tensor.checkpointTensors() { try writer.add(part) }
        let folder = try TemporaryFolder()
        try writer.write(to: folder.path("model.safetensors"))
        let file = try SafetensorsFile(path: folder.path("model.safetensors"))
        #expect(NF4Tensor.isStored("a.weight") { file[$0] })
        #expect(!NF4Tensor.isStored("b.weight") { file[$0] })
        let read = try NF4Tensor(name: "a.weight") { file[$0] }
        #expect(read.sourceType == .bf16)
        #expect(read.doubleQuantization == tensor.doubleQuantization)
        #expect(read.floats().bits == tensor.floats().bits)
    }

    @Test func anyRunDequantizesAsWithinTheWhole() throws {
        let file = try Golden.file("nf4.safetensors")
        let tensor = try NF4Tensor(name: "odd.weight") { file[$0] }
        let whole = tensor.floats()
        for start in 0..<whole.count {
            let count = min(67, whole.count - start)
            let run = AlignedBuffer<Float>(count: count)
            unsafe run.withUnsafeMutableBufferPointer {
                unsafe tensor.dequantize(from: start, into: $0)
            }
            #expect((0..<count).map { run[$0] }.bits == Array(whole[start..<start + count]).bits)
        }
    }

    @Test func valuesThatAreNotFiniteAreRefused() {
        for bad in [Float.nan, .infinity] {
            #expect(throws: TensorError.self) {
                try NF4Tensor(quantizing: [0, bad], shape: [2], doubleQuantization: false)
            }
        }
        #expect(throws: TensorError.self) {
            try NF4Tensor(quantizing: [0], shape: [2], doubleQuantization: false)
        }
    }

    /// Parts that are missing, of the wrong size or type, and states that lie.
    @Test func damagedCheckpointsAreRefused() throws {
        let file = try Golden.file("nf4.safetensors")
        for name in ["nested_odd.weight", "plain.weight"] {
            let stored = file.tensors.filter { $0.name.hasPrefix(name) }
            #expect(stored.count >= 4)
            for part in stored {
                #expect(throws: TensorError.self, "without \(part.name)") {
                    try NF4Tensor(name: name) { $0 == part.name ? nil : file[$0] }
                }
                let short = try Tensor(
                    name: part.name, dtype: part.dtype, shape: [1],
                    bytes: Array(part.bytes.prefix(part.dtype.blockByteCount)))
                #expect(throws: TensorError.self, "short \(part.name)") {
                    try NF4Tensor(name: name) { $0 == part.name ? short : file[$0] }
                }
            }
        }
        let states = [
            #"{"quant_type": "fp4", "blocksize": 64, "dtype": "float32", "shape": [32, 64]}"#,
            #"{"quant_type": "nf4", "blocksize": 0, "dtype": "float32", "shape": [32, 64]}"#,
            #"{"quant_type": "nf4", "blocksize": 64, "dtype": "int8", "shape": [32, 64]}"#,
            #"{"quant_type": "nf4", "blocksize": 64, "dtype": "float32", "shape": [32, 65]}"#,
            #"{"quant_type": "nf4", "blocksize": 64, "dtype": "float32", "shape": [-32, -64]}"#,
            #"{"quant_type": "nf4", "blocksize": 64, "dtype": "float32", "shape": [9223372036854775807]}"#,
            #"{"quant_type": "nf4", "blocksize": 64, "dtype": "float32", "shape": null}"#,
            #"{"quant_type": "nf4", "blocksize": 64, "dtype": "float32", "shape": [32, 64], "nested_offset": 1e300, "nested_blocksize": 256}"#,
            #"{"quant_type": "nf4", "blocksize": 64, "dtype": "float32", "shape": [32, 64], "nested_offset": 1, "nested_blocksize": 0}"#,
            "[]", "",
        ]
        for state in states {
            let bytes = Array(state.utf8)
            let key = "plain.weight.quant_state.bitsandbytes__nf4"
            let part = try Tensor(name: key, dtype: .u8, shape: [bytes.count], bytes: bytes)
            #expect(throws: TensorError.self, "\(state)") {
                try NF4Tensor(name: "plain.weight") { $0 == key ? part : file[$0] }
            }
        }
    }
}
