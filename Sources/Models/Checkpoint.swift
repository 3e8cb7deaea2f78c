public import Adapters
public import Tensors

/// A model as its files have it: configuration, tensors by name, and what identifies it.
public struct Checkpoint: Sendable {
    public let path: String
    public let configuration: ModelConfiguration
    public let map: WeightMap
    /// Whether q and k rows are stored permuted, as llama.cpp does for the llama architecture.
    public let isPermuted: Bool
    /// SHA-256 of the files.
    public let digest: Digest
    /// The digest of the checkpoint that this one was quantized from by Fusebox, else its own: what adapters name as their
    /// base, so that one serves under every type.
    public let sourceDigest: Digest
    /// How its tokens are drawn where a request does not say.
    public internal(set) var samplingDefaults = SamplingDefaults()
    /// What the configuration asks for, with layers: embedding, layers, final norm, head.
    let slots: [(WeightMap.Slot, Int)]
    /// What a user should know of tensors that are left out or stand for others.
    public let warnings: [String]
    /// The tensors as the files have them.
    let stored: [Tensor]
    /// By the names of the map; matrices that hold several are cut.
    let tensors: [String: Tensor]
    let normalFloats: [String: NF4Tensor]

    /// Whether a path names a GGUF file, else a Hugging Face directory.
    public static func isGGUF(path: String) -> Bool { path.hasSuffix(".gguf") }

    /// Opens a Hugging Face directory or a GGUF file.
    ///
    /// - Parameter memory: what may know the digests of the files, which else are read from end to end.
    public init(path: String, remembering memory: DigestMemory? = nil) throws(ModelError) {
        if Self.isGGUF(path: path) {
            try self.init(gguf: path, remembering: memory)
        } else {
            try self.init(directory: path, remembering: memory)
        }
    }

    /// - Throws: for tensors that the configuration has no use for.
    init(
        path: String, configuration: ModelConfiguration, isPermuted: Bool = false, digest: Digest,
        sourceDigest: Digest? = nil, stored: [Tensor], inventory: TensorInventory
    ) throws(ModelError) {
        var inventory = inventory
        let slots = Self.slots(configuration)
        try inventory.account(
            used: Set(slots.map { inventory.map.name($0.0, layer: $0.1) }),
            layerCount: configuration.layerCount)
        self.path = path
        self.configuration = configuration
        self.map = inventory.map
        self.isPermuted = isPermuted
        self.digest = digest
        self.sourceDigest = sourceDigest ?? digest
        self.slots = slots
        self.stored = stored
        warnings = inventory.warnings
        tensors = inventory.tensors
        normalFloats = inventory.normalFloats
    }

    /// Where quantized files keep the digest of their source: in the metadata of GGUF, in `config.json`.
    static let sourceDigestKey = "fusebox.source_digest"

    /// The source's digest as a file has it.
    static func sourceDigest(_ text: String?) throws(ModelError) -> Digest? {
        guard let text else { return nil }
        guard let digest = Digest(text) else {
            throw ModelError(.malformed, "\(sourceDigestKey) is no SHA-256 in hexadecimal")
        }
        return digest
    }

    /// Refuses what would be quantized twice.
    func refuseQuantized() throws(ModelError) {
        guard normalFloats.isEmpty, tensors.values.allSatisfy({ $0.dtype.blockElementCount == 1 })
        else {
            throw ModelError(
                .unsupported,
                "\(path): is quantized already, and quantizing twice loses accuracy; take the checkpoint that it was made from"
            )
        }
    }

    /// The tensor of a slot, if the checkpoint has it.
    func tensor(_ slot: WeightMap.Slot, layer: Int = 0) -> Tensor? {
        tensors[map.name(slot, layer: layer)]
    }

    /// The weights of a norm; nil where the model has none there.
    func norm(_ slot: WeightMap.Slot, layer: Int = 0) throws(ModelError) -> AlignedBuffer<Float>? {
        guard slots.contains(where: { $0 == (slot, layer) }) else { return nil }
        let count = configuration.shape(of: slot)[0]
        let weights = try vector(slot, layer: layer, count: count)
        let offset = Self.isGGUF(path: path) ? 0 : configuration.family.normOffset
        return AlignedBuffer(offset == 0 ? weights : weights.map { $0 + offset })
    }

    /// A vector of `count` numbers.
    func vector(_ slot: WeightMap.Slot, layer: Int = 0, count: Int) throws(ModelError) -> [Float] {
        let name = map.name(slot, layer: layer)
        guard let tensor = tensors[name] else {
            throw ModelError(.malformed, "\(path): the tensor \"\(name)\" is missing")
        }
        guard tensor.shape == [count] else {
            throw ModelError(
                .mismatch,
                "\(path): tensor \"\(name)\" has the shape \(tensor.shape), needed is [\(count)]")
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

    func finite(_ values: [Float], name: String) throws(ModelError) -> [Float] {
        guard values.allSatisfy(\.isFinite) else {
            throw ModelError(
                .malformed, "\(path): tensor \"\(name)\" holds values that are not finite")
        }
        return values
    }
}

extension Checkpoint {
    /// What adapters have to fit.
    public var shape: BaseShape {
        BaseShape(
            name: configuration.name ?? path.split(separator: "/").last.map(String.init) ?? path,
            digest: sourceDigest, layerCount: configuration.layerCount,
            linears: configuration.linearShapes, fused: configuration.family.fused,
            vocabulary: BaseShape.Vocabulary(
                size: configuration.vocabularySize, hiddenSize: configuration.hiddenSize,
                isTied: configuration.isTied),
            layout: BaseShape.Layout(
                architecture: configuration.family.architecture,
                pairedHeadDimension: configuration.family.isPermuted
                    ? configuration.headDimension : nil))
    }
}
