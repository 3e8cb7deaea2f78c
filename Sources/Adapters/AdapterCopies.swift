internal import Tensors

/// The whole tensors of the base that an adapter brings, as far as they are other than the base's.
///
/// Trainers save the embedding and the head once the vocabulary was touched, trained or not (PEFT's `save_embedding_layers`).
struct AdapterCopies {
    private(set) var embedding: Tensor?
    private(set) var head: Tensor?
    /// By module what the trained bias has more than the base's.
    private(set) var biases: [AdapterModule: [Float]] = [:]

    private static let embeddingName = "\(AdapterModule.embedding.name).weight"
    private static let headName = "\(AdapterModule.head.name).weight"

    /// Compares copies with the base.
    ///
    /// - Parameter weights: nil: nothing is compared.
    /// - Throws: for tensors that the base does not have, of other shapes, and other than embedding, head and biases.
    init(
        _ copies: [String: Tensor], base: BaseShape, weights: (any BaseWeights)?,
        targets: AdapterTargets
    ) throws(AdapterError) {
        let modules = copies.keys.map(Self.module(of:))
        for name in targets.saved where !modules.contains(where: { $0.hasSuffix(name) }) {
            throw AdapterError(
                .malformed,
                "modules_to_save names \"\(name.prefix(128))\", of which there are no tensors")
        }
        guard let weights else { return }
        for (name, tensor) in copies.sorted(by: { $0.key < $1.key }) {
            guard let isSame = try weights.hasCopy(tensor, named: name) else {
                throw AdapterError(
                    .unsupported,
                    "tensor \"\(tensor.name.prefix(160))\": the base has no \(name.prefix(160)); nothing is skipped"
                )
            }
            if !isSame { try take(tensor, named: name, weights: weights) }
        }
        guard base.vocabulary?.isTied == true else { return }
        try tie(targets)
    }

    private mutating func take(
        _ tensor: Tensor, named name: String, weights: any BaseWeights
    ) throws(AdapterError) {
        let module = Self.module(of: name)
        switch (name, AdapterModule(name: module)) {
        case (Self.embeddingName, _): embedding = tensor
        case (Self.headName, _): head = tensor
        case (_, .linear?) where name.hasSuffix(".bias"):
            guard let module = AdapterModule(name: module), let bias = weights.bias(of: module)
            else { return }
            let trained = try Self.floats(tensor)
            biases[module] = zip(trained, bias).map { $0 - $1 }
        default:
            throw AdapterError(
                .unsupported,
                "tensor \"\(tensor.name.prefix(160))\" differs from the base's; of whole tensors only embed_tokens, lm_head and biases can be replaced"
            )
        }
    }

    private static func module(of name: String) -> String {
        name.split(separator: ".").dropLast().joined(separator: ".")
    }

    /// A tied base has one matrix for both, so a copy of either stands for both, unless it was trained apart
    /// (`modules_to_save`).
    private mutating func tie(_ targets: AdapterTargets) throws(AdapterError) {
        let isEmbeddingApart = targets.saves(AdapterModule.embedding.name)
        let isHeadApart = targets.saves(AdapterModule.head.name)
        if let embedding, let head, !isEmbeddingApart, !isHeadApart {
            guard try Self.floats(embedding) == Self.floats(head) else {
                throw AdapterError(
                    .malformed,
                    "embed_tokens and lm_head differ, but are one matrix in the base; train one of them as modules_to_save"
                )
            }
        }
        if head == nil, !isEmbeddingApart { head = embedding }
        if embedding == nil, !isHeadApart { embedding = head }
    }

    /// The values of a tensor, all of them finite.
    static func floats(_ tensor: Tensor) throws(AdapterError) -> [Float] {
        do {
            let values = try tensor.floats()
            guard values.allSatisfy(\.isFinite) else {
                throw TensorError(
                    .malformed,
                    "tensor \"\(tensor.name.prefix(160))\" holds values that are not finite")
            }
            return values
        } catch {
            throw AdapterError(.malformed, "\(error)")
        }
    }
}
