import Tensors
import TestSupport
import Testing

@testable import Adapters

/// Factors of one matrix that holds several, as Phi-3 has them.
@Suite struct FusedModuleTests {
    private func base(fused: Set<LinearName.Site>) -> BaseShape {
        BaseShape(
            name: "base", digest: Digest(of: [1]), layerCount: 2,
            linears: [
                .query: (8, 8), .key: (4, 8), .value: (4, 8), .gate: (12, 8), .up: (12, 8),
            ], fused: fused)
    }

    private func tensor(_ name: String, _ shape: [Int]) throws -> Tensor {
        let count = shape.reduce(1, *)
        return try Tensor(name: name, shape: shape, floats: (0..<count).map(Float.init))
    }

    private func tensors(rows: Int = 16) throws -> [Tensor] {
        let module = "base_model.model.model.layers.1.self_attn.qkv_proj"
        return [
            try tensor("\(module).lora_A.weight", [2, 8]),
            try tensor("\(module).lora_B.weight", [rows, 2]),
            try tensor("\(module).lora_magnitude_vector", [1, rows]),
        ]
    }

    @Test func rowsGoToTheirParts() throws {
        let tensors = try AdapterTensors(tensors(), base: base(fused: [.queryKeyValue]))
        #expect(tensors.pairs.count == 3)
        for (linear, rows) in [(LinearName.query, 0..<8), (.key, 8..<12), (.value, 12..<16)] {
            let pair = try #require(tensors.pairs[.linear(layer: 1, linear)])
            #expect(pair.path == "model.layers.1.self_attn.qkv_proj" && pair.a.shape == [2, 8])
            #expect(pair.b.shape == [rows.count, 2])
            #expect(
                try pair.b.floats() == (2 * rows.lowerBound..<2 * rows.upperBound).map(Float.init))
            #expect(try pair.magnitude?.floats() == rows.map(Float.init))
        }
    }

    @Test func otherBasesAndShapesAreRefused() throws {
        for (rows, fused) in [(16, Set<LinearName.Site>()), (12, [.queryKeyValue])] {
            #expect {
                try AdapterTensors(tensors(rows: rows), base: base(fused: fused))
            } throws: { error in
                (error as? AdapterError)?.code == .mismatch
            }
        }
    }

    @Test func factorsOfAPartBesideAreRefused() throws {
        let module = "model.layers.1.self_attn.k_proj"
        let more = [
            try tensor("\(module).lora_A.weight", [2, 8]),
            try tensor("\(module).lora_B.weight", [4, 2]),
        ]
        #expect(throws: AdapterError.self) {
            try AdapterTensors(tensors() + more, base: base(fused: [.queryKeyValue]))
        }
    }

    /// llama.cpp calls the matrix of gate and up `ffn_up`.
    @Test func namesOfGGUFAreUnderstood() throws {
        var writer = GGUFWriter()
        try writer.add("general.architecture", .string("phi3"))
        for (name, shape) in [
            ("blk.0.attn_qkv.weight.lora_a", [2, 8]), ("blk.0.attn_qkv.weight.lora_b", [16, 2]),
            ("blk.0.ffn_up.weight.lora_a", [2, 8]), ("blk.0.ffn_up.weight.lora_b", [24, 2]),
        ] {
            try writer.add(tensor(name, shape))
        }
        let folder = try TemporaryFolder()
        try writer.write(to: folder.path("adapter.gguf"))
        let file = try GGUFFile(path: folder.path("adapter.gguf"))
        let tensors = try AdapterTensors(
            gguf: file, base: base(fused: [.queryKeyValue, .gateUp]))
        #expect(tensors.pairs.count == 5)
    }
}
