internal import Adapters
internal import Kernels
internal import Tensors

extension GGUFExport {
    /// What of the configuration llama.cpp has no key for; nil: nothing.
    var inexpressible: String? {
        let configuration = checkpoint.configuration
        let rotary = configuration.rotaries[0]
        if case .dynamic = rotary.scaling { return "rope scaling \"dynamic\"" }
        if case .longRope = rotary.scaling, family.fused.isEmpty {
            return "longrope for \(family.name)"
        }
        guard Set(configuration.windows.compactMap(\.self)).count <= 1,
            configuration.windows.allSatisfy({ $0 == nil }) || canHaveWindows
        else {
            return "sliding window for some layers or for \(family.name)"
        }
        let plain = 1 / Float(configuration.headDimension).squareRoot()
        if !family.ggufKeys.contains("attention.scale"),
            configuration.multipliers.attention != plain,
            !family.hiddenScaledLayers.contains(configuration.layerCount)
        {
            return "attention scale \(configuration.multipliers.attention) for \(family.name)"
        }
        guard configuration.activation == family.activation else {
            return "activation \(configuration.activation.rawValue) for \(family.name)"
        }
        guard configuration.layers.indices.allSatisfy({ isExpressible(layer: $0) }) else {
            return "such layers without rotary embedding"
        }
        return nil
    }

    /// Whether the file can say which layers have windows.
    private var canHaveWindows: Bool {
        guard family.ggufKeys.contains("attention.sliding_window") else { return false }
        return family.windows == .always
            ? Set(checkpoint.configuration.windows).count == 1
            : family.ggufKeys.contains("attention.sliding_window_pattern")
    }

    private func isExpressible(layer: Int) -> Bool {
        let isUnrotated = family.unrotatedInterval.map { (layer + 1).isMultiple(of: $0) } ?? false
        return (checkpoint.configuration.layers[layer].rotary == nil) == isUnrotated
    }

    /// Divisors of the rotary frequencies by the names of their tensors, where no single factor says them.
    var rotaryDivisors: [(name: String, divisors: [Float])] {
        let rotary = checkpoint.configuration.rotaries[0]
        switch rotary.scaling {
        case .none, .linear, .yarn, .dynamic:
            return []
        case .divisors(let divisors):
            return [("rope_freqs.weight", divisors)]
        case .longRope(let scaling):
            return [
                ("rope_factors_long.weight", scaling.long),
                ("rope_factors_short.weight", scaling.short),
            ]
        case .llama3:
            let plain = RotaryEmbedding(theta: rotary.theta, dimension: rotary.dimension)
            let divisors = zip(plain.frequencies(length: 0), rotary.frequencies(length: 0))
                .map { Float($0 / $1) }
            return [("rope_freqs.weight", divisors)]
        }
    }

    private func key(_ suffix: String) -> String { "\(family.architecture).\(suffix)" }

    private func count(_ suffix: String, _ value: Int) -> (key: String, value: GGUFValue) {
        (key(suffix), .uint32(UInt32(clamping: value)))
    }

    private func number(_ suffix: String, _ value: Float) -> (key: String, value: GGUFValue) {
        (key(suffix), .float32(value))
    }

    var metadata: [(key: String, value: GGUFValue)] {
        let configuration = checkpoint.configuration
        // ggml's numbers for files that are mostly of a type.
        let fileType: UInt32 = type == .q8_0 ? 7 : 2
        return [
            ("general.architecture", .string(family.architecture)),
            ("general.type", .string("model")), ("general.name", .string(checkpoint.shape.name)),
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
            count("vocab_size", configuration.vocabularySize),
            number("attention.layer_norm_rms_epsilon", configuration.normEpsilon),
        ] + rotaryMetadata + windowMetadata + factorMetadata
    }

    private var rotaryMetadata: [(key: String, value: GGUFValue)] {
        let rotaries = checkpoint.configuration.rotaries
        var metadata = [
            count("rope.dimension_count", rotaries[0].dimension),
            number("rope.freq_base", Float(rotaries[0].theta)),
        ]
        if rotaries.count > 1 {
            metadata.append(number("rope.freq_base_swa", Float(rotaries[1].theta)))
        }
        switch rotaries[0].scaling {
        case .none, .llama3, .divisors, .dynamic: break
        case .linear(let factor):
            metadata.append((key("rope.scaling.type"), .string("linear")))
            metadata.append(number("rope.scaling.factor", Float(factor)))
        case .yarn(let scaling):
            let sharpening = YarnScaling.sharpening(scaling.factor)
            metadata += [
                (key("rope.scaling.type"), .string("yarn")),
                number("rope.scaling.factor", Float(scaling.factor)),
                number("rope.scaling.attn_factor", Float(scaling.attentionFactor / sharpening)),
                number("rope.scaling.yarn_beta_fast", Float(scaling.fast)),
                number("rope.scaling.yarn_beta_slow", Float(scaling.slow)),
                count("rope.scaling.original_context_length", Int(scaling.originalContext)),
            ]
        case .longRope(let scaling):
            metadata += [
                (key("rope.scaling.type"), .string("longrope")),
                number("rope.scaling.attn_factor", Float(scaling.attentionFactor)),
                count("rope.scaling.original_context_length", scaling.originalContext),
            ]
        }
        return metadata
    }

    private var windowMetadata: [(key: String, value: GGUFValue)] {
        let windows = checkpoint.configuration.windows
        guard let window = windows.compactMap(\.self).first else { return [] }
        var metadata = [count("attention.sliding_window", window)]
        if family.windows != .always {
            metadata.append(
                (
                    key("attention.sliding_window_pattern"),
                    .array(.bool, windows.map { .bool($0 != nil) })
                ))
        }
        return metadata
    }

    private var factorMetadata: [(key: String, value: GGUFValue)] {
        let configuration = checkpoint.configuration
        let factors: [(String, Float?)] = [
            ("attn_logit_softcapping", configuration.attentionCap),
            ("final_logit_softcapping", configuration.logitCap),
            ("attention.scale", configuration.multipliers.attention),
            ("embedding_scale", configuration.multipliers.embedding),
            ("residual_scale", configuration.multipliers.residual),
            ("logit_scale", 1 / configuration.multipliers.logits),
        ]
        return factors.compactMap { suffix, factor in
            family.ggufKeys.contains(suffix) ? factor.map { number(suffix, $0) } : nil
        }
    }
}
