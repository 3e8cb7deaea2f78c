public import Adapters

/// How a checkpoint names its tensors (seam: a new naming is one more table).
public struct WeightMap: Sendable {
    /// What a tensor is for.
    public enum Slot: Hashable, Sendable {
        case embedding, head, finalNorm
        case attentionNorm, feedForwardNorm, queryNorm, keyNorm
        case linear(LinearName)
        case bias(LinearName)
    }

    private let names: [Slot: String]

    /// The tensor's name; `layer` where the slot is a layer's.
    public func name(_ slot: Slot, layer: Int = 0) -> String {
        var name = names[slot] ?? ""
        if let place = name.firstIndex(of: "#") {
            name.replaceSubrange(place...place, with: String(layer))
        }
        return name
    }

    /// transformers: all four families name their tensors alike.
    public static let huggingFace = WeightMap(
        names: table(
            global: ["model.embed_tokens.weight", "lm_head.weight", "model.norm.weight"],
            layer: [
                "input_layernorm", "post_attention_layernorm", "self_attn.q_norm",
                "self_attn.k_norm",
            ].map { "model.layers.#.\($0).weight" },
            linear: { linear in
                let group =
                    switch linear {
                    case .query, .key, .value, .output: "self_attn"
                    case .gate, .up, .down: "mlp"
                    }
                return "model.layers.#.\(group).\(linear.rawValue)"
            }))

    /// GGUF as llama.cpp writes it.
    public static let gguf = WeightMap(
        names: table(
            global: ["token_embd.weight", "output.weight", "output_norm.weight"],
            layer: ["attn_norm", "ffn_norm", "attn_q_norm", "attn_k_norm"].map {
                "blk.#.\($0).weight"
            },
            linear: { linear in
                switch linear {
                case .query: "blk.#.attn_q"
                case .key: "blk.#.attn_k"
                case .value: "blk.#.attn_v"
                case .output: "blk.#.attn_output"
                case .gate: "blk.#.ffn_gate"
                case .up: "blk.#.ffn_up"
                case .down: "blk.#.ffn_down"
                }
            }))

    private static func table(
        global: [String], layer: [String], linear: (LinearName) -> String
    ) -> [Slot: String] {
        var names: [Slot: String] = [:]
        for (slot, name) in zip([Slot.embedding, .head, .finalNorm], global) { names[slot] = name }
        let layerSlots: [Slot] = [.attentionNorm, .feedForwardNorm, .queryNorm, .keyNorm]
        for (slot, name) in zip(layerSlots, layer) { names[slot] = name }
        for name in LinearName.allCases {
            names[.linear(name)] = linear(name) + ".weight"
            names[.bias(name)] = linear(name) + ".bias"
        }
        return names
    }
}
