internal import Adapters
internal import Tensors

extension Checkpoint {
    /// What the checkpoint keeps in one type.
    public struct Storage: Sendable, Hashable {
        public let type: String
        public let tensorCount: Int
        public let valueCount: Int
        public let byteCount: Int
    }

    /// The tensors of the model by type.
    ///
    /// - Throws: for missing tensors and shapes that do not fit the configuration.
    public func storage() throws(ModelError) -> [Storage] {
        var counts: [String: (tensors: Int, values: Int, bytes: Int)] = [:]
        for (slot, layer) in slots {
            let name = map.name(slot, layer: layer)
            let found: (type: String, values: Int, bytes: Int)
            if let weights = normalFloats[name] {
                try check(weights.shape, slot, name: name)
                found = (
                    "nf4", weights.elementCount, weights.codes.byteCount + 4 * weights.absmax.count
                )
            } else {
                let tensor = try tensor(slot, layer: layer, named: name)
                found = (tensor.dtype.rawValue, tensor.elementCount, tensor.byteCount)
            }
            let count = counts[found.type] ?? (0, 0, 0)
            counts[found.type] = (
                count.tensors + 1, count.values + found.values, count.bytes + found.bytes
            )
        }
        return counts.sorted { $0.key < $1.key }.map {
            Storage(
                type: $0.key, tensorCount: $0.value.tensors, valueCount: $0.value.values,
                byteCount: $0.value.bytes)
        }
    }

    /// The slots of a configuration.
    static func slots(_ configuration: ModelConfiguration) -> [(WeightMap.Slot, Int)] {
        let family = configuration.family
        var perLayer: [WeightMap.Slot] = []
        if family.norms.isBefore { perLayer += [.attentionNorm, .feedForwardNorm] }
        if family.norms.isAfter { perLayer += [.attentionPostNorm, .feedForwardPostNorm] }
        if family.headNorms != nil { perLayer += [.queryNorm, .keyNorm] }
        for name in LinearName.allCases {
            perLayer.append(.linear(name))
            if configuration.biases.contains(name) { perLayer.append(.bias(name)) }
        }
        var slots: [(WeightMap.Slot, Int)] = [(.embedding, 0)]
        for layer in 0..<configuration.layerCount { slots += perLayer.map { ($0, layer) } }
        slots.append((.finalNorm, 0))
        if !configuration.isTied { slots.append((.head, 0)) }
        return slots
    }

    /// The slots of matrices, which an image has, with their layers.
    var matrixSlots: [(WeightMap.Slot, Int)] {
        slots.filter { configuration.shape(of: $0.0).count == 2 }
    }

    /// The tensor of a slot, in the slot's shape.
    func tensor(
        _ slot: WeightMap.Slot, layer: Int, named name: String
    ) throws(ModelError) -> Tensor {
        guard let tensor = tensors[name] else {
            throw ModelError(.malformed, "\(path): the tensor \"\(name)\" is missing")
        }
        try check(tensor.shape, slot, name: name)
        return tensor
    }

    /// What failed while the checkpoint was written in another form: the source's fault, or that of the place to write to.
    func exportError(_ error: any Error) -> ModelError {
        switch error {
        case let error as ModelError: error
        case let error as TensorError where error.code == .unwritable:
            ModelError(.unwritable, error.message)
        default: ModelError(.malformed, "\(path): \(error)")
        }
    }

    private func check(_ shape: [Int], _ slot: WeightMap.Slot, name: String) throws(ModelError) {
        let needed = configuration.shape(of: slot)
        guard shape == needed else {
            throw ModelError(
                .mismatch,
                "\(path): tensor \"\(name)\" has the shape \(shape), needed is \(needed)")
        }
    }
}
