internal import Tensors

/// The rotary embeddings of a `config.json`, in the spelling of transformers 4 or 5.
struct RopeFields {
    private let fields: ConfigurationFields
    private let family: ModelFamily
    private let headDimension: Int
    private let contextLength: Int

    init(
        _ fields: ConfigurationFields, family: ModelFamily, headDimension: Int, contextLength: Int
    ) {
        self.fields = fields
        self.family = family
        self.headDimension = headDimension
        self.contextLength = contextLength
    }

    /// One for each kind of layer: those that see everything, then those with a window where these have their own.
    func rotaries() throws(ModelError) -> [RotaryEmbedding] {
        let parameters = try fields.object("rope_parameters")
        // An older spelling that says something goes first, as in transformers.
        let older = try fields.object("rope_scaling")
        let scaling = older.flatMap { $0.isEmpty ? nil : $0 }
        guard let localTheta = family.localTheta else {
            return [try rotary(scaling ?? parameters ?? [:], defaultTheta: 10_000, "rope_theta")]
        }
        let kinds = ConfigurationFields(parameters ?? [:], path: "rope_parameters.")
        let full = try kinds.object("full_attention") ?? [:]
        let local = try kinds.object("sliding_attention") ?? [:]
        try kinds.refuseUnread(
            where: { _ in true },
            reason: "expected are full_attention and sliding_attention, one for each kind of layer")
        return [
            try rotary(scaling ?? full, defaultTheta: 10_000, "rope_theta"),
            try rotary(local, defaultTheta: localTheta, "rope_local_base_freq"),
        ]
    }

    private func rotary(
        _ object: JSONObject, defaultTheta: Double, _ thetaKey: String
    ) throws(ModelError) -> RotaryEmbedding {
        let rope = ConfigurationFields(object, path: "rope scaling: ")
        let outside = try fields.optionalNumber(thetaKey)
        let theta = try rope.optionalNumber("rope_theta") ?? outside ?? defaultTheta
        var dimension = headDimension
        let wholePart = try fields.optionalNumber("partial_rotary_factor") ?? 1
        let part = try rope.optionalNumber("partial_rotary_factor") ?? wholePart
        if part != 1 {
            guard family.keys.contains("partial_rotary_factor") else {
                throw ModelError(
                    .unsupported,
                    "partial_rotary_factor \(part): heads of the type \(family.name) are rotated whole"
                )
            }
            guard part > 0, part < 1 else {
                throw ModelError(.malformed, "partial_rotary_factor is \(part)")
            }
            dimension = Int(Double(headDimension) * part)
        }
        let scaling = try scaling(rope, dimension: dimension)
        // Kinds that go by the whole context have it here in some files.
        _ = rope.value("original_max_position_embeddings")
        try rope.refuseUnread(
            where: { $0 != "finetuned" },
            reason: "this kind of scaling has no such member in transformers; remove it")
        return RotaryEmbedding(theta: theta, dimension: dimension, scaling: scaling)
    }

    private func scaling(
        _ rope: ConfigurationFields, dimension: Int
    ) throws(ModelError) -> RopeScaling {
        let older = try rope.string("type")
        let said = try rope.string("rope_type") ?? older ?? "default"
        switch family.ropeAliases[said] ?? said {
        case "default":
            return .none
        case "linear":
            return .linear(factor: try rope.positive("factor"))
        case "dynamic":
            return .dynamic(factor: try rope.positive("factor"), originalContext: contextLength)
        case "llama3":
            return try llama3(rope)
        case "yarn":
            return .yarn(try yarn(rope))
        case "longrope":
            return .longRope(try longRope(rope, pairs: dimension / 2))
        default:
            throw ModelError(
                .unsupported,
                "rope scaling \(said.quoted) is not supported; known are default, linear, dynamic, llama3, yarn, longrope"
            )
        }
    }

    /// The context before it was stretched: what `config.json` itself says goes first.
    private func originalContext(_ rope: ConfigurationFields) throws(ModelError) -> Double {
        let key = "original_max_position_embeddings"
        let inside = try rope.optionalNumber(key)
        let context = try fields.optionalNumber(key) ?? inside ?? Double(contextLength)
        guard context >= 1, context <= Double(1 << 30) else {
            throw ModelError(.malformed, "\(key) is \(context)")
        }
        return context
    }

    private func llama3(_ rope: ConfigurationFields) throws(ModelError) -> RopeScaling {
        let (low, high) = (
            try rope.positive("low_freq_factor"), try rope.positive("high_freq_factor")
        )
        guard high > low else {
            throw ModelError(
                .malformed, "rope scaling: high_freq_factor has to exceed low_freq_factor")
        }
        return .llama3(
            factor: try rope.positive("factor"), low: low, high: high,
            originalContext: try originalContext(rope))
    }

    private func yarn(_ rope: ConfigurationFields) throws(ModelError) -> YarnScaling {
        let context = try originalContext(rope)
        let factor = try rope.optionalNumber("factor") ?? Double(contextLength) / context
        guard factor.isFinite, factor > 0 else {
            throw ModelError(.malformed, "rope scaling: factor is \(factor)")
        }
        let weights = (
            try rope.optionalNumber("mscale") ?? 0, try rope.optionalNumber("mscale_all_dim") ?? 0
        )
        var sharpening = YarnScaling.sharpening(factor)
        if weights.0 != 0, weights.1 != 0 {
            sharpening =
                YarnScaling.sharpening(factor, weight: weights.0)
                / YarnScaling.sharpening(factor, weight: weights.1)
        }
        var scaling = YarnScaling(
            factor: factor, originalContext: context,
            attentionFactor: try rope.optionalNumber("attention_factor") ?? sharpening)
        for (key, place) in [("beta_fast", \YarnScaling.fast), ("beta_slow", \.slow)] {
            if let turns = try rope.optionalNumber(key), turns != 0 {
                scaling[keyPath: place] = turns
            }
        }
        if rope.value("truncate") != nil { scaling.truncates = try rope.flag("truncate") }
        return scaling
    }

    private func longRope(
        _ rope: ConfigurationFields, pairs: Int
    ) throws(ModelError) -> LongRopeScaling {
        let context = try originalContext(rope)
        let factor = try rope.optionalNumber("factor") ?? Double(contextLength) / context
        func divisors(_ key: String) throws(ModelError) -> [Float] {
            let divisors = try rope.numbers(key) ?? []
            guard divisors.count == pairs, divisors.allSatisfy({ $0.isFinite && $0 > 0 }) else {
                throw ModelError(
                    .malformed,
                    "rope scaling: \(key) has \(divisors.count) members, or some that are not positive; needed are \(pairs)"
                )
            }
            return divisors.map { Float($0) }
        }
        return LongRopeScaling(
            short: try divisors("short_factor"), long: try divisors("long_factor"),
            originalContext: Int(context),
            attentionFactor: try rope.optionalNumber("attention_factor")
                ?? LongRopeScaling.sharpening(factor, originalContext: context))
    }
}
