internal import Kernels
internal import Tensors

extension ModelConfiguration {
    /// Reads the metadata of a GGUF file.
    ///
    /// | meaning | key, after the architecture |
    /// |---|---|
    /// | layers, width, feed-forward width | `block_count`, `embedding_length`, `feed_forward_length` |
    /// | heads | `attention.head_count`, `attention.head_count_kv`, `attention.key_length` |
    /// | norm | `attention.layer_norm_rms_epsilon` |
    /// | rotary embedding | `rope.freq_base`, `rope.dimension_count`, `rope.scaling.*`, `rope.scale_linear` |
    /// | windows | `attention.sliding_window`, `attention.sliding_window_pattern` |
    /// | soft caps, multipliers | `attn_logit_softcapping`, `embedding_scale` and the like, where the family has them |
    ///
    /// What tensors say comes on top: rotary divisors, biases, a head; see `Checkpoint.init(gguf:)`.
    ///
    /// - Throws: also for keys that change what a model computes and that its family does not have (`ConsequentialKeys`).
    init(gguf metadata: [String: GGUFValue]) throws(ModelError) {
        let fields = try GGUFFields(metadata)
        family = fields.family
        name = metadata["general.name"]?.string
        hiddenSize = try fields.integer("embedding_length")
        let layerCount = try fields.integer("block_count")
        queryHeads = try fields.integer("attention.head_count")
        keyValueHeads = try fields.optionalInteger("attention.head_count_kv") ?? queryHeads
        guard queryHeads > 0, layerCount > 0, layerCount <= 4096 else {
            throw ModelError(
                .malformed,
                "\(fields.key("attention.head_count")) is \(queryHeads) and \(fields.key("block_count")) is \(layerCount); at least 1 and in 1...4096 are needed"
            )
        }
        headDimension =
            try fields.optionalInteger("attention.key_length") ?? hiddenSize / queryHeads
        let valueLength = try fields.optionalInteger("attention.value_length") ?? headDimension
        guard valueLength == headDimension else {
            throw ModelError(
                .unsupported,
                "\(fields.key("attention.value_length")) is \(valueLength), but heads have \(headDimension) elements; only equal sizes are supported"
            )
        }
        feedForwardSize = try fields.integer("feed_forward_length")
        vocabularySize = try fields.vocabularySize()
        normEpsilon = Float(try fields.number("attention.layer_norm_rms_epsilon"))
        contextLength = try fields.integer("context_length")
        activation = family.activation
        layers = try fields.layers(count: layerCount)
        rotaries = try fields.rotaries(headDimension: headDimension, contextLength: contextLength)
        multipliers = Multipliers(attention: 1 / Float(max(headDimension, 1)).squareRoot())
        if family.hiddenScaledLayers.contains(layerCount) {
            multipliers.attention = 1 / Float(hiddenSize / queryHeads).squareRoot()
        }
        if family.scalesEmbeddings { multipliers.embedding = Float(hiddenSize).squareRoot() }
        if let scale = try fields.familyNumber("attention.scale") {
            multipliers.attention = Float(scale)
        }
        if let scale = try fields.familyNumber("embedding_scale") {
            multipliers.embedding = Float(scale)
        }
        if let scale = try fields.familyNumber("residual_scale") {
            multipliers.residual = Float(scale)
        }
        if let scale = try fields.familyNumber("logit_scale") {
            multipliers.logits = 1 / Float(scale)
        }
        attentionCap = try fields.familyNumber("attn_logit_softcapping").map { Float($0) }
        logitCap = try fields.familyNumber("final_logit_softcapping").map { Float($0) }
        biases = []
        isTied = false
        endOfTextIDs = try fields.endOfTextIDs()
        try fields.refuseUnread()
        try validate { fields.key(Self.keys[$0] ?? $0) }
        contextLength = max(contextLength, stretchedContextLength)
        try validate { fields.key(Self.keys[$0] ?? $0) }
    }

    /// The keys of `config.json` and what GGUF calls them.
    private static let keys = [
        "hidden_size": "embedding_length", "num_hidden_layers": "block_count",
        "num_attention_heads": "attention.head_count",
        "num_key_value_heads": "attention.head_count_kv", "head_dim": "attention.key_length",
        "intermediate_size": "feed_forward_length", "max_position_embeddings": "context_length",
        "rms_norm_eps": "attention.layer_norm_rms_epsilon", "rope_theta": "rope.freq_base",
        "embedding_multiplier": "embedding_scale", "residual_multiplier": "residual_scale",
        "attention_multiplier": "attention.scale", "logits_scaling": "logit_scale",
    ]
}
