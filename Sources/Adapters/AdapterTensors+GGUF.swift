internal import Tensors

extension AdapterTensors {
    /// Sorts the tensors of a GGUF file as llama.cpp's `convert_lora_to_gguf.py` writes it.
    ///
    /// | in the file | meaning |
    /// |---|---|
    /// | `blk.3.attn_q.weight.lora_a`, `….lora_b` | A (rank, inputs) and B (outputs, rank) of layer 3's query |
    /// | `output.weight.lora_a`, `….lora_b` | the same of the head |
    /// | `token_embd.weight.lora_a`, `….lora_b` | of the embedding, A transposed: (vocabulary, rank) and (hidden, rank) |
    ///
    /// - Throws: also for an architecture other than the base's, whose tensors would mean something else.
    init(gguf file: GGUFFile, base: BaseShape) throws(AdapterError) {
        let architecture = file.metadata["general.architecture"]?.string ?? "none"
        if let needed = base.layout?.architecture, architecture != needed {
            throw AdapterError(
                .mismatch,
                "is for the architecture \(architecture.prefix(64)), the base is \(needed)")
        }
        let paired = base.layout?.pairedHeadDimension
        var factors: [AdapterModule: Factors] = [:]
        for tensor in file.tensors {
            let parts = tensor.name.split(separator: ".", omittingEmptySubsequences: false)
            guard let factor = parts.last, ["lora_a", "lora_b"].contains(factor),
                let module = Self.module(parts.dropLast(), fused: base.fused)
            else {
                throw AdapterError(
                    .unsupported,
                    "tensor \"\(tensor.name.prefix(160))\" is not one that Fusebox can apply; nothing is skipped"
                )
            }
            try Self.check(module, of: tensor, base: base)
            var value = tensor
            if factor == "lora_a", module == .embedding {
                value = try Self.transposed(tensor)
            } else if factor == "lora_b", let paired, case .linear(_, let linear) = module,
                linear == .query || linear == .key
            {
                value = try Self.inHalves(tensor, headDimension: paired)
            }
            factors[module, default: Factors(path: module.name)]
                .tensors[factor == "lora_a" ? .a : .b] = value
        }
        try self.init(factors, base: base)
    }

    /// The shapes of the factors whose names are understood, of A (rank, inputs).
    static func factors(
        of file: GGUFFile
    ) -> [(module: AdapterModule, isA: Bool, shape: [Int])] {
        file.tensors.compactMap { tensor in
            let parts = tensor.name.split(separator: ".", omittingEmptySubsequences: false)
            guard let factor = parts.last, ["lora_a", "lora_b"].contains(factor),
                let module = module(parts.dropLast(), fused: [])
            else { return nil }
            let isA = factor == "lora_a"
            let isTransposed = isA && module == .embedding
            return (module, isA, isTransposed ? tensor.shape.reversed() : tensor.shape)
        }
    }

    private static let linears: [Substring: LinearName] = [
        "attn_q": .query, "attn_k": .key, "attn_v": .value, "attn_output": .output,
        "ffn_gate": .gate, "ffn_up": .up, "ffn_down": .down,
    ]

    /// - Parameter fused: sites of which the base has one matrix; that of gate and up is called up.
    private static func module(
        _ parts: ArraySlice<Substring>, fused: Set<LinearName.Site>
    ) -> AdapterModule? {
        switch parts.joined(separator: ".") {
        case "token_embd.weight": return .embedding
        case "output.weight": return .head
        default:
            let parts = Array(parts)
            guard parts.count == 4, parts[0] == "blk", parts[3] == "weight",
                let layer = Int(parts[1]), layer >= 0, String(layer) == parts[1]
            else { return nil }
            if parts[2] == "attn_qkv" { return .fused(layer: layer, .queryKeyValue) }
            if parts[2] == "ffn_up", fused.contains(.gateUp) {
                return .fused(layer: layer, .gateUp)
            }
            return linears[parts[2]].map { .linear(layer: layer, $0) }
        }
    }

    /// A matrix with its rows in the order that checkpoints of transformers have: the two halves of each head, where
    /// llama.cpp has pairs of one of each.
    private static func inHalves(
        _ tensor: Tensor, headDimension: Int
    ) throws(AdapterError) -> Tensor {
        guard tensor.shape.count == 2, headDimension > 0, headDimension.isMultiple(of: 2),
            tensor.shape[0].isMultiple(of: headDimension)
        else {
            throw AdapterError(
                .mismatch,
                "\(tensor.name.prefix(160)) has the shape \(tensor.shape), needed are rows in heads of \(headDimension)"
            )
        }
        let half = headDimension / 2
        return try reordered(tensor, shape: tensor.shape) { row, column in
            let inHead = row % headDimension
            let from = row - inHead + (inHead < half ? 2 * inHead : 2 * (inHead - half) + 1)
            return from * tensor.shape[1] + column
        }
    }

    private static func transposed(_ tensor: Tensor) throws(AdapterError) -> Tensor {
        guard tensor.shape.count == 2 else { return tensor }
        return try reordered(tensor, shape: tensor.shape.reversed()) { row, column in
            column * tensor.shape[1] + row
        }
    }

    /// A matrix whose element at a row and column is that of the tensor at the place given.
    private static func reordered(
        _ tensor: Tensor, shape: [Int], from place: (_ row: Int, _ column: Int) -> Int
    ) throws(AdapterError) -> Tensor {
        do {
            let floats = try tensor.floats()
            var values: [Float] = []
            values.reserveCapacity(floats.count)
            for row in 0..<shape[0] {
                for column in 0..<shape[1] { values.append(floats[place(row, column)]) }
            }
            return try Tensor(name: tensor.name, shape: shape, floats: values)
        } catch {
            throw AdapterError(.malformed, "\(error)")
        }
    }
}

extension AdapterConfiguration {
    /// What the metadata of a GGUF file say.
    ///
    /// llama.cpp scales by alpha / rank, and not at all where alpha is zero or missing.
    init(gguf metadata: [String: GGUFValue]) throws(AdapterError) {
        let kind = metadata["adapter.type"]?.string ?? "none"
        guard kind == "lora" else {
            throw AdapterError(
                .unsupported, "adapter.type \"\(kind.prefix(64))\" is not supported; only lora is")
        }
        guard metadata["adapter.alora.invocation_tokens"] == nil else {
            throw AdapterError(
                .unsupported, "adapter.alora.invocation_tokens: activated LoRA is not supported")
        }
        let alpha = metadata["adapter.lora.alpha"]?.double ?? 0
        guard alpha.isFinite, alpha >= 0, alpha <= Self.largestAlpha else {
            throw AdapterError(
                .malformed,
                "adapter.lora.alpha is \(alpha), not in 0...\(Int(Self.largestAlpha))")
        }
        let name = ["general.base_model.0.repo_url", "general.base_model.0.name"].lazy
            .compactMap { metadata[$0]?.string }.first
        self.init(alpha: alpha == 0 ? nil : alpha, baseName: name)
    }
}
