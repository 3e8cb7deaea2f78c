import FuseboxWire

/// How tokens are drawn and when a reply ends, in OpenAI's words and those that vLLM added.
struct SamplingFields: Equatable {
    /// Choices of one request.
    static let choiceLimit: UInt32 = 16

    var sampling = WireSampling()
    var limits = WireLimits()
    /// Replies to each prompt.
    var choiceCount: UInt32 = 1

    init() {}

    /// - Parameter mayBeSilent: whether `max_tokens` may be 0, which asks for the prompt's scores alone.
    init(
        _ body: inout FieldReader, _ options: inout FieldReader, mayBeSilent: Bool
    ) throws(APIError) {
        if let value = try body.number("temperature") { sampling.temperature = value }
        if let value = try body.number("top_p") { sampling.topP = value }
        if let value = try body.number("min_p") { sampling.minP = value }
        if let value = try Self.topK(&body) { sampling.topK = value }
        if let value = try body.number("repetition_penalty") { sampling.repetitionPenalty = value }
        if let value = try body.number("presence_penalty") { sampling.presencePenalty = value }
        if let value = try body.number("frequency_penalty") { sampling.frequencyPenalty = value }
        let seeds = (try body.seed("seed"), try options.seed("seed"))
        if let one = seeds.0, let other = seeds.1, one != other {
            throw .invalid("seed and fusebox.seed are different; leave one out", param: "seed")
        }
        if let seed = seeds.0 ?? seeds.1 { sampling.seed = seed }
        try readMaxTokens(&body, mayBeNone: mayBeSilent)
        limits.stop = try Self.stop(&body)
        limits.ignoreEos = try body.bool("ignore_eos") ?? false
        limits.deadlineMs = try options.count("deadline_ms") ?? 0
        choiceCount = try body.count("n") ?? 1
        guard (1...Self.choiceLimit).contains(choiceCount) else {
            throw .invalid("n must be from 1 to \(Self.choiceLimit)", param: "n")
        }
    }

    /// Off is 0 here, -1 at vLLM.
    private static func topK(_ body: inout FieldReader) throws(APIError) -> UInt32? {
        try body.take("top_k", "a whole number from -1 on") { value in
            value.int == -1 ? 0 : value.int.flatMap { UInt32(exactly: $0) }
        }
    }

    /// Two names of one thing.
    private mutating func readMaxTokens(
        _ body: inout FieldReader, mayBeNone: Bool
    ) throws(APIError) {
        let new = try body.count("max_completion_tokens")
        let old = try body.count("max_tokens")
        if let new, let old, new != old {
            throw .invalid(
                "max_tokens and max_completion_tokens are different; leave one out",
                param: "max_tokens")
        }
        guard let count = new ?? old else { return }
        guard count > 0 || mayBeNone else {
            let name = new == nil ? "max_tokens" : "max_completion_tokens"
            throw .invalid("\(name) must be at least 1", param: name)
        }
        limits.maxTokens = count
        limits.noReply = count == 0
    }

    private static func stop(_ body: inout FieldReader) throws(APIError) -> [String] {
        try body.take("stop", "a text or a list of texts") { value -> [String]? in
            if let text = value.string { return [text] }
            let texts = value.array?.compactMap(\.string)
            return texts?.count == value.array?.count ? texts : nil
        } ?? []
    }

    /// The seed of a choice: each draws its own, the first as if it were alone.
    func sampling(choice: UInt32) -> WireSampling {
        var sampling = sampling
        if sampling.hasSeed { sampling.seed = sampling.seed &+ UInt64(choice) }
        return sampling
    }
}
