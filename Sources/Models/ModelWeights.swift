public import Adapters
public import Kernels
public import Tensors

/// A model's weights as adapters ask for them: matrices as they are executed, whole tensors as the checkpoint stores them.
public struct ModelWeights: BaseWeights {
    private let checkpoint: Checkpoint
    private let model: Transformer
    private let kernels: KernelSet
    private let pool: ThreadPool

    public init(
        checkpoint: Checkpoint, model: Transformer, kernels: KernelSet, pool: ThreadPool
    ) {
        self.checkpoint = checkpoint
        self.model = model
        self.kernels = kernels
        self.pool = pool
    }

    public func rowNorms(
        of module: AdapterModule, adding a: Tensor, _ b: Tensor, scale: Float
    ) throws(AdapterError) -> [Float] {
        guard let part = part(of: module) else {
            throw AdapterError(.mismatch, "\(module.name): the base has no such module")
        }
        do {
            return part.weights.rowNorms(
                adding: try a.floats(), try b.floats(), scale: scale, kernels: kernels, pool: pool)
        } catch {
            throw AdapterError(.malformed, "\(error)")
        }
    }

    public func bias(of module: AdapterModule) -> [Float]? {
        guard let bias = part(of: module)?.bias else { return nil }
        return (0..<bias.count).map { bias[$0] }
    }

    /// The matrix of a module with its bias.
    private func part(of module: AdapterModule) -> Projection.Part? {
        switch module {
        case .embedding, .fused: return nil
        case .head: return model.head.parts.first
        case .linear(let layer, let linear):
            guard model.blocks.indices.contains(layer) else { return nil }
            for site in LinearName.Site.allCases {
                if let place = site.parts.firstIndex(of: linear) {
                    return model.blocks[layer].projection(site).parts[place]
                }
            }
            return nil
        }
    }

    public func pack(_ tensor: Tensor) throws(AdapterError) -> PackedWeights {
        do {
            return try PackedWeights(
                tensor, type: model.precision.weights, role: .vocabulary, pool: pool)
        } catch {
            throw AdapterError(.malformed, "\(error)")
        }
    }

    public func hasCopy(_ tensor: Tensor, named name: String) throws(AdapterError) -> Bool? {
        guard let (slot, layer) = slot(named: name) else { return nil }
        guard tensor.shape == checkpoint.configuration.shape(of: slot) else {
            throw AdapterError(
                .mismatch,
                "tensor \"\(tensor.name.prefix(160))\" has the shape \(tensor.shape), the base's is \(checkpoint.configuration.shape(of: slot)); is this adapter for another base or for one with more tokens?"
            )
        }
        do {
            return try isCopy(tensor, of: slot, layer: layer)
        } catch {
            throw AdapterError(.malformed, "\(error)")
        }
    }

    /// The slot with a name of transformers; the head of a tied model is its embedding.
    private func slot(named name: String) -> (WeightMap.Slot, Int)? {
        let names = WeightMap.huggingFace
        if checkpoint.configuration.isTied, name == names.name(.head) { return (.embedding, 0) }
        return checkpoint.slots.first { names.name($0.0, layer: $0.1) == name }
    }

    /// Whether all values are the base's, or what becomes of those in the tensor's type, or of the tensor's in the base's.
    private func isCopy(_ tensor: Tensor, of slot: WeightMap.Slot, layer: Int) throws -> Bool {
        let loader = WeightLoader(checkpoint: checkpoint, type: .stored, pool: pool)
        let order = loader.rowOrder(slot)
        let name = checkpoint.map.name(slot, layer: layer)
        if let weights = checkpoint.normalFloats[name] {
            return try weights.floats() == tensor.floats()
        }
        guard let stored = checkpoint.tensor(slot, layer: layer) else { return false }
        if stored.dtype.blockElementCount > 1 {
            let quantized = try? tensor.converted(to: stored.dtype)
            if let quantized, quantized.holdsTheSame(as: stored, rowOrder: order) { return true }
        } else if tensor.dtype != stored.dtype,
            let rounded = try? stored.converted(to: tensor.dtype),
            tensor.holdsTheSame(as: rounded, rowOrder: order)
        {
            return true
        }
        return tensor.holdsTheSame(as: stored, rowOrder: order)
    }
}
