internal import Tensors

extension Checkpoint {
    /// Opens a GGUF file of the architecture llama, qwen2 or qwen3.
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
            let tensors = Dictionary(file.tensors.map { ($0.name, $0) }) { first, _ in first }
            var configuration = try ModelConfiguration(gguf: file.metadata)
            configuration.isTied = tensors["output.weight"] == nil
            try Self.checkVocabulary(tensors["token_embd.weight"], configuration)
            if let divisors = tensors["rope_freqs.weight"] {
                configuration.ropeScaling = try Self.scaling(divisors, configuration)
            }
            self.init(
                path: path, configuration: configuration, map: .gguf,
                isPermuted: file.metadata["general.architecture"]?.string
                    == ModelFamily.llama.rawValue,
                digest: file.digest(remembering: memory),
                sourceDigest: try Self.sourceDigest(file.metadata[Self.sourceDigestKey]?.string),
                tensors: tensors)
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

    /// Llama 3's scaling, which GGUF has as a divisor for each frequency; a linear factor divides all of them.
    private static func scaling(
        _ tensor: Tensor, _ configuration: ModelConfiguration
    ) throws(ModelError) -> RopeScaling {
        let count = configuration.headDimension / 2
        guard tensor.shape == [count], let divisors = try? tensor.floats(),
            divisors.allSatisfy({ $0.isFinite && $0 > 0 })
        else {
            throw ModelError(
                .malformed,
                "rope_freqs.weight has the shape \(tensor.shape) or numbers that are not positive; needed are \(count) divisors"
            )
        }
        guard case .linear(let factor) = configuration.ropeScaling else {
            return .divisors(divisors)
        }
        return .divisors(divisors.map { $0 * Float(factor) })
    }
}
