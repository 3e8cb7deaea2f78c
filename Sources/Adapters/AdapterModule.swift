/// A module of the base that adapters may change.
public enum AdapterModule: Hashable, Sendable {
    case linear(layer: Int, LinearName)
    /// One matrix that holds all of a site's, row after row, as Phi-3 has them.
    case fused(layer: Int, LinearName.Site)
    case embedding
    case head

    /// As transformers names it.
    public var name: String {
        switch self {
        case .linear(let layer, let linear):
            "model.layers.\(layer).\(linear.group).\(linear.rawValue)"
        case .fused(let layer, let site):
            "model.layers.\(layer).\(site.parts[0].group).\(site.fusedName ?? "")"
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
            let layer = Int(parts[2]), layer >= 0, String(layer) == parts[2]
        {
            self.init(layer: layer, group: parts[3], name: String(parts[4]))
        } else {
            return nil
        }
    }

    private init?(layer: Int, group: Substring, name: String) {
        if let linear = LinearName(rawValue: name), linear.group == group {
            self = .linear(layer: layer, linear)
        } else if let site = LinearName.Site.allCases.first(where: { $0.fusedName == name }),
            site.parts[0].group == group
        {
            self = .fused(layer: layer, site)
        } else {
            return nil
        }
    }

    /// The layer that it is in, if it is in one.
    public var layer: Int? {
        switch self {
        case .linear(let layer, _), .fused(let layer, _): layer
        case .embedding, .head: nil
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
