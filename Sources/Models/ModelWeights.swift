public import Adapters
public import Kernels
public import Tensors

/// A model's weights as adapters ask for them: matrices as they are executed, whole tensors as the checkpoint stores them.
public struct ModelWeights: BaseWeights {
    /// All but the linear layers' matrices, by the names of transformers, as the files have them.
    private let stored: [String: Tensor]
    private let linears: Set<String>
    private let model: Transformer
    private let kernels: KernelSet
    private let pool: ThreadPool

    public init(
        checkpoint: Checkpoint, model: Transformer, kernels: KernelSet, pool: ThreadPool
    ) {
        let names = WeightMap.huggingFace(checkpoint.configuration.family.norms)
        var stored: [String: Tensor] = [:]
        var linears: Set<String> = []
        for (slot, layer) in checkpoint.slots {
            if case .linear = slot {
                linears.insert(names.name(slot, layer: layer))
            } else {
                stored[names.name(slot, layer: layer)] = checkpoint.tensor(slot, layer: layer)
            }
        }
        if checkpoint.configuration.isTied {
            stored[names.name(.head)] = stored[names.name(.embedding)]
        }
        self.stored = stored
        self.linears = linears
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
        if linears.contains(name) { return false }
        guard let stored = stored[name] else { return nil }
        guard tensor.shape == stored.shape else {
            throw AdapterError(
                .mismatch,
                "tensor \"\(tensor.name.prefix(160))\" has the shape \(tensor.shape), the base's is \(stored.shape); is this adapter for another base, or for one with more tokens?"
            )
        }
        return tensor.holdsTheSame(as: stored) || isRounded(tensor, from: stored)
    }

    /// Whether a tensor's values are those of another rounded to its type, or quantize to the other's.
    private func isRounded(_ tensor: Tensor, from stored: Tensor) -> Bool {
        guard tensor.dtype != stored.dtype else { return false }
        if stored.dtype.blockElementCount > 1 {
            let quantized = try? tensor.converted(to: stored.dtype)
            return quantized.map { $0.holdsTheSame(as: stored) } ?? false
        }
        let rounded = try? stored.converted(to: tensor.dtype)
        return rounded.map { $0.holdsTheSame(as: tensor) } ?? false
    }
}
