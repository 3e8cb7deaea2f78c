import Tensors
import TestSupport
import Testing

@Suite struct GGUFTests {
    @Test func aFileOfGGUFPythonIsRead() throws {
        let file = try GGUFFile(path: Golden.path("types.gguf"))
        #expect(file.version == 3)
        #expect(file.keys.first == "general.architecture")
        let expected: [String: GGUFValue] = [
            "general.architecture": .string("llama"),
            "test.uint8": .uint8(200), "test.int8": .int8(-100),
            "test.uint16": .uint16(60000), "test.int16": .int16(-30000),
            "test.uint32": .uint32(4_000_000_000), "test.int32": .int32(-2_000_000_000),
            "test.uint64": .uint64(1 << 63), "test.int64": .int64(-(1 << 62)),
            "test.float32": .float32(0.1), "test.float64": .float64(0.1),
            "test.bool": .bool(true), "test.string": .string("Grüße, 世界 🌍"),
            "test.strings": .array(
                .string, [.string(""), .string("a"), .string("▁the"), .string("\n")]),
            "test.ints": .array(.int32, [.int32(1), .int32(-2), .int32(3)]),
            "test.floats": .array(.float32, [.float32(0.5), .float32(-1.25)]),
            "test.bools": .array(.bool, [.bool(true), .bool(false)]),
            "test.nested": .array(
                .array, [.array(.int32, [.int32(1), .int32(2)]), .array(.int32, [.int32(3)])]),
        ]
        for (key, value) in expected { #expect(file.metadata[key] == value, "\(key)") }
        #expect(file["blk.Q4_K"]?.shape == [3, 512])
        #expect(file["blk.Q4_K"]?.dtype == .q4_K)
        #expect(file["blk.Q8_0"]?.shape == [3, 64])
        #expect(file["vector"].map { try? $0.floats() } == [0, 1, 2, 3, 4, 5, 6])
        #expect(file["i32"]?.bytes.count == 24)
        let values = try #require(try file["f32"]?.floats())
        #expect(
            try file["bf16"]?.floats()
                == values.map { HalfPrecision.float(bf16: HalfPrecision.bf16($0)) })
        #expect(
            try file["f16"]?.floats()
                == values.map { HalfPrecision.float(f16: HalfPrecision.f16($0)) })
    }

    @Test func accessorsConvertWithinTheirKind() throws {
        let metadata = try GGUFFile(path: Golden.path("types.gguf")).metadata
        #expect(metadata["test.uint64"]?.int == nil)
        #expect(metadata["test.int64"]?.int == -(1 << 62))
        #expect(metadata["test.int8"]?.double == -100)
        #expect(metadata["test.strings"]?.strings == ["", "a", "▁the", "\n"])
        #expect(metadata["test.ints"]?.ints == [1, -2, 3])
        #expect(metadata["test.ints"]?.strings == nil)
        #expect(metadata["test.floats"]?.doubles == [0.5, -1.25])
    }

    @Test func aWrittenFileIsTheFileThatWasRead() throws {
        let original = try GGUFFile(path: Golden.path("types.gguf"))
        var writer = GGUFWriter()
        for key in original.keys { try writer.add(key, try #require(original.metadata[key])) }
        for tensor in original.tensors { try writer.add(tensor) }
        let folder = try TemporaryFolder()
        let path = folder.path("copy.gguf")
        try writer.write(to: path)
        let copy = try GGUFFile(path: path)
        #expect(copy.metadata == original.metadata)
        #expect(copy.keys == original.keys)
        #expect(copy.tensors.map(\.name) == original.tensors.map(\.name))
        for (left, right) in zip(copy.tensors, original.tensors) {
            #expect(
                left.shape == right.shape && left.dtype == right.dtype && left.bytes == right.bytes)
        }
        #expect(copy.digest() == original.digest(), "the writer lays files out as gguf-py does")
    }

    @Test func whatGGMLCannotHoldIsNotWritten() throws {
        var writer = GGUFWriter()
        try writer.add("key", .bool(true))
        #expect(throws: TensorError.self) { try writer.add("key", .bool(true)) }
        #expect(throws: TensorError.self) { try writer.add("", .bool(true)) }
        #expect(throws: TensorError.self) { try writer.add("general.alignment", .uint32(64)) }
        #expect(throws: TensorError.self) { try writer.add("mixed", .array(.bool, [.uint8(1)])) }
        let long = String(repeating: "n", count: 64)
        let tensor = try Tensor(name: "t", shape: [1], floats: [1])
        #expect(throws: TensorError.self) { try writer.add(tensor.renamed(long)) }
        #expect(throws: TensorError.self) {
            try writer.add(try Tensor(name: "u", dtype: .u8, shape: [1], bytes: [1]))
        }
        #expect(throws: TensorError.self) {
            try writer.add(try Tensor(name: "s", shape: [], floats: [1]))
        }
        try writer.add(tensor)
        #expect(throws: TensorError.self) { try writer.add(tensor) }
    }
}
