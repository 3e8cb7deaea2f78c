import Kernels
import Tensors
import TestSupport
import Testing

@testable import Adapters

/// Adapters in GGUF that are refused; those that are taken are compared with PEFT's in `AdapterFormTests`.
@Suite struct GGUFAdapterTests {
    private static let base = BaseShape(
        name: "base", digest: Digest(of: [1]), layerCount: 2,
        linears: [.query: (8, 8), .value: (4, 8)],
        vocabulary: BaseShape.Vocabulary(size: 10, hiddenSize: 8, isTied: false),
        layout: BaseShape.Layout(architecture: "llama", pairedHeadDimension: 4))

    private static let usual: [String: GGUFValue] = [
        "general.architecture": .string("llama"), "general.type": .string("adapter"),
        "adapter.type": .string("lora"), "adapter.lora.alpha": .float32(4),
    ]

    private func load(
        _ changes: [String: GGUFValue?] = [:],
        tensors: [String: [Int]] = [
            "blk.1.attn_q.weight.lora_a": [2, 8], "blk.1.attn_q.weight.lora_b": [8, 2],
        ]
    ) throws -> Adapter {
        let folder = try TemporaryFolder()
        var writer = GGUFWriter()
        var metadata = Self.usual
        for (key, value) in changes { metadata[key] = value }
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) { try writer.add(key, value) }
        for (name, shape) in tensors.sorted(by: { $0.key < $1.key }) {
            let count = shape.reduce(1, *)
            try writer.add(
                Tensor(name: name, shape: shape, floats: (0..<count).map { Float($0) / 8 }))
        }
        let path = folder.path("My-Adapter.gguf")
        try writer.write(to: path)
        return try Adapter(path: path, base: Self.base)
    }

    /// Rows of q go from pairs to halves; the scale is alpha / rank, and one without an alpha.
    @Test func rowsAndScalesAreThoseOfLlamaCpp() throws {
        let term = try #require(load().terms[LinearName.site(.queryKeyValue, layer: 1)])
        let columns = term.expansions[0].columns
        #expect(term.expansions[0].factor == 2)
        for (row, stored) in [0, 2, 1, 3, 4, 6, 5, 7].enumerated() {
            #expect(columns.row(row) == [Float(2 * stored) / 8, Float(2 * stored + 1) / 8])
        }
        for alpha in [GGUFValue?.none, .some(.float32(0))] {
            let plain = try load(["adapter.lora.alpha": alpha])
            let site = LinearName.site(.queryKeyValue, layer: 1)
            #expect(plain.terms[site]?.expansions.first?.factor == 1)
        }
    }

    @Test func theEmbeddingsAIsTransposed() throws {
        let adapter = try load(tensors: [
            "token_embd.weight.lora_a": [10, 2], "token_embd.weight.lora_b": [8, 2],
        ])
        #expect(adapter.vocabulary?.embedding?.ranks == 2 && adapter.rank == 2)
    }

    @Test(arguments: [
        ("general.architecture", GGUFValue.string("qwen2"), "qwen2"),
        ("general.type", .string("model"), "model"), ("adapter.type", .string("ia3"), "ia3"),
        ("adapter.lora.alpha", .float32(.nan), "alpha"),
        ("adapter.lora.alpha", .float32(-1), "alpha"),
        ("adapter.lora.alpha", .float32(.infinity), "alpha"),
        ("adapter.alora.invocation_tokens", .array(.uint32, [.uint32(1)]), "activated"),
    ])
    func otherMetadataAreRefused(key: String, value: GGUFValue, part: String) throws {
        #expect {
            try load([key: value])
        } throws: { error in
            "\(error)".contains(part) && "\(error)".contains("My-Adapter.gguf")
        }
    }

    @Test(arguments: [
        ["blk.1.attn_q.weight.lora_a": [2, 8]], ["blk.1.attn_q.weight.lora_c": [2, 8]],
        ["blk.9.attn_q.weight.lora_a": [2, 8], "blk.9.attn_q.weight.lora_b": [8, 2]],
        ["blk.x.attn_q.weight.lora_a": [2, 8], "blk.x.attn_q.weight.lora_b": [8, 2]],
        ["blk.0.attn_q.weight.lora_a": [2, 8], "blk.0.attn_q.weight.lora_b": [6, 2]],
        ["blk.0.attn_q.weight.lora_a": [2, 8], "blk.0.attn_q.weight.lora_b": [16]],
        ["blk.0.ffn_gate.weight.lora_a": [2, 8], "blk.0.ffn_gate.weight.lora_b": [8, 2]],
        ["blk.0.attn_norm.weight": [8]], ["rope_freqs.weight": [4]], [:],
        ["token_embd.weight.lora_a": [2, 10], "token_embd.weight.lora_b": [8, 2]],
    ])
    func otherTensorsAreRefused(tensors: [String: [Int]]) throws {
        #expect(throws: AdapterError.self) { try load(tensors: tensors) }
    }

    @Test func randomDamageNeverTraps() throws {
        var random = SeededGenerator(seed: 91)
        let folder = try TemporaryFolder()
        for name in ["layers", "embedding"] {
            let path = GoldenFolder.path("adapters/\(name).gguf")
            let whole = try FileBytes(path: path, loading: .copied).bytes()
            for _ in 0..<150 {
                let bytes = Mutation.of(Array(whole.prefix(700)), using: &random) + whole[700...]
                try folder.write(bytes, to: "damaged.gguf")
                _ = try? Adapter(path: folder.path("damaged.gguf"), base: Self.base)
            }
        }
    }
}
