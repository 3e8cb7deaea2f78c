internal import Tensors

/// The factor pairs of an adapter file, by layer and linear layer, every tensor accounted for.
///
/// | in the file | meaning |
/// |---|---|
/// | `base_model.model.model.layers.3.self_attn.q_proj.lora_A.weight` | A of layer 3's query, (rank, inputs) |
/// | `base_model.model.model.layers.3.self_attn.q_proj.lora_B.weight` | B, (outputs, rank) |
struct AdapterTensors {
    /// A linear layer of the base.
    struct Module: Hashable {
        let layer: Int
        let linear: LinearName

        /// The part of a block that holds the linear layer.
        var group: String {
            switch linear {
            case .query, .key, .value, .output: "self_attn"
            case .gate, .up, .down: "mlp"
            }
        }

        /// As PEFT matches it against patterns.
        var name: String { "model.layers.\(layer).\(group).\(linear.rawValue)" }
    }

    private(set) var pairs: [Module: (a: Tensor, b: Tensor)] = [:]

    init(_ tensors: [Tensor], base: BaseShape) throws(AdapterError) {
        var factors: [Module: (a: Tensor?, b: Tensor?)] = [:]
        for tensor in tensors {
            let (module, isA) = try Self.parse(tensor.name, layerCount: base.layerCount)
            var pair = factors[module] ?? (nil, nil)
            guard (isA ? pair.a : pair.b) == nil else {
                throw AdapterError(
                    .malformed, "\(module.name): lora_\(isA ? "A" : "B") is there twice")
            }
            if isA { pair.a = tensor } else { pair.b = tensor }
            factors[module] = pair
        }
        for (module, pair) in factors {
            guard let a = pair.a, let b = pair.b else {
                throw AdapterError(
                    .malformed, "\(module.name): lora_\(pair.a == nil ? "A" : "B") is missing")
            }
            guard let shape = base.linears[module.linear] else { continue }
            guard a.shape.count == 2, b.shape.count == 2, a.shape[0] == b.shape[1], a.shape[0] > 0
            else {
                throw AdapterError(
                    .mismatch, "\(module.name): A \(a.shape) and B \(b.shape) do not share a rank")
            }
            guard a.shape[1] == shape.inputs, b.shape[0] == shape.outputs else {
                throw AdapterError(
                    .mismatch,
                    "\(module.name): B A is \([b.shape[0], a.shape[1]]), the base's weight is \([shape.outputs, shape.inputs]); is this adapter for another base?"
                )
            }
            pairs[module] = (a, b)
        }
        guard !pairs.isEmpty else { throw AdapterError(.malformed, "holds no LoRA tensors") }
    }

    private static func parse(
        _ name: String, layerCount: Int
    ) throws(AdapterError) -> (Module, isA: Bool) {
        let shown = name.prefix(160)
        let reasons = [
            ("lora_magnitude_vector", "DoRA is not additive and cannot be mixed"),
            ("lora_embedding", "LoRA on embeddings is not supported"),
            ("embed_tokens", "LoRA on embeddings and added vocabulary are not supported"),
            ("lm_head", "LoRA on the output head is not supported"),
            ("modules_to_save", "whole replaced modules cannot be mixed"),
            (".bias", "biases of adapters are not supported"),
        ]
        for (part, reason) in reasons where name.contains(part) {
            throw AdapterError(.unsupported, "tensor \"\(shown)\": \(reason)")
        }
        var path = name[...]
        if path.hasPrefix("base_model.model.") { path = path.dropFirst("base_model.model.".count) }
        let parts = path.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 7, parts[0] == "model", parts[1] == "layers", parts[6] == "weight",
            parts[5] == "lora_A" || parts[5] == "lora_B", let layer = Int(parts[2]),
            String(layer) == parts[2],
            let linear = LinearName(rawValue: String(parts[4]))
        else {
            throw AdapterError(
                .unsupported,
                "tensor \"\(shown)\" is not one that Fusebox can apply; nothing is skipped")
        }
        let module = Module(layer: layer, linear: linear)
        guard parts[3] == module.group else {
            throw AdapterError(
                .unsupported, "tensor \"\(shown)\": there is no such module in the base")
        }
        guard (0..<layerCount).contains(layer) else {
            throw AdapterError(
                .mismatch,
                "tensor \"\(shown)\": the base has \(layerCount) layers; is this adapter for another base?"
            )
        }
        return (module, parts[5] == "lora_A")
    }
}
