public import Adapters
public import Tensors

/// A model as its files have it: configuration, tensors by name, and what identifies it.
public struct Checkpoint: Sendable {
    public let path: String
    public let configuration: ModelConfiguration
    public let map: WeightMap
    /// Whether q and k rows are stored permuted, as llama.cpp does for the llama architecture.
    public let isPermuted: Bool
    /// SHA-256 of the files: what adapters and replies name as their base.
    public let digest: Digest
    let tensors: [String: Tensor]
    let normalFloats: [String: NF4Tensor]

    /// Opens a Hugging Face directory or a GGUF file.
    public init(path: String) throws(ModelError) {
        if path.hasSuffix(".gguf") {
            try self.init(gguf: path)
        } else {
            try self.init(directory: path)
        }
    }

    init(
        path: String, configuration: ModelConfiguration, map: WeightMap, isPermuted: Bool = false,
        digest: Digest, tensors: [String: Tensor], normalFloats: [String: NF4Tensor] = [:]
    ) {
        self.path = path
        self.configuration = configuration
        self.map = map
        self.isPermuted = isPermuted
        self.digest = digest
        self.tensors = tensors
        self.normalFloats = normalFloats
    }

    /// The tensor of a slot, if the checkpoint has it.
    func tensor(_ slot: WeightMap.Slot, layer: Int = 0) -> Tensor? {
        tensors[map.name(slot, layer: layer)]
    }

    /// A vector of `count` numbers.
    func vector(_ slot: WeightMap.Slot, layer: Int = 0, count: Int) throws(ModelError) -> [Float] {
        let name = map.name(slot, layer: layer)
        guard let tensor = tensors[name] else {
            throw ModelError(.malformed, "\(path): the tensor \"\(name)\" is missing")
        }
        guard tensor.shape == [count] else {
            throw ModelError(
                .mismatch, "\(path): tensor \"\(name)\" has the shape \(tensor.shape), needed is [\(count)]")
        }
        do {
            return try finite(tensor.floats(), name: name)
        } catch let error as TensorError {
            throw ModelError(.malformed, "\(path): \(error)")
        } catch let error as ModelError {
            throw error
        } catch {
            throw ModelError(.malformed, "\(path): tensor \"\(name)\": \(error)")
        }
    }

    private func finite(_ values: [Float], name: String) throws(ModelError) -> [Float] {
        guard values.allSatisfy(\.isFinite) else {
            throw ModelError(.malformed, "\(path): tensor \"\(name)\" holds values that are not finite")
        }
        return values
    }
}

extension Checkpoint {
    /// What adapters have to fit.
    public var shape: BaseShape {
        BaseShape(
            name: configuration.name ?? path.split(separator: "/").last.map(String.init) ?? path,
            digest: digest, layerCount: configuration.layerCount, linears: configuration.linearShapes)
    }
}
