public import Adapters

/// How a checkpoint names its tensors (seam: a new naming is one more table).
public struct WeightMap: Sendable {
    /// What a tensor is for.
    public enum Slot: Hashable, Sendable {
        case embedding, head, finalNorm
        /// Norms of what goes into attention and feed-forward network, and of what comes out.
        case attentionNorm, attentionPostNorm, feedForwardNorm, feedForwardPostNorm
        case queryNorm, keyNorm
        case linear(LinearName)
        case bias(LinearName)
        /// The matrices of a projection in one, row after row.
        case fused(LinearName.Site)
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

    /// transformers: families name their tensors alike, but for norms by where they stand.
    public static func huggingFace(_ norms: NormPlacement) -> WeightMap {
        var names: [Slot: String] = [
            .embedding: "model.embed_tokens.weight", .head: "lm_head.weight",
            .finalNorm: "model.norm.weight",
        ]
        var layer: [Slot: String] = [.queryNorm: "self_attn.q_norm", .keyNorm: "self_attn.k_norm"]
        if norms.isBefore { layer[.attentionNorm] = "input_layernorm" }
        if norms.isAfter {
            layer[.attentionPostNorm] = "post_attention_layernorm"
            layer[.feedForwardPostNorm] = "post_feedforward_layernorm"
        }
        if norms.isBefore {
            layer[.feedForwardNorm] =
                norms.isAfter ? "pre_feedforward_layernorm" : "post_attention_layernorm"
        }
        for (slot, name) in layer { names[slot] = "model.layers.#.\(name).weight" }
        for site in LinearName.Site.allCases {
            let group = site == .queryKeyValue || site == .output ? "self_attn" : "mlp"
            if let fused = site.fusedName {
                names[.fused(site)] = "model.layers.#.\(group).\(fused).weight"
            }
            for linear in site.parts {
                names[.linear(linear)] = "model.layers.#.\(group).\(linear.rawValue).weight"
                names[.bias(linear)] = "model.layers.#.\(group).\(linear.rawValue).bias"
            }
        }
        return WeightMap(names: names)
    }

    /// GGUF as llama.cpp writes it; a fused gate and up go by the name of up.
    public static let gguf: WeightMap = {
        var names: [Slot: String] = [
            .embedding: "token_embd.weight", .head: "output.weight",
            .finalNorm: "output_norm.weight",
        ]
        let layer: [Slot: String] = [
            .attentionNorm: "attn_norm", .attentionPostNorm: "post_attention_norm",
            .feedForwardNorm: "ffn_norm", .feedForwardPostNorm: "post_ffw_norm",
            .queryNorm: "attn_q_norm", .keyNorm: "attn_k_norm",
            .fused(.queryKeyValue): "attn_qkv", .fused(.gateUp): "ffn_up",
        ]
        for (slot, name) in layer { names[slot] = "blk.#.\(name).weight" }
        let linears: [LinearName: String] = [
            .query: "attn_q", .key: "attn_k", .value: "attn_v", .output: "attn_output",
            .gate: "ffn_gate", .up: "ffn_up", .down: "ffn_down",
        ]
        for (linear, name) in linears {
            names[.linear(linear)] = "blk.#.\(name).weight"
            names[.bias(linear)] = "blk.#.\(name).bias"
        }
        return WeightMap(names: names)
    }()
}
