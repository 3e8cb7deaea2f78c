internal import Tokenization
internal import Wire

/// From a prompt on the wire to token ids.
struct PromptEncoder {
    let tokenizer: Tokenizer

    func encode(_ prompt: WirePrompt) throws(WorkerError) -> [Int32] {
        if case .tokens(let tokens) = prompt.form { return try Self.ids(tokens.ids) }
        do throws(TokenizationError) {
            switch prompt.form {
            case .text(let text):
                return try tokenizer.encode(
                    chat: [ChatTurn(role: "user", content: text)], addGenerationPrompt: true)
            case .chat(let chat):
                return try tokenizer.encode(
                    chat: chat.messages.map { ChatTurn(role: $0.role, content: $0.content) },
                    addGenerationPrompt: true)
            case .raw(let text):
                return try tokenizer.encode(text, addSpecialTokens: true, allowSpecial: true)
            case .plain(let text):
                return try tokenizer.encode(text, addSpecialTokens: true, allowSpecial: false)
            case .tokens, nil:
                return []
            }
        } catch {
            throw WorkerError(.invalidArgument, "\(error)")
        }
    }

    /// The engine knows its vocabulary; here an id only has to be one that some vocabulary may have.
    private static func ids(_ ids: [UInt32]) throws(WorkerError) -> [Int32] {
        try ids.map { id throws(WorkerError) in
            guard let id = Int32(exactly: id) else {
                throw WorkerError(.invalidArgument, "the token id \(id) is in no vocabulary")
            }
            return id
        }
    }
}
