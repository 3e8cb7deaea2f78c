internal import Adapters
public import Tensors

/// A checkpoint written as GGUF, as llama.cpp has it: its names, its order of q and k rows, its metadata.
///
/// | tensor | `q8_0` | `q4_0` |
/// |---|---|---|
/// | linear weights of the blocks | Q8_0 | Q4_0 |
/// | token embedding, output head | Q8_0 | Q8_0 |
/// | weights whose rows are no multiple of 32 | F16 | F16 |
/// | norms, biases, rotary divisors | F32 | F32 |
public struct GGUFExport {
    let checkpoint: Checkpoint
    let type: DType

    /// - Parameter type: `q8_0` or `q4_0`.
    /// - Throws: for checkpoints that are quantized already, and for what llama.cpp cannot express.
    public init(_ checkpoint: Checkpoint, type: DType) throws(ModelError) {
        precondition(type == .q8_0 || type == .q4_0)
        try checkpoint.refuseQuantized()
        self.checkpoint = checkpoint
        self.type = type
        if let problem = inexpressible {
            throw ModelError(.unsupported, "\(checkpoint.path): GGUF has no \(problem)")
        }
    }

    var family: ModelFamily { checkpoint.configuration.family }

    /// What a user of the file should know.
    public var warnings: [String] {
        guard family.windows == .always,
            let window = checkpoint.configuration.windows.first ?? nil
        else { return [] }
        return [
            "llama.cpp does not apply the sliding window of \(window) tokens in files of this architecture; Fusebox does"
        ]
    }

    /// Writes the file.
    ///
    /// - Parameters:
    ///   - vocabulary: the metadata below `tokenizer.`.
    ///   - progress: is told the part that is done, from 0 to 1.
    public func write(
        to path: String, vocabulary: [(key: String, value: GGUFValue)],
        progress: @escaping (Double) -> Void
    ) throws(ModelError) {
        do {
            var writer = GGUFWriter()
            for (key, value) in metadata + vocabulary { try writer.add(key, value) }
            let items = items
            for (index, (slot, layer)) in items.enumerated() {
                let sources = try sources(of: slot, layer: layer)
                let shape = checkpoint.configuration.shape(of: slot)
                let target = targetType(of: slot, shape: shape)
                let name = WeightMap.gguf.name(slot, layer: layer)
                let order = rowOrder(slot)
                let offset = normOffset(slot)
                try writer.add(name: name, dtype: target, shape: shape) {
                    () throws(TensorError) in
                    progress(Double(index) / Double(items.count))
                    return try Self.joined(sources, order: order, offset: offset)
                        .converted(to: target).renamed(name)
                }
            }
            for (name, divisors) in rotaryDivisors {
                try writer.add(Tensor(name: name, shape: [divisors.count], floats: divisors))
            }
            try writer.write(to: path)
            progress(1)
        } catch {
            throw checkpoint.exportError(error)
        }
    }

    /// The slots of the file: where llama.cpp has one matrix for a projection, that one instead of its parts.
    private var items: [(WeightMap.Slot, Int)] {
        var items: [(WeightMap.Slot, Int)] = []
        for (slot, layer) in checkpoint.slots {
            guard case .linear(let name) = slot,
                let site = family.fused.first(where: { $0.parts.contains(name) })
            else {
                items.append((slot, layer))
                continue
            }
            if site.parts.first == name { items.append((.fused(site), layer)) }
        }
        return items
    }

    private func sources(of slot: WeightMap.Slot, layer: Int) throws(ModelError) -> [Tensor] {
        var slots = [slot]
        if case .fused(let site) = slot { slots = site.parts.map { .linear($0) } }
        var sources: [Tensor] = []
        for slot in slots {
            let name = checkpoint.map.name(slot, layer: layer)
            sources.append(try checkpoint.tensor(slot, layer: layer, named: name))
        }
        return sources
    }

    private func targetType(of slot: WeightMap.Slot, shape: [Int]) -> DType {
        guard shape.count == 2 else { return .f32 }
        guard shape[1].isMultiple(of: 32) else { return .f16 }
        switch slot {
        case .linear, .fused: return type
        default: return .q8_0
        }
    }

    /// What the file's norms have more than the source's.
    private func normOffset(_ slot: WeightMap.Slot) -> Float {
        switch slot {
        case .finalNorm, .attentionNorm, .attentionPostNorm, .feedForwardNorm,
            .feedForwardPostNorm, .queryNorm, .keyNorm:
            Checkpoint.isGGUF(path: checkpoint.path) ? 0 : family.normOffset
        default: 0
        }
    }

    /// For each row of the file the row of the source; nil: the same.
    private func rowOrder(_ slot: WeightMap.Slot) -> [Int]? {
        guard family.isPermuted, !checkpoint.isPermuted else { return nil }
        let configuration = checkpoint.configuration
        let heads: Int
        switch slot {
        case .linear(.query), .bias(.query): heads = configuration.queryHeads
        case .linear(.key), .bias(.key): heads = configuration.keyValueHeads
        default: return nil
        }
        let dimension = configuration.headDimension
        return (0..<heads * dimension).map { row in
            let (pair, half) = (row % dimension).quotientAndRemainder(dividingBy: 2)
            return row - row % dimension + half * dimension / 2 + pair
        }
    }

    /// The tensors one below the other, with their rows (or elements, where it is a vector) in another order.
    private static func joined(
        _ sources: [Tensor], order: [Int]?, offset: Float
    ) throws(TensorError) -> Tensor {
        guard let first = sources.first, sources.count > 1 || order != nil || offset != 0 else {
            return sources[0]
        }
        var values: [Float] = []
        for source in sources { values += try source.floats() }
        if offset != 0 { values = values.map { $0 + offset } }
        let width = first.shape.dropFirst().reduce(1, *)
        let ordered = order.map { $0.flatMap { values[$0 * width..<($0 + 1) * width] } }
        return try Tensor(
            name: first.name, shape: [values.count / max(width, 1)] + first.shape.dropFirst(),
            floats: ordered ?? values)
    }
}
