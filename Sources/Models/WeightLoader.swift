internal import Adapters
internal import Kernels
internal import Tensors

/// Packs a checkpoint's matrices for an execution type, checking every shape against the configuration, or takes them from
/// an image.
struct WeightLoader {
    let checkpoint: Checkpoint
    let type: ExecutionType
    let pool: ThreadPool
    var image: ModelImage?

    private var reader: WeightReader { WeightReader(checkpoint) }

    /// The matrices of one site of a layer, side by side.
    func projection(_ site: LinearName.Site, layer: Int) throws(ModelError) -> Projection {
        var matrices: [(PackedWeights, [Float]?)] = []
        for name in site.parts {
            matrices.append(
                (try matrix(.linear(name), layer: layer), try reader.bias(name, layer: layer)))
        }
        return Projection(matrices)
    }

    /// The matrix of a slot: embedding, head or linear.
    func matrix(_ slot: WeightMap.Slot, layer: Int = 0) throws(ModelError) -> PackedWeights {
        if let image { return try image.matrix(checkpoint.map.name(slot, layer: layer)) }
        return try pack(slot, layer: layer)
    }

    private func pack(_ slot: WeightMap.Slot, layer: Int) throws(ModelError) -> PackedWeights {
        let name = checkpoint.map.name(slot, layer: layer)
        let shape = checkpoint.configuration.shape(of: slot)
        let role: PackedWeights.Role =
            slot == .embedding || slot == .head ? .vocabulary : .linear
        let rowOrder = reader.rowOrder(slot)
        do {
            if let normalFloats = checkpoint.normalFloats[name] {
                try check(normalFloats.shape, shape, of: name)
                return try pack(normalFloats, name: name)
            }
            guard let tensor = checkpoint.tensors[name] else {
                throw ModelError(
                    .malformed, "\(checkpoint.path): the tensor \"\(name)\" is missing")
            }
            try check(tensor.shape, shape, of: name)
            let isFloat = tensor.dtype.blockElementCount == 1
            if type == .nf4, role == .linear, isFloat {
                let values = try tensor.floats()
                let inputs = tensor.shape[1]
                let ordered = rowOrder.map {
                    $0.flatMap { values[$0 * inputs..<($0 + 1) * inputs] }
                }
                return try pack(
                    NF4Tensor(
                        quantizing: ordered ?? values, shape: tensor.shape,
                        doubleQuantization: true,
                        name: name),
                    name: name)
            }
            return try PackedWeights(tensor, type: type, role: role, rowOrder: rowOrder, pool: pool)
        } catch let error as ModelError {
            throw error
        } catch {
            throw ModelError(.malformed, "\(checkpoint.path): \(error)")
        }
    }

    private func check(_ shape: [Int], _ needed: [Int], of name: String) throws(KernelError) {
        guard shape == needed else {
            throw KernelError.shape(name: name, found: shape, needed: "\(needed)")
        }
    }

    /// NF4 codes, as they are where the kernels can read them, else as floats.
    private func pack(_ weights: NF4Tensor, name: String) throws(KernelError) -> PackedWeights {
        let (outputs, inputs) = (weights.shape[0], weights.shape[1])
        if type != .f32, inputs.isMultiple(of: 64), weights.blockSize == 64 {
            return PackedWeights(
                nf4: weights.codes.bytes(), maxima: weights.absmax, outputs: outputs, inputs: inputs
            )
        }
        do {
            let tensor = try Tensor(name: name, shape: weights.shape, floats: weights.floats())
            return try PackedWeights(tensor, type: .f32, pool: pool)
        } catch {
            throw error as? KernelError ?? .format(name: name, problem: "\(error)")
        }
    }
}
