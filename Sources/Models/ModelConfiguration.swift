public import Adapters

/// The shape of a model and the constants of its layers.
public struct ModelConfiguration: Sendable, Hashable {
    public var family: ModelFamily
    /// The name that the checkpoint gives itself, for people.
    public var name: String?
    public var hiddenSize: Int
    public var layerCount: Int
    public var queryHeads: Int
    public var keyValueHeads: Int
    public var headDimension: Int
    public var feedForwardSize: Int
    public var vocabularySize: Int
    public var normEpsilon: Float
    public var ropeTheta: Double
    public var ropeScaling: RopeScaling
    /// For each layer the positions that a token sees, its own included; nil: all before it.
    public var windows: [Int?]
    /// Positions that the model was made for.
    public var contextLength: Int
    /// Whether the output head is the token embedding.
    public var isTied: Bool
    /// Ids that end a text.
    public var endOfTextIDs: [Int32]

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

    /// The shape of a slot's tensor.
    func shape(of slot: WeightMap.Slot) -> [Int] {
        switch slot {
        case .embedding, .head: [vocabularySize, hiddenSize]
        case .finalNorm, .attentionNorm, .feedForwardNorm: [hiddenSize]
        case .queryNorm, .keyNorm: [headDimension]
        case .linear(let name): linearShapes[name].map { [$0.outputs, $0.inputs] } ?? []
        case .bias(let name): linearShapes[name].map { [$0.outputs] } ?? []
        }
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
        guard headDimension.isMultiple(of: 2) else {
            throw ModelError(
                .malformed,
                "\(key("head_dim")) \(headDimension) is odd; rotary embedding needs pairs")
        }
        guard normEpsilon.isFinite, normEpsilon > 0, ropeTheta.isFinite, ropeTheta > 1 else {
            throw ModelError(
                .malformed,
                "\(key("rms_norm_eps")) \(normEpsilon) or \(key("rope_theta")) \(ropeTheta) is out of range"
            )
        }
    }
}
