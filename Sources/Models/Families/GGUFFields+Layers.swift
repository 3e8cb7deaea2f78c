internal import Tensors

extension GGUFFields {
    /// Which layers have a window and which a rotary embedding.
    func layers(count: Int) throws(ModelError) -> [DecoderLayer] {
        var layers = [DecoderLayer](repeating: DecoderLayer(), count: count)
        if let interval = family.unrotatedInterval {
            for index in layers.indices where (index + 1).isMultiple(of: interval) {
                layers[index].rotary = nil
            }
        }
        if family.ggufKeys.contains("rope.scaling.finetuned"),
            value("rope.scaling.finetuned")?.bool == false
        {
            for index in layers.indices { layers[index].rotary = nil }
        }
        guard let size = try familyNumber("attention.sliding_window") else { return layers }
        guard let window = Int(exactly: size), window > 0 else {
            throw ModelError(.malformed, "\(key("attention.sliding_window")) is \(size)")
        }
        let hasWindow = try hasWindow(count: count)
        for index in layers.indices where hasWindow[index] {
            layers[index].window = window
            if family.localTheta != nil { layers[index].rotary = 1 }
        }
        return layers
    }

    private func hasWindow(count: Int) throws(ModelError) -> [Bool] {
        guard case .allButOne(let usual) = family.windows else {
            return [Bool](repeating: true, count: count)
        }
        let suffix = "attention.sliding_window_pattern"
        guard let flags = value(suffix)?.array else {
            let period = try optionalInteger(suffix) ?? usual
            guard period > 0 else { throw ModelError(.malformed, "\(key(suffix)) is \(period)") }
            return (0..<count).map { !($0 + 1).isMultiple(of: period) }
        }
        let hasWindow = flags.compactMap { $0.bool ?? $0.int.map { $0 != 0 } }
        guard hasWindow.count == count, flags.count == count else {
            throw ModelError(
                .malformed, "\(key(suffix)) has \(flags.count) members for \(count) layers")
        }
        return hasWindow
    }

    /// The kinds of rotary embedding.
    ///
    /// A factor without a type is linear, and `rope.scale_linear` is its older name, as in llama.cpp.
    func rotaries(headDimension: Int, contextLength: Int) throws(ModelError) -> [RotaryEmbedding] {
        let dimension = try optionalInteger("rope.dimension_count") ?? headDimension
        guard dimension == headDimension || !family.isPermuted && dimension > 0 else {
            throw ModelError(
                .unsupported,
                "\(key("rope.dimension_count")) is \(dimension), but heads have \(headDimension) elements; only equal sizes are supported"
            )
        }
        var rotary = RotaryEmbedding(
            theta: try optionalNumber("rope.freq_base") ?? 10_000, dimension: dimension)
        rotary.scaling = try ropeScaling(contextLength: contextLength)
        guard let theta = family.localTheta else { return [rotary] }
        let local = try familyNumber("rope.freq_base_swa") ?? theta
        return [rotary, RotaryEmbedding(theta: local, dimension: dimension)]
    }

    private func ropeScaling(contextLength: Int) throws(ModelError) -> RopeScaling {
        let older = try optionalNumber("rope.scale_linear")
        let factor = try optionalNumber("rope.scaling.factor") ?? older ?? 0
        guard factor >= 0 else {
            throw ModelError(.malformed, "\(key("rope.scaling.factor")) is \(factor)")
        }
        let kind = value("rope.scaling.type")?.string ?? "linear"
        let context =
            try optionalInteger("rope.scaling.original_context_length") ?? contextLength
        let attention = try optionalNumber("rope.scaling.attn_factor")
        guard context > 0 else {
            throw ModelError(
                .malformed,
                "\(key("context_length")) or \(key("rope.scaling.original_context_length")) is \(context)"
            )
        }
        switch kind {
        case "none":
            return .none
        case "yarn":
            return .yarn(
                try yarn(factor: factor, originalContext: context, attention: attention ?? 1))
        case "longrope":
            return Self.longRope(originalContext: context, attention: attention ?? 1)
        case "linear":
            // Files of Phi 3 have their divisors as tensors and do not say the type.
            if let attention {
                return Self.longRope(originalContext: context, attention: attention)
            }
            return factor == 0 || factor == 1 ? .none : .linear(factor: factor)
        default:
            throw ModelError(
                .unsupported,
                "\(key("rope.scaling.type")) \(kind.quoted) is not supported; known are none, linear, yarn, longrope"
            )
        }
    }

    /// The divisors are tensors; see `Checkpoint.init(gguf:)`.
    private static func longRope(originalContext: Int, attention: Double) -> RopeScaling {
        .longRope(
            LongRopeScaling(
                short: [], long: [], originalContext: originalContext, attentionFactor: attention))
    }

    private func yarn(
        factor: Double, originalContext: Int, attention: Double
    ) throws(ModelError) -> YarnScaling {
        guard factor > 0 else {
            throw ModelError(.malformed, "\(key("rope.scaling.factor")) is \(factor)")
        }
        var scaling = YarnScaling(
            factor: factor, originalContext: Double(originalContext),
            attentionFactor: attention * YarnScaling.sharpening(factor))
        if let fast = try optionalNumber("rope.scaling.yarn_beta_fast") { scaling.fast = fast }
        if let slow = try optionalNumber("rope.scaling.yarn_beta_slow") { scaling.slow = slow }
        if let weight = try optionalNumber("rope.scaling.yarn_log_multiplier"), weight != 0 {
            scaling.attentionFactor /= YarnScaling.sharpening(factor, weight: weight)
        }
        return scaling
    }
}
