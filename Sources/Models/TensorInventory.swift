internal import Adapters
internal import Tensors

/// The tensors of a checkpoint's files by their names, every one of which is used, known to be harmless, or refused.
struct TensorInventory {
    let map: WeightMap
    private(set) var tensors: [String: Tensor]
    private(set) var normalFloats: [String: NF4Tensor]
    /// What a user should know of tensors that are left out or stand for others.
    private(set) var warnings: [String] = []
    /// Names of tensors that say nothing that others do not say.
    private var idle: Set<String> = []

    /// Ends of the names of tensors that change nothing.
    private static let harmless = [
        (".rotary_emb.inv_freq", "computed from the configuration"),
        (".attn_rot_embd.weight", "computed from the metadata"),
    ]

    init(_ tensors: [String: Tensor], normalFloats: [String: NF4Tensor] = [:], map: WeightMap) {
        self.tensors = tensors
        self.normalFloats = normalFloats
        self.map = map
    }

    /// Takes a tensor out that is no weight.
    mutating func take(_ name: String) -> Tensor? {
        tensors.removeValue(forKey: name)
    }

    /// Decides about a head where the configuration says that the embedding is the head.
    ///
    /// One that differs is used, one without an embedding beside it stands for both, as in transformers.
    mutating func settleHead(_ configuration: inout ModelConfiguration) {
        let (embedding, head) = (map.name(.embedding), map.name(.head))
        guard configuration.isTied else { return }
        guard let own = tensors[head] else {
            if normalFloats[head] != nil { configuration.isTied = false }
            return
        }
        guard let shared = tensors[embedding] else {
            tensors[embedding] = own.renamed(embedding)
            tensors[head] = nil
            return
        }
        if own.holdsTheSame(as: shared) {
            idle.insert(head)
        } else {
            configuration.isTied = false
            warnings.append(
                "tie_word_embeddings is true, but \(head) differs from \(embedding); it is used, as in transformers"
            )
        }
    }

    /// Cuts matrices that hold a whole projection into those of its parts.
    mutating func splitFused(_ configuration: ModelConfiguration) throws(ModelError) {
        for layer in 0..<configuration.layerCount {
            for site in configuration.family.fused {
                try split(site, layer: layer, configuration)
            }
        }
    }

    private mutating func split(
        _ site: LinearName.Site, layer: Int, _ configuration: ModelConfiguration
    ) throws(ModelError) {
        let name = map.name(.fused(site), layer: layer)
        let parts = site.parts.map { part in
            (name: map.name(.linear(part), layer: layer), rows: configuration.outputs(of: part))
        }
        // GGUF has one name for up and for gate and up together.
        guard let first = parts.first, tensors[first.name] == nil else { return }
        let shape = configuration.shape(of: .fused(site))
        do throws(TensorError) {
            if let whole = normalFloats[name] {
                try check(whole.shape, shape, name)
                normalFloats[name] = nil
                for (part, rows) in Self.ranges(parts) {
                    normalFloats[part] = try whole.rows(rows, name: part)
                }
                idle.formUnion(tensors.keys.filter { $0.hasPrefix("\(name).") })
                idle.insert(name)
            } else if let whole = tensors[name] {
                try check(whole.shape, shape, name)
                tensors[name] = nil
                for (part, rows) in Self.ranges(parts) {
                    tensors[part] = try whole.rows(rows, name: part)
                }
            }
        } catch {
            throw ModelError(error.code == .unsupported ? .unsupported : .mismatch, "\(error)")
        }
    }

    private static func ranges(
        _ parts: [(name: String, rows: Int)]
    ) -> [(name: String, rows: Range<Int>)] {
        var end = 0
        return parts.map { part in
            end += part.rows
            return (part.name, end - part.rows..<end)
        }
    }

    private func check(_ shape: [Int], _ needed: [Int], _ name: String) throws(TensorError) {
        guard shape == needed else {
            throw TensorError(
                .mismatch, "tensor \(name.quoted) has the shape \(shape), needed is \(needed)")
        }
    }

    /// Refuses what no slot asks for.
    ///
    /// - Parameter used: the names of all slots that the configuration has.
    mutating func account(used: Set<String>, layerCount: Int) throws(ModelError) {
        var biases: Set<String> = []
        for layer in 0..<layerCount {
            for name in LinearName.allCases { biases.insert(map.name(.bias(name), layer: layer)) }
        }
        var unused: [String] = []
        var unusedBiases: [String] = []
        for name in tensors.keys.sorted() where !used.contains(name) && !isHarmless(name) {
            if biases.contains(name) { unusedBiases.append(name) } else { unused.append(name) }
        }
        guard let first = unused.first else {
            if let first = unusedBiases.first {
                warnings.append(
                    "\(first.quoted) and all \(unusedBiases.count) biases like it are left out: the configuration does not ask for them, and transformers leaves them out as well"
                )
            }
            return
        }
        throw ModelError(
            .unsupported,
            "the tensor \(first.quoted)\(unused.count > 1 ? " and \(unused.count - 1) more are" : " is") not of such a model, and nothing is left out; correct the configuration, or remove what does not belong to the weights"
        )
    }

    private func isHarmless(_ name: String) -> Bool {
        if idle.contains(name) || Self.harmless.contains(where: { name.hasSuffix($0.0) }) {
            return true
        }
        // What bitsandbytes keeps beside the codes.
        guard let end = name.ranges(of: ".weight.").last?.lowerBound else { return false }
        let weight = String(name[..<end]) + ".weight"
        return normalFloats[weight] != nil || idle.contains(weight)
    }
}
