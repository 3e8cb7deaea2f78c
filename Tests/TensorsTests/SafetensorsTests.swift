import Tensors
import TestSupport
import Testing

@Suite struct SafetensorsTests {
    @Test func writtenTensorsReadBack() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("model.safetensors")
        var writer = SafetensorsWriter(metadata: ["format": "pt"])
        try writer.add(
            try Tensor(
                name: "b", shape: [2, 3], floats: [1, -2, 3.5, 0, -0.0, .leastNonzeroMagnitude]))
        try writer.add(
            try Tensor(name: "a", dtype: .f16, shape: [2], bytes: [0x00, 0x3C, 0x01, 0x00]))
        try writer.add(try Tensor(name: "c", dtype: .bf16, shape: [], bytes: [0x80, 0xBF]))
        try writer.write(to: path)

        for loading in [FileBytes.Loading.mapped, .copied] {
            let file = try SafetensorsFile(path: path, loading: loading)
            #expect(file.tensors.map(\.name) == ["b", "a", "c"])
            #expect(file.metadata == ["format": "pt"])
            #expect(file["b"]?.shape == [2, 3])
            #expect(try file["b"]?.floats() == [1, -2, 3.5, 0, -0.0, .leastNonzeroMagnitude])
            #expect(try file["a"]?.floats() == [1, 0x1p-24])
            #expect(try file["c"]?.floats() == [-1])
            #expect(file["d"] == nil)
        }
    }

    /// The reference implementation is deterministic, too: the same tensors give the same bytes.
    @Test(arguments: ["blocks", "half", "quantize", "nf4", "nf4_values", "nf4_large"])
    func filesAreLaidOutAsByTheReferenceImplementation(name: String) throws {
        let original = try Golden.file("\(name).safetensors")
        var writer = SafetensorsWriter(metadata: original.metadata)
        for tensor in original.tensors.reversed() { try writer.add(tensor) }
        let folder = try TemporaryFolder()
        let path = folder.path("copy.safetensors")
        try writer.write(to: path)
        #expect(try SafetensorsFile(path: path).digest() == original.digest())
    }

    @Test func tensorsAreMadeWhenTheirTurnComes() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.safetensors")
        var writer = SafetensorsWriter()
        try writer.add(name: "a", dtype: .f32, shape: [2]) { () throws(TensorError) in
            try Tensor(name: "", shape: [2], floats: [1, 2])
        }
        try writer.write(to: path)
        #expect(try SafetensorsFile(path: path)["a"]?.floats() == [1, 2])
        try writer.add(name: "b", dtype: .f32, shape: [2]) { () throws(TensorError) in
            try Tensor(name: "", shape: [1], floats: [1])
        }
        #expect(throws: TensorError.self, "made with another shape than announced") {
            try writer.write(to: path)
        }
        #expect(
            try SafetensorsFile(path: path).tensors.count == 1, "the file from before is untouched")
    }

    @Test func whatTheFormatCannotHoldIsNotWritten() throws {
        var writer = SafetensorsWriter()
        try writer.add(try Tensor(name: "a", shape: [1], floats: [1]))
        let refused = [
            try Tensor(name: "a", shape: [1], floats: [1]),
            try Tensor(name: "__metadata__", shape: [1], floats: [1]),
            try Tensor(name: "e", shape: [0], floats: []),
            try Tensor(
                name: "q", dtype: .q8_0, shape: [32], bytes: [UInt8](repeating: 0, count: 34)),
        ]
        for tensor in refused {
            #expect(throws: TensorError.self) { try writer.add(tensor) }
        }
    }
}
