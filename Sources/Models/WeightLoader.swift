internal import Adapters
internal import Kernels
internal import Tensors

/// Packs a checkpoint's linear layers for an execution type, checking every shape against the configuration.
struct WeightLoader {
    let checkpoint: Checkpoint
    let type: ExecutionType
    let pool: ThreadPool

    /// The matrices of one site of a layer, side by side.
    func projection(_ site: LinearName.Site, layer: Int) throws(ModelError) -> Projection {
        var matrices: [(PackedWeights, [Float]?)] = []
        for name in site.parts { matrices.append(try matrix(name, layer: layer)) }
        return Projection(matrices)
    }

    /// The token embedding or the head, (vocabulary, hidden).
    func vocabulary(_ slot: WeightMap.Slot) throws(ModelError) -> PackedWeights {
        let configuration = checkpoint.configuration
        return try pack(
            slot, layer: 0, outputs: configuration.vocabularySize, inputs: configuration.hiddenSize,
            role: .vocabulary, rowOrder: nil)
    }

    private func matrix(
        _ name: LinearName, layer: Int
    ) throws(ModelError) -> (PackedWeights, [Float]?) {
        guard let shape = checkpoint.configuration.linearShapes[name] else {
            throw ModelError(.malformed, "no shape for \(name.rawValue)")
        }
        let order = rowOrder(name)
        let weights = try pack(
            .linear(name), layer: layer, outputs: shape.outputs, inputs: shape.inputs,
            role: .linear,
            rowOrder: order)
        guard checkpoint.tensor(.bias(name), layer: layer) != nil else { return (weights, nil) }
        let bias = try checkpoint.vector(.bias(name), layer: layer, count: shape.outputs)
        return (weights, order.map { order in order.map { bias[$0] } } ?? bias)
    }

    /// llama.cpp stores the rows of a rotated head as pairs (0, d/2, 1, d/2 + 1, ...); the kernels want halves.
    private func rowOrder(_ name: LinearName) -> [Int]? {
        guard checkpoint.isPermuted, name == .query || name == .key else { return nil }
        let configuration = checkpoint.configuration
        let heads = name == .query ? configuration.queryHeads : configuration.keyValueHeads
        let dimension = configuration.headDimension
        return (0..<heads * dimension).map { output in
            let inHead = output % dimension
            let half = dimension / 2
            return output - inHead + (inHead < half ? 2 * inHead : 2 * (inHead - half) + 1)
        }
    }

    private func pack(
        _ slot: WeightMap.Slot, layer: Int, outputs: Int, inputs: Int, role: PackedWeights.Role,
        rowOrder: [Int]?
    ) throws(ModelError) -> PackedWeights {
        let name = checkpoint.map.name(slot, layer: layer)
        do {
            if let normalFloats = checkpoint.normalFloats[name] {
                try check(normalFloats.shape, [outputs, inputs], of: name)
                return try pack(normalFloats, name: name)
            }
            guard let tensor = checkpoint.tensors[name] else {
                throw ModelError(
                    .malformed, "\(checkpoint.path): the tensor \"\(name)\" is missing")
            }
            try check(tensor.shape, [outputs, inputs], of: name)
            let isFloat = tensor.dtype.blockElementCount == 1
            if type == .nf4, role == .linear, isFloat {
                let values = try tensor.floats()
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
