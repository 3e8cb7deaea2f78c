public import Adapters
public import Tensors

/// Reads a checkpoint's weights as floats, in the order in which the engine executes them.
public struct WeightReader: Sendable {
    let checkpoint: Checkpoint

    public init(_ checkpoint: Checkpoint) {
        self.checkpoint = checkpoint
    }

    /// The matrix of a slot, (outputs, inputs) row-major.
    ///
    /// - Throws: when it is missing, has another shape than the configuration says, or holds values that are not finite.
    public func matrix(_ slot: WeightMap.Slot, layer: Int = 0) throws(ModelError) -> [Float] {
        let name = checkpoint.map.name(slot, layer: layer)
        if let weights = checkpoint.normalFloats[name] {
            let needed = checkpoint.configuration.shape(of: slot)
            guard weights.shape == needed else {
                throw ModelError(
                    .mismatch,
                    "\(checkpoint.path): tensor \"\(name)\" has the shape \(weights.shape), needed is \(needed)"
                )
            }
            return weights.floats()
        }
        let tensor = try checkpoint.tensor(slot, layer: layer, named: name)
        let values: [Float]
        do {
            values = try tensor.floats()
        } catch {
            throw ModelError(.malformed, "\(checkpoint.path): \(error)")
        }
        return inOrder(try checkpoint.finite(values, name: name), of: slot, width: tensor.shape[1])
    }

    /// A linear layer's bias; nil where it has none.
    public func bias(_ linear: LinearName, layer: Int) throws(ModelError) -> [Float]? {
        guard checkpoint.configuration.biases.contains(linear) else { return nil }
        let bias = try checkpoint.vector(
            .bias(linear), layer: layer, count: checkpoint.configuration.outputs(of: linear))
        return inOrder(bias, of: .linear(linear), width: 1)
    }

    /// The weights of a norm; nil where the model has none there.
    public func norm(
        _ slot: WeightMap.Slot, layer: Int = 0
    ) throws(ModelError) -> AlignedBuffer<Float>? {
        try checkpoint.norm(slot, layer: layer)
    }

    /// llama.cpp stores the rows of a rotated head as pairs (0, d/2, 1, d/2 + 1, ...); the kernels want halves.
    func rowOrder(_ slot: WeightMap.Slot) -> [Int]? {
        guard checkpoint.isPermuted, slot == .linear(.query) || slot == .linear(.key) else {
            return nil
        }
        let configuration = checkpoint.configuration
        let heads =
            slot == .linear(.query) ? configuration.queryHeads : configuration.keyValueHeads
        let dimension = configuration.headDimension
        return (0..<heads * dimension).map { output in
            let inHead = output % dimension
            let half = dimension / 2
            return output - inHead + (inHead < half ? 2 * inHead : 2 * (inHead - half) + 1)
        }
    }

    /// Rows of `width` values in the kernels' order.
    private func inOrder(_ values: [Float], of slot: WeightMap.Slot, width: Int) -> [Float] {
        guard let order = rowOrder(slot) else { return values }
        var ordered: [Float] = []
        ordered.reserveCapacity(values.count)
        for row in order { ordered += values[row * width..<(row + 1) * width] }
        return ordered
    }
}
