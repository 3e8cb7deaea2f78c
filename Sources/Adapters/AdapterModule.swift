/// A module of the base that adapters may change.
public enum AdapterModule: Hashable, Sendable {
    case linear(layer: Int, LinearName)
    case embedding
    case head

    /// As transformers names it.
    public var name: String {
        switch self {
        case .linear(let layer, let linear):
            "model.layers.\(layer).\(linear.group).\(linear.rawValue)"
        case .embedding: "model.embed_tokens"
        case .head: "lm_head"
        }
    }

    /// The module of a name; nil when the families have no such module.
    init?(name: String) {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        if name == Self.embedding.name {
            self = .embedding
        } else if name == Self.head.name {
            self = .head
        } else if parts.count == 5, parts[0] == "model", parts[1] == "layers",
            let layer = Int(parts[2]), layer >= 0, String(layer) == parts[2],
            let linear = LinearName(rawValue: String(parts[4])), parts[3] == linear.group
        {
            self = .linear(layer: layer, linear)
        } else {
            return nil
        }
    }
}

extension LinearName {
    /// The part of a block that holds the linear layer.
    var group: String {
        switch self {
        case .query, .key, .value, .output: "self_attn"
        case .gate, .up, .down: "mlp"
        }
    }
}
