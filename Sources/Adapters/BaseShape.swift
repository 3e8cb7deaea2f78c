public import Tensors

/// What an adapter has to fit: the shapes and the identity of a base model.
public struct BaseShape: Sendable {
    public let name: String
    public let digest: Digest
    public let layerCount: Int
    /// (outputs, inputs) of each linear layer of a block.
    public let linears: [LinearName: (outputs: Int, inputs: Int)]

    public init(
        name: String, digest: Digest, layerCount: Int,
        linears: [LinearName: (outputs: Int, inputs: Int)]
    ) {
        self.name = name
        self.digest = digest
        self.layerCount = layerCount
        self.linears = linears
    }
}
