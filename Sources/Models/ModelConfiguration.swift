public import Adapters
public import Kernels

/// The shape of a model and the constants of its layers.
public struct ModelConfiguration: Sendable, Hashable {
    public var family: ModelFamily
    /// The name that the checkpoint gives itself, for people.
    public var name: String?
    public var hiddenSize: Int
    public var queryHeads: Int
    public var keyValueHeads: Int
    public var headDimension: Int
    public var feedForwardSize: Int
    public var vocabularySize: Int
    public var normEpsilon: Float
    public var activation: Activation
    /// One a layer.
    public var layers: [DecoderLayer]
    /// The kinds of rotary embedding that layers have.
    public var rotaries: [RotaryEmbedding]
    public var multipliers: Multipliers
    /// Attention scores and logits are kept in (-cap, cap) by a hyperbolic tangent; nil: as they are.
    public var attentionCap: Float?
    public var logitCap: Float?
    /// Linear layers that have a bias.
    public var biases: Set<LinearName>
    /// Positions that the model was made for.
    public var contextLength: Int
    /// Whether the output head is the token embedding.
    public var isTied: Bool
    /// Ids that end a text.
    public var endOfTextIDs: [Int32]

    /// What the numbers on their way through the model are multiplied with.
    public struct Multipliers: Sendable, Hashable {
        public var embedding: Float = 1
        /// Of what attention and feed-forward network add.
        public var residual: Float = 1
        /// Of products of queries and keys.
        public var attention: Float
        public var logits: Float = 1
    }

    public var layerCount: Int { layers.count }

    /// For each layer the positions that a token sees, its own included; nil: all before it.
    public var windows: [Int?] { layers.map(\.window) }

    /// The length that the rotations of a sequence go by; keys that were rotated for one serve under no other.
    ///
    /// - Parameters:
    ///   - prompt: tokens before the first one that was generated.
    ///   - total: tokens of the sequence so far.
    public func rotaryLength(prompt: Int, total: Int) -> Int {
        rotaries.reduce(0) { max($0, $1.scaling.length(prompt: prompt, total: total)) }
    }

    /// The adapter targets of a layer and their shapes (outputs, inputs).
    public var linearShapes: [LinearName: (outputs: Int, inputs: Int)] {
        let queries = queryHeads * headDimension
        let keys = keyValueHeads * headDimension
        return [
            .query: (queries, hiddenSize), .key: (keys, hiddenSize), .value: (keys, hiddenSize),
            .output: (hiddenSize, queries), .gate: (feedForwardSize, hiddenSize),
            .up: (feedForwardSize, hiddenSize), .down: (hiddenSize, feedForwardSize),
        ]
    }

    /// The outputs of one of them.
    func outputs(of linear: LinearName) -> Int { linearShapes[linear]?.outputs ?? 0 }

    /// The shape of a slot's tensor.
    func shape(of slot: WeightMap.Slot) -> [Int] {
        switch slot {
        case .embedding, .head: [vocabularySize, hiddenSize]
        case .finalNorm, .attentionNorm, .feedForwardNorm, .attentionPostNorm,
            .feedForwardPostNorm:
            [hiddenSize]
        case .queryNorm: [normWidth(heads: queryHeads)]
        case .keyNorm: [normWidth(heads: keyValueHeads)]
        case .linear(let name): linearShapes[name].map { [$0.outputs, $0.inputs] } ?? []
        case .bias(let name): [outputs(of: name)]
        case .fused(let site): [site.parts.reduce(0) { $0 + outputs(of: $1) }, hiddenSize]
        }
    }

    /// Elements that a norm of queries or keys takes together.
    private func normWidth(heads: Int) -> Int {
        family.headNorms == .allHeads ? heads * headDimension : headDimension
    }

    /// Refuses shapes that cannot be computed with.
    ///
    /// - Parameter key: what the file calls a key of `config.json`.
    func validate(_ key: (String) -> String = { $0 }) throws(ModelError) {
        let sizes = [
            ("hidden_size", hiddenSize, 1 << 20), ("num_hidden_layers", layerCount, 1 << 12),
            ("num_attention_heads", queryHeads, 1 << 14),
            ("num_key_value_heads", keyValueHeads, 1 << 14), ("head_dim", headDimension, 256),
            ("intermediate_size", feedForwardSize, 1 << 22),
            ("vocab_size", vocabularySize, 1 << 24),
            ("max_position_embeddings", contextLength, 1 << 30),
        ]
        for (name, value, limit) in sizes where value < 1 || value > limit {
            throw ModelError(.malformed, "\(key(name)) is \(value); it has to be in 1...\(limit)")
        }
        guard queryHeads.isMultiple(of: keyValueHeads) else {
            throw ModelError(
                .malformed,
                "\(key("num_attention_heads")) \(queryHeads) is no multiple of \(key("num_key_value_heads")) \(keyValueHeads)"
            )
        }
        guard normEpsilon.isFinite, normEpsilon > 0 else {
            throw ModelError(
                .malformed, "\(key("rms_norm_eps")) \(normEpsilon) is out of range")
        }
        let factors = [
            ("embedding_multiplier", multipliers.embedding),
            ("residual_multiplier", multipliers.residual),
            ("attention_multiplier", multipliers.attention),
            ("logits_scaling", multipliers.logits),
            ("attn_logit_softcapping", attentionCap ?? 1),
            ("final_logit_softcapping", logitCap ?? 1),
        ]
        for (name, factor) in factors where !(factor.isFinite && factor > 0) {
            throw ModelError(.malformed, "\(key(name)) is \(factor) or not positive")
        }
        try validateRotaries(key)
    }

    private func validateRotaries(_ key: (String) -> String) throws(ModelError) {
        for rotary in rotaries {
            guard rotary.dimension.isMultiple(of: 2), (2...headDimension) ~= rotary.dimension else {
                throw ModelError(
                    .malformed,
                    "\(key("head_dim")) \(headDimension): \(rotary.dimension) rotated elements are no pairs of it"
                )
            }
            guard rotary.theta.isFinite, rotary.theta > 1 else {
                throw ModelError(
                    .malformed, "\(key("rope_theta")) \(rotary.theta) is out of range")
            }
            let lengths = [0, rotaryLength(prompt: contextLength, total: contextLength)]
            guard
                lengths.allSatisfy({ rotary.frequencies(length: $0).allSatisfy(\.isFinite) }),
                rotary.scaling.attentionFactor.isFinite, rotary.scaling.attentionFactor > 0
            else {
                throw ModelError(
                    .malformed, "rope scaling \(rotary.scaling) gives no finite frequencies")
            }
        }
        guard rotaries.count(where: \.scaling.dependsOnLength) <= 1 else {
            throw ModelError(
                .unsupported, "two kinds of rope scaling that depend on a sequence's length")
        }
    }
}
