internal import Adapters
internal import Tensors

extension Checkpoint {
    /// Opens a GGUF file of an architecture that `ModelFamily` has.
    init(gguf path: String, remembering memory: DigestMemory?) throws(ModelError) {
        let file: GGUFFile
        do {
            file = try GGUFFile(path: path)
        } catch {
            let code: ModelError.Code =
                switch error.code {
                case .unreadable: .notFound
                case .unsupported: .unsupported
                default: .malformed
                }
            throw ModelError(code, "\(error)")
        }
        do throws(ModelError) {
            var inventory = TensorInventory(
                Dictionary(file.tensors.map { ($0.name, $0) }) { first, _ in first }, map: .gguf)
            var configuration = try ModelConfiguration(gguf: file.metadata)
            let map = inventory.map
            configuration.isTied = inventory.tensors[map.name(.head)] == nil
            // llama.cpp adds the biases that a file has.
            configuration.biases = Set(
                LinearName.allCases.filter { inventory.tensors[map.name(.bias($0))] != nil })
            try Self.checkVocabulary(inventory.tensors[map.name(.embedding)], configuration)
            try Self.takeDivisors(&inventory, &configuration)
            try inventory.splitFused(configuration)
            try self.init(
                path: path, configuration: configuration,
                isPermuted: configuration.family.isPermuted,
                digest: file.digest(remembering: memory),
                sourceDigest: try Self.sourceDigest(file.metadata[Self.sourceDigestKey]?.string),
                stored: file.tensors, inventory: inventory)
            samplingDefaults = SamplingDefaults(gguf: file.metadata)
        } catch {
            throw ModelError(error.code, "\(path): \(error)")
        }
    }

    /// The count of tokens comes from the metadata, so that one that lies is told from a tensor that is wrong.
    private static func checkVocabulary(
        _ embedding: Tensor?, _ configuration: ModelConfiguration
    ) throws(ModelError) {
        guard let embedding else {
            throw ModelError(.malformed, "the tensor token_embd.weight is missing")
        }
        guard embedding.shape.first == configuration.vocabularySize else {
            throw ModelError(
                .mismatch,
                "vocab_size or tokenizer.ggml.tokens says \(configuration.vocabularySize) tokens, token_embd.weight has the shape \(embedding.shape)"
            )
        }
    }

    /// Takes the divisors of rotary frequencies: one set (Llama 3), or one for short and one for long sequences (Phi 3).
    private static func takeDivisors(
        _ inventory: inout TensorInventory, _ configuration: inout ModelConfiguration
    ) throws(ModelError) {
        let pairs = configuration.rotaries[0].dimension / 2
        if let tensor = inventory.take("rope_freqs.weight") {
            configuration.rotaries[0].scaling = try divided(
                configuration.rotaries[0].scaling, by: divisors(tensor, count: pairs))
        }
        let names = ["rope_factors_short.weight", "rope_factors_long.weight"]
        let sets = names.map { inventory.take($0) }
        guard case .longRope(var scaling) = configuration.rotaries[0].scaling else {
            guard let extra = sets.compactMap(\.self).first else { return }
            throw ModelError(
                .unsupported,
                "\(extra.name): the metadata says no longrope; nothing is left out")
        }
        guard let short = sets[0], let long = sets[1] else {
            throw ModelError(.malformed, "longrope needs the tensors \(names[0]) and \(names[1])")
        }
        scaling.short = try divisors(short, count: pairs)
        scaling.long = try divisors(long, count: pairs)
        configuration.rotaries[0].scaling = .longRope(scaling)
    }

    private static func divisors(_ tensor: Tensor, count: Int) throws(ModelError) -> [Float] {
        guard tensor.shape == [count], let divisors = try? tensor.floats(),
            divisors.allSatisfy({ $0.isFinite && $0 > 0 })
        else {
            throw ModelError(
                .malformed,
                "\(tensor.name) has the shape \(tensor.shape) or numbers that are not positive; needed are \(count) divisors"
            )
        }
        return divisors
    }

    /// A linear factor divides all frequencies on top.
    private static func divided(
        _ scaling: RopeScaling, by divisors: [Float]
    ) throws(ModelError) -> RopeScaling {
        switch scaling {
        case .none: return .divisors(divisors)
        case .linear(let factor): return .divisors(divisors.map { $0 * Float(factor) })
        default:
            throw ModelError(
                .unsupported, "rope_freqs.weight beside the rope scaling \(scaling)")
        }
    }
}
