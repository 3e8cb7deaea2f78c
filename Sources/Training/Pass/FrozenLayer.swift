internal import Adapters
internal import Kernels
internal import Models
internal import Tensors

/// A layer's weights as floats: matrices by site, one set of buffers for all layers.
struct FrozenLayer {
    let attentionNorm: AlignedBuffer<Float>?
    let attentionPostNorm: AlignedBuffer<Float>?
    let feedForwardNorm: AlignedBuffer<Float>?
    let feedForwardPostNorm: AlignedBuffer<Float>?
    let queryNorm: AlignedBuffer<Float>?
    let keyNorm: AlignedBuffer<Float>?
    /// By site, nil where no part has one.
    let biases: [[Float]?]
    let shape: AttentionShape
    let rotary: Int?

    /// Reads all but the matrices.
    init(_ reader: WeightReader, _ configuration: ModelConfiguration, layer: Int) throws(ModelError)
    {
        attentionNorm = try reader.norm(.attentionNorm, layer: layer)
        attentionPostNorm = try reader.norm(.attentionPostNorm, layer: layer)
        feedForwardNorm = try reader.norm(.feedForwardNorm, layer: layer)
        feedForwardPostNorm = try reader.norm(.feedForwardPostNorm, layer: layer)
        queryNorm = try reader.norm(.queryNorm, layer: layer)
        keyNorm = try reader.norm(.keyNorm, layer: layer)
        var biases: [[Float]?] = []
        for site in LinearName.Site.allCases {
            let hasBias = site.parts.contains(where: configuration.biases.contains)
            var bias: [Float] = []
            for linear in site.parts where hasBias {
                let outputs = configuration.linearShapes[linear]?.outputs ?? 0
                bias +=
                    try reader.bias(linear, layer: layer)
                    ?? [Float](repeating: 0, count: outputs)
            }
            biases.append(hasBias ? bias : nil)
        }
        self.biases = biases
        shape = AttentionShape(
            queryHeads: configuration.queryHeads, keyValueHeads: configuration.keyValueHeads,
            headDimension: configuration.headDimension, window: configuration.layers[layer].window,
            scale: configuration.multipliers.attention, cap: configuration.attentionCap)
        rotary = configuration.layers[layer].rotary
    }
}
