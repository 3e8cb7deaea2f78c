import FuseboxWire

/// Tokens of a request, counted as OpenAI does: a prompt once, however many choices it has.
struct TokenUsage: Equatable {
    var prompt: UInt64 = 0
    var completion: UInt64 = 0
    /// Of the prompt, found in a prefix cache.
    var cached: UInt64 = 0

    static func += (total: inout TokenUsage, part: TokenUsage) {
        total.prompt += part.prompt
        total.completion += part.completion
        total.cached += part.cached
    }

    init() {}

    init(_ usage: WireUsage) {
        prompt = UInt64(usage.promptTokens)
        completion = UInt64(usage.completionTokens)
        cached = UInt64(usage.cachedTokens)
    }

    var json: JSONValue {
        .object([
            "prompt_tokens": JSONValue(prompt), "completion_tokens": JSONValue(completion),
            "total_tokens": JSONValue(prompt + completion),
            "prompt_tokens_details": .object(["cached_tokens": JSONValue(cached)]),
        ])
    }
}
