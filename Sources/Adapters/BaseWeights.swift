public import Kernels
public import Tensors

/// A base model's weights, as far as adapters ask for them when they are loaded.
public protocol BaseWeights: Sendable {
    /// ‖W + scale B A‖ of every output of a linear layer or the head, W as the model executes it.
    func rowNorms(
        of module: AdapterModule, adding a: Tensor, _ b: Tensor, scale: Float
    ) throws(AdapterError) -> [Float]

    /// The bias of a linear layer; nil when it has none.
    func bias(of module: AdapterModule) -> [Float]?

    /// Whether a tensor is a copy of the base's, rounded or quantized at most; nil when the base has none of that name.
    ///
    /// - Parameter name: as transformers names it, such as `model.embed_tokens.weight`.
    /// - Throws: for another shape.
    func hasCopy(_ tensor: Tensor, named name: String) throws(AdapterError) -> Bool?

    /// Packs an embedding or a head (vocabulary, hidden) as the model's own.
    func pack(_ tensor: Tensor) throws(AdapterError) -> PackedWeights
}
