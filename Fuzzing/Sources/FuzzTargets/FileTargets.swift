import Kernels
import Tokenization

@testable import Adapters
@testable import Models
@testable import Tensors

/// Files that users drop in.
enum FileTargets {
    /// Also read as the tensors of an adapter.
    static func safetensors(_ bytes: [UInt8]) throws {
        let file = try SafetensorsFile(bytes: FileBytes(bytes), limits: .adapter)
        for tensor in file.tensors {
            _ = tensor.isFinite()
            _ = try? tensor.floats()
        }
        _ = try AdapterTensors(file.tensors, base: base)
    }

    private static let base = BaseShape(
        name: "base", digest: Digest(of: [UInt8]()), layerCount: 2,
        linears: [
            .query: (outputs: 64, inputs: 64), .key: (outputs: 32, inputs: 64),
            .value: (outputs: 32, inputs: 64), .down: (outputs: 64, inputs: 96),
        ], vocabulary: BaseShape.Vocabulary(size: 128, hiddenSize: 64, isTied: false),
        layout: BaseShape.Layout(architecture: "llama", pairedHeadDimension: 16))

    /// Read as an adapter in GGUF, up to what the kernels get.
    static func adapterGGUF(_ bytes: [UInt8]) throws {
        let file = try GGUFFile(bytes: FileBytes(bytes))
        let configuration = try AdapterConfiguration(gguf: file.metadata)
        let tensors = try AdapterTensors(gguf: file, base: base)
        let terms = AdapterTerms(
            configuration: configuration, tensors: tensors,
            copies: try AdapterCopies(
                [:], base: base, weights: nil, targets: configuration.targets), base: base,
            weights: nil, format: .bf16)
        _ = try terms.bySite()
        _ = try terms.vocabulary()
    }

    /// Also read as a model's configuration and vocabulary.
    static func gguf(_ bytes: [UInt8]) throws {
        let file = try GGUFFile(bytes: FileBytes(bytes))
        for tensor in file.tensors {
            _ = tensor.isFinite()
            _ = try? tensor.floats()
        }
        _ = try? ModelConfiguration(gguf: file.metadata)
        try TextTargets.encode(with: Tokenizer(gguf: file))
    }

    /// Two parts of a model: two bytes with the length of the first, the first, and the second.
    static func splitGGUF(_ bytes: [UInt8]) throws {
        guard bytes.count > 2 else { return }
        let length = min(Int(bytes[0]) | Int(bytes[1]) << 8, bytes.count - 2)
        let parts = [bytes[2..<2 + length], bytes[(2 + length)...]].map { FileBytes(Array($0)) }
        let file = try GGUFFile(path: "m-00001-of-00002.gguf") { path throws(TensorError) in
            path.hasSuffix("-00001-of-00002.gguf") ? parts[0] : parts[1]
        }
        for tensor in file.tensors { _ = tensor.isFinite() }
    }

    /// Also read as a model's configuration; what is written again is the same.
    static func json(_ bytes: [UInt8]) throws {
        let value = try JSONValue(parsing: bytes)
        let again = try JSONValue(parsing: value.text, limits: JSONLimits(depth: 64))
        precondition(again == value, "a document is not what was written of it")
        _ = try ModelConfiguration(json: value)
    }

    static func adapterConfiguration(_ bytes: [UInt8]) throws {
        let configuration = try AdapterConfiguration(
            json: JSONValue(parsing: bytes, limits: JSONLimits(depth: 16)))
        for module in ["model.layers.3.self_attn.q_proj", "model.layers.11.mlp.down_proj"] {
            _ = configuration.targets.includes(module, isLinear: true)
            let rank = configuration.rank(of: module) ?? 1
            precondition(
                configuration.scale(of: module, rank: rank).isFinite, "a scale is not finite")
        }
    }
}
