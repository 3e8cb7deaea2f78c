/// What a tensor of a PEFT file is, read from its name.
///
/// | in the file | meaning |
/// |---|---|
/// | `base_model.model.model.layers.3.self_attn.q_proj.lora_A.weight` | A of layer 3's query, (rank, inputs) |
/// | `….q_proj.lora_B.weight`, `….q_proj.lora_B.bias` | B, (outputs, rank), and its bias |
/// | `….q_proj.lora_magnitude_vector` | the lengths of DoRA, (outputs) |
/// | `….embed_tokens.lora_embedding_A`, `…B` | A, (rank, vocabulary), and B, (hidden, rank) |
/// | `….lm_head.weight`, `….lm_head.modules_to_save.weight`, `….lm_head.base_layer.weight` | a whole tensor of the base |
///
/// A component before `weight` may name the adapter, as in `lora_A.default.weight`; frameworks that wrap the model leave
/// prefixes; a model without a head has no leading `model.`, one of images too has `language_model.`.
struct AdapterTensorName: Sendable {
    enum Kind: Hashable, Sendable {
        case a, b, magnitude, bias
        /// A tensor of the base by itself: `weight` or `bias` of the module.
        case whole(parameter: String)
        /// The base's own module beside one that replaces it: it takes no part.
        case unused
    }

    /// The module as the model that was trained named it, which patterns are matched against.
    let path: String
    /// The same as the base has it.
    let module: String
    let kind: Kind
    /// The adapter's name, where the tensor's has it.
    let adapter: String?

    private static let wrappers = [
        "_orig_mod.", "_fsdp_wrapped_module.", "module.", "base_model.model.", "base_model.",
    ]
    private static let markers: [String: Kind] = [
        "lora_A": .a, "lora_B": .b, "lora_embedding_A": .a, "lora_embedding_B": .b,
        "lora_magnitude_vector": .magnitude, "modules_to_save": .whole(parameter: ""),
        "base_layer": .whole(parameter: ""), "original_module": .unused,
    ]

    /// Whether it changes what reads images, which a text model does not have.
    var isOfImages: Bool { ImageParts.contain("\(path).") }

    /// Reads a name; nil when it has none of these forms.
    init?(_ name: String) {
        var rest = name[...]
        while let wrapper = Self.wrappers.first(where: rest.hasPrefix) {
            rest = rest.dropFirst(wrapper.count)
        }
        let parts = rest.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let place = parts.firstIndex { Self.markers[$0] != nil } ?? parts.count - 1
        path = parts[..<place].joined(separator: ".")
        module = Self.module(path)
        let isMarked = Self.markers[parts[place]] != nil
        var tail = parts[(isMarked ? place + 1 : place)...]
        let parameter = tail.last.flatMap { ["weight", "bias"].contains($0) ? $0 : nil }
        if parameter != nil { tail.removeLast() }
        guard tail.count <= (isMarked ? 1 : 0), !path.isEmpty, !path.contains("lora_") else {
            return nil
        }
        adapter = tail.first
        switch (Self.markers[parts[place]], parameter) {
        case (.b, "bias"): kind = .bias
        case (.a, "bias"), (.magnitude, "bias"), (.whole, nil), (nil, nil): return nil
        case (.whole, let parameter?), (nil, let parameter?): kind = .whole(parameter: parameter)
        case (let kind?, _): self.kind = kind
        }
    }

    /// The name that the base has for a module of a model with another head or with more than text.
    private static func module(_ path: String) -> String {
        var name = path[...]
        for prefix in ["model.language_model.", "language_model.model.", "language_model."]
        where name.hasPrefix(prefix) {
            name = name.dropFirst(prefix.count)
            break
        }
        let isInner = ["layers.", "embed_tokens", "norm"].contains(where: name.hasPrefix)
        return isInner ? "model.\(name)" : String(name)
    }
}
