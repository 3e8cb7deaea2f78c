import Adapters
import Inference
import Kernels
import Tensors
import TestSupport
import Testing

@testable import Models

/// A checkpoint that was quantized into a file computes what quantizing it at load computes.
@Suite struct QuantizedExportTests {
    static let families = [
        "llama", "llama3", "llama_linear", "mistral", "qwen2", "qwen3", "gemma", "gemma2",
        "gemma3", "phi3", "phi3_untied", "smollm3", "granite_untied", "olmo2_untied",
    ]

    @Test(arguments: families, [ExecutionType.q8_0, .q4_0])
    func gguf(_ family: String, _ type: ExecutionType) throws {
        let golden = try ModelGolden(family)
        let folder = try TemporaryFolder()
        let path = folder.path("model.gguf")
        let checkpoint = try Checkpoint(path: golden.folder)
        let dtype: DType = type == .q8_0 ? .q8_0 : .q4_0
        try GGUFExport(checkpoint, type: dtype).write(to: path, vocabulary: [], progress: { _ in })
        let written = try Checkpoint(path: path)
        #expect(written.sourceDigest == checkpoint.digest && written.digest != checkpoint.digest)
        let expected = try logits(golden, path: golden.folder, type: type)
        let found = try logits(golden, path: path, type: .stored)
        #expect(expected.count == found.count && expected.allSatisfy { $0.isFinite })
        // The file has Llama 3's divisors and Phi 3's attention factor rounded, which moves int8 activations to their
        // neighbours.
        if family == "llama3" || family == "phi3" {
            let largest = expected.reduce(0) { max($0, abs($1)) }
            let worst = zip(expected, found).reduce(0) { max($0, abs($1.0 - $1.1)) }
            #expect(worst <= 3e-2 * largest)
        } else {
            #expect(expected == found)
        }
    }

    @Test(arguments: families)
    func normalFloats(_ family: String) throws {
        let golden = try ModelGolden(family)
        let folder = try TemporaryFolder()
        let path = folder.path("nf4")
        let json = try FileBytes(path: golden.folder + "/config.json", loading: .copied).json()
        let checkpoint = try Checkpoint(path: golden.folder)
        try NF4Export(checkpoint).write(
            to: path, configuration: try #require(json.object), progress: { _ in })
        #expect(try Checkpoint(path: path).sourceDigest == checkpoint.digest)
        let expected = try logits(golden, path: golden.folder, type: .nf4)
        let found = try logits(golden, path: path, type: .nf4)
        if checkpoint.configuration.family.fused.isEmpty {
            #expect(!expected.isEmpty && expected == found)
        } else {
            // The file has the scales of a fused matrix in 8 bits together, as bitsandbytes writes them; a model quantizes
            // its parts.
            #expect(expected.count == found.count && expected.allSatisfy { $0.isFinite })
            let largest = expected.reduce(0) { max($0, abs($1)) }
            let worst = zip(expected, found).reduce(0) { max($0, abs($1.0 - $1.1)) }
            #expect(worst <= 3e-2 * largest)
        }
    }

    /// A file in llama.cpp's order of rows quantizes to the same blocks as the directory, in every type.
    @Test(arguments: [ExecutionType.q8_0, .q4_0, .nf4])
    func aFloatFileQuantizesLikeItsDirectory(_ type: ExecutionType) throws {
        let golden = try ModelGolden("llama")
        let folder = try TemporaryFolder()
        let source = try GGUFFile(path: golden.folder + "/model.gguf")
        var writer = GGUFWriter()
        for key in source.keys {
            if let value = source.metadata[key] { try writer.add(key, value) }
        }
        for tensor in source.tensors {
            let floats = try Tensor(name: tensor.name, shape: tensor.shape, floats: tensor.floats())
            try writer.add(tensor.shape.count == 2 ? floats.converted(to: .bf16) : floats)
        }
        let path = folder.path("floats.gguf")
        try writer.write(to: path)
        let expected = try logits(golden, path: golden.folder, type: type)
        let found = try logits(golden, path: path, type: type)
        #expect(!expected.isEmpty && expected == found)
        guard type != .nf4 else { return }
        let exported = folder.path("model.gguf")
        let dtype: DType = type == .q8_0 ? .q8_0 : .q4_0
        try GGUFExport(Checkpoint(path: path), type: dtype).write(
            to: exported, vocabulary: [], progress: { _ in })
        #expect(try logits(golden, path: exported, type: .stored) == expected)
    }

    @Test func aQuantizedSourceIsRefused() throws {
        for path in [
            "models/llama/model.gguf", "models/gguf_blocks/model.gguf", "models/llama_nf4",
        ] {
            let checkpoint = try Checkpoint(path: GoldenFolder.path(path))
            #expect(throws: ModelError.self) { try GGUFExport(checkpoint, type: .q8_0) }
            #expect(throws: ModelError.self) { try NF4Export(checkpoint) }
        }
    }

    /// An adapter that names the source as its base serves on the quantized file.
    @Test func shapesAndNamesSurvive() throws {
        let golden = try ModelGolden("qwen2")
        let folder = try TemporaryFolder()
        let path = folder.path("model.gguf")
        let checkpoint = try Checkpoint(path: golden.folder)
        try GGUFExport(checkpoint, type: .q8_0).write(to: path, vocabulary: [], progress: { _ in })
        let written = try Checkpoint(path: path)
        #expect(written.configuration.isTied && written.configuration.family == .qwen2)
        let types = try written.storage()
        #expect(types.map(\.type) == ["f32", "q8_0"])
        #expect(
            types.reduce(0) { $0 + $1.valueCount }
                == (try checkpoint.storage()).reduce(0) { $0 + $1.valueCount })
        #expect(written.shape.digest == checkpoint.shape.digest)
    }

    /// The logits of every position of two sequences, base and one mix.
    private func logits(
        _ golden: ModelGolden, path: String, type: ExecutionType
    ) throws -> [Float] {
        var model = try LoadedModel(path: path, precision: Precision(weights: type), threadCount: 2)
        for name in ModelGolden.adapterNames {
            try model.addAdapter(path: "\(golden.folder)/adapters/\(name)", name: name)
        }
        var values: [Float] = []
        for mix in [0, 4] {
            let scorer = try Scorer(
                model: model.transformer, shelf: model.shelf, mix: golden.mix(mix, on: model.shelf),
                kernels: model.kernels, pool: model.pool)
            for sequence in golden.sequences.suffix(2) {
                try scorer.score(sequence) { _, row in
                    for id in row.indices { values.append(row[id]) }
                }
            }
        }
        return values
    }
}
