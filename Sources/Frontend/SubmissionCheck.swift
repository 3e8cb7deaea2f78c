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

    /// The limits with the service's defaults filled in.
    func resolve(_ limits: WireLimits) throws(Refusal) -> WireLimits {
        guard limits.maxTokens <= configuration.maxTokensLimit else {
            throw invalid(
                "max_tokens is \(limits.maxTokens), at most \(configuration.maxTokensLimit) are "
                    + "made for a part")
        }
        var resolved = limits
        if resolved.maxTokens == 0 { resolved.maxTokens = configuration.defaultMaxTokens }
        return resolved
    }

    private func invalid(_ message: String) -> Refusal { Refusal(.invalidArgument, message) }
}
