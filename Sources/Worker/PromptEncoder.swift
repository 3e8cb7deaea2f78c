internal import Tokenization
internal import Wire

/// From a prompt on the wire to token ids.
struct PromptEncoder {
    let tokenizer: Tokenizer

    func encode(_ prompt: WirePrompt) throws(WorkerError) -> [Int32] {
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
                return try tokenizer.encode(text, addSpecialTokens: true)
            case .tokens(let tokens):
                return tokens.ids.map { Int32(clamping: $0) }
            case nil:
                return []
            }
        } catch {
            throw WorkerError(.invalidArgument, "\(error)")
        }
    }
}
