internal import Tensors

/// Why the engine refuses a request, or its settings.
public enum InferenceError: Error, Sendable, Hashable, CustomStringConvertible {
    case emptyPrompt
    /// `model`: what the model was made for; `limit` may be less by choice.
    case contextOverflow(tokens: Int, limit: Int, model: Int)
    case sequenceOverflow(tokens: Int, limit: Int)
    case memoryOverflow(tokens: Int, limit: Int)
    case idOutOfRange(Int32, vocabulary: Int)
    case unknownAdapter(String)
    case coefficients(String)
    /// Adapters that cannot be used together.
    case mix(String)
    /// Adapters that take more memory together than all may.
    case adapterOverflow(String)
    /// An adapter whose weights cannot be had any more.
    case adapter(String)
    case setting(String)
    case outOfMemory(byteCount: Int)
    /// Scores are wanted of logits that are no distribution.
    case notFinite

    public var description: String {
        switch self {
        case .emptyPrompt:
            "the prompt has no tokens"
        case .contextOverflow(let tokens, let limit, let model):
            "the prompt and max_tokens make \(tokens) tokens, "
                + (limit < model
                    ? "the context is \(limit); shorten one of them, or start the worker with a --context up to \(model)"
                    : "the model's context is \(limit); shorten one of them")
        case .sequenceOverflow(let tokens, let limit):
            "\(tokens) tokens are more than the model's context of \(limit); split them into several sequences"
        case .memoryOverflow(let tokens, let limit):
            "the prompt and max_tokens make \(tokens) tokens, the cache has room for \(limit); shorten one of them, or start the worker with more --cache-bytes"
        case .idOutOfRange(let id, let vocabulary):
            "the token id \(id) is not in the vocabulary of \(vocabulary)"
        case .unknownAdapter(let digest):
            "the adapter \(digest) is not loaded; give its folder with --adapter or --adapters"
        case .coefficients(let message), .mix(let message), .adapter(let message),
            .adapterOverflow(let message),
            .setting(let message):
            message
        case .notFinite:
            "the model computes numbers that are not finite; check its weights and adapters"
        case .outOfMemory(let byteCount):
            "there is no memory for \(byteCount) bytes of keys and values; ask for fewer tokens or a smaller --cache-bytes"
        }
    }
}
