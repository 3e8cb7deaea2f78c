import Wire

/// The bounds that this service sets, beyond what the wire allows in a message.
struct SubmissionCheck: Sendable {
    let configuration: BrokerConfiguration

    func check(_ prompt: WirePrompt) throws(Refusal) {
        if case .tokens(let tokens) = prompt.form {
            guard tokens.ids.count <= configuration.promptTokenLimit else {
                throw invalid(
                    "the prompt has \(tokens.ids.count) token ids, at most "
                        + "\(configuration.promptTokenLimit) are taken; shorten it")
            }
            return
        }
        let byteCount = PromptText.byteCount(prompt)
        guard byteCount <= configuration.promptByteLimit else {
            throw invalid(
                "the prompt has \(byteCount) bytes, at most \(configuration.promptByteLimit) are "
                    + "taken; shorten it")
        }
    }

    func check(_ limits: WireLimits) throws(Refusal) {
        guard limits.maxTokens <= configuration.maxTokensLimit else {
            throw invalid(
                "max_tokens is \(limits.maxTokens), at most \(configuration.maxTokensLimit) are "
                    + "made for a part")
        }
    }

    private func invalid(_ message: String) -> Refusal { Refusal(.invalidArgument, message) }
}
