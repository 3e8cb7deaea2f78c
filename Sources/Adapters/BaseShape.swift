public import Tensors

/// What an adapter has to fit: the shapes and the identity of a base model.
public struct BaseShape: Sendable {
    /// Token embedding and head.
    public struct Vocabulary: Sendable {
        public let size: Int
        public let hiddenSize: Int
        /// Whether the head is the embedding.
        public let isTied: Bool

        public init(size: Int, hiddenSize: Int, isTied: Bool) {
            self.size = size
            self.hiddenSize = hiddenSize
            self.isTied = isTied
        }
    }

    /// What llama.cpp makes of the base, for adapters in GGUF.
    public struct Layout: Sendable {
        public let architecture: String
        /// The dimension of heads whose rows of q and k are stored as pairs (0, d/2, 1, d/2 + 1, ...); nil: in order.
        public let pairedHeadDimension: Int?

        public init(architecture: String, pairedHeadDimension: Int?) {
            self.architecture = architecture
            self.pairedHeadDimension = pairedHeadDimension
        }
    }

    public let name: String
    public let digest: Digest
    public let layerCount: Int
    /// (outputs, inputs) of each linear layer of a block.
    public let linears: [LinearName: (outputs: Int, inputs: Int)]
    /// Sites whose matrices are one in the checkpoint that adapters were trained on.
    public let fused: Set<LinearName.Site>
    /// nil: not known.
    public let vocabulary: Vocabulary?
    public let layout: Layout?

    public init(
        name: String, digest: Digest, layerCount: Int,
        linears: [LinearName: (outputs: Int, inputs: Int)],
        fused: Set<LinearName.Site> = [], vocabulary: Vocabulary? = nil,
        layout: Layout? = nil
    ) {
        self.name = name
        self.digest = digest
        self.layerCount = layerCount
        self.linears = linears
        self.fused = fused
        self.vocabulary = vocabulary
        self.layout = layout
    }

    /// (outputs, inputs) of a module; nil when the base has no such module, or none whose shape is known.
    func shape(of module: AdapterModule) -> (outputs: Int, inputs: Int)? {
        switch module {
        case .linear(let layer, let linear):
            layer < layerCount ? linears[linear] : nil
        case .fused(let layer, let site):
            layer < layerCount && fused.contains(site) ? shape(of: site) : nil
        case .embedding: vocabulary.map { ($0.hiddenSize, $0.size) }
        case .head: vocabulary.map { ($0.size, $0.hiddenSize) }
        }
    }

    /// All matrices of a site below each other.
    private func shape(of site: LinearName.Site) -> (outputs: Int, inputs: Int)? {
        let shapes = site.parts.compactMap { linears[$0] }
        guard shapes.count == site.parts.count, let inputs = shapes.first?.inputs else {
            return nil
        }
        return (shapes.reduce(0) { $0 + $1.outputs }, inputs)
    }
}
