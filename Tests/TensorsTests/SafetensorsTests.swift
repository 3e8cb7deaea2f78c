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
}
