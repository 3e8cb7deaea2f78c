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
    private let checkpoint: Checkpoint
    private let type: DType
    private let architecture: ModelFamily

    /// - Parameter type: `q8_0` or `q4_0`.
    /// - Throws: for checkpoints that are quantized already, and for what llama.cpp cannot express.
    public init(_ checkpoint: Checkpoint, type: DType) throws(ModelError) {
        precondition(type == .q8_0 || type == .q4_0)
        try checkpoint.refuseQuantized()
        let configuration = checkpoint.configuration
        let family = configuration.family
        architecture = family == .mistral ? .llama : family
        let windows = Set(configuration.windows)
        guard windows == [nil] || architecture == .llama && windows.count == 1 else {
            throw ModelError(
                .unsupported,
                "\(checkpoint.path): GGUF has no sliding window for some layers or for \(family.rawValue)"
            )
        }
        self.checkpoint = checkpoint
        self.type = type
    }

    /// What a user of the file should know.
    public var warnings: [String] {
        guard let window = checkpoint.configuration.windows.first ?? nil else { return [] }
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
            let slots = checkpoint.slots
            for (index, (slot, layer)) in slots.enumerated() {
                let sourceName = checkpoint.map.name(slot, layer: layer)
                let tensor = try checkpoint.tensor(slot, layer: layer, named: sourceName)
                let target = targetType(of: tensor, slot)
                let name = WeightMap.gguf.name(slot, layer: layer)
                let order = rowOrder(slot)
                try writer.add(name: name, dtype: target, shape: tensor.shape) {
                    () throws(TensorError) in
                    progress(Double(index) / Double(slots.count))
                    return try Self.ordered(tensor, order).converted(to: target).renamed(name)
                }
            }
            if let divisors = rotaryDivisors {
                try writer.add(
                    Tensor(name: "rope_freqs.weight", shape: [divisors.count], floats: divisors))
            }
            try writer.write(to: path)
            progress(1)
        } catch {
            throw checkpoint.exportError(error)
        }
    }

    private func targetType(of tensor: Tensor, _ slot: WeightMap.Slot) -> DType {
        guard tensor.shape.count == 2 else { return .f32 }
        guard tensor.shape[1].isMultiple(of: 32) else { return .f16 }
        if case .linear = slot { return type }
        return .q8_0
    }

    /// For each row of the file the row of the source; nil: the same.
    private func rowOrder(_ slot: WeightMap.Slot) -> [Int]? {
        guard architecture == .llama, !checkpoint.isPermuted else { return nil }
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

    /// The tensor with its rows (or its elements, where it is a vector) in another order.
    private static func ordered(_ tensor: Tensor, _ order: [Int]?) throws(TensorError) -> Tensor {
        guard let order else { return tensor }
        let values = try tensor.floats()
        let width = tensor.shape.dropFirst().reduce(1, *)
        return try Tensor(
            name: tensor.name, shape: tensor.shape,
            floats: order.flatMap { values[$0 * width..<($0 + 1) * width] })
    }

    /// What divides each rotary frequency, where no single factor says it.
    private var rotaryDivisors: [Float]? {
        let configuration = checkpoint.configuration
        switch configuration.ropeScaling {
        case .none, .linear:
            return nil
        case .divisors(let divisors):
            return divisors
        case .llama3:
            let (theta, dimension) = (configuration.ropeTheta, configuration.headDimension)
            let plain = RopeScaling.none.frequencies(theta: theta, headDimension: dimension)
            let scaled = configuration.ropeScaling.frequencies(
                theta: theta, headDimension: dimension)
            return zip(plain, scaled).map { Float($0 / $1) }
        }
    }

    private var metadata: [(key: String, value: GGUFValue)] {
        let configuration = checkpoint.configuration
        let name = checkpoint.shape.name
        func count(_ key: String, _ value: Int) -> (key: String, value: GGUFValue) {
            ("\(architecture.rawValue).\(key)", .uint32(UInt32(clamping: value)))
        }
        func number(_ key: String, _ value: Float) -> (key: String, value: GGUFValue) {
            ("\(architecture.rawValue).\(key)", .float32(value))
        }
        // ggml's numbers for files that are mostly of a type.
        let fileType: UInt32 = type == .q8_0 ? 7 : 2
        var metadata: [(key: String, value: GGUFValue)] = [
            ("general.architecture", .string(architecture.rawValue)),
            ("general.type", .string("model")), ("general.name", .string(name)),
            ("general.file_type", .uint32(fileType)), ("general.quantization_version", .uint32(2)),
            (Checkpoint.sourceDigestKey, .string(checkpoint.sourceDigest.description)),
            count("block_count", configuration.layerCount),
            count("context_length", configuration.contextLength),
            count("embedding_length", configuration.hiddenSize),
            count("feed_forward_length", configuration.feedForwardSize),
            count("attention.head_count", configuration.queryHeads),
            count("attention.head_count_kv", configuration.keyValueHeads),
            count("attention.key_length", configuration.headDimension),
            count("attention.value_length", configuration.headDimension),
            count("rope.dimension_count", configuration.headDimension),
            count("vocab_size", configuration.vocabularySize),
            number("attention.layer_norm_rms_epsilon", configuration.normEpsilon),
            number("rope.freq_base", Float(configuration.ropeTheta)),
        ]
        if case .linear(let factor) = configuration.ropeScaling {
            metadata.append(("\(architecture.rawValue).rope.scaling.type", .string("linear")))
            metadata.append(number("rope.scaling.factor", Float(factor)))
        }
        if let window = configuration.windows.first ?? nil {
            metadata.append(count("attention.sliding_window", window))
        }
        return metadata
    }
}
