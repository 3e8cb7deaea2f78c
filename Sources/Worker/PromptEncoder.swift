internal import Tokenization
internal import Wire

/// From a prompt on the wire to token ids.
struct PromptEncoder {
    let tokenizer: Tokenizer

    /// - Parameter addSpecialTokens: whether the files' begin and end tokens are put around a text without a template.
    func encode(
        _ prompt: WirePrompt, addSpecialTokens: Bool = true
    ) throws(WorkerError) -> [Int32] {
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
                return try tokenizer.encode(
                    text, addSpecialTokens: addSpecialTokens, allowSpecial: true)
            case .plain(let text):
                return try tokenizer.encode(
                    text, addSpecialTokens: addSpecialTokens, allowSpecial: false)
            case .tokens, nil:
                return []
            }
        } catch {
            throw WorkerError(.invalidArgument, "\(error)")
        }
    }

    /// The text of ids, markers and all.
    ///
    /// - Throws: for an id outside the vocabulary, and for more text than a message takes.
    func text(of ids: [Int32], vocabulary: Int) throws(WorkerError) -> String {
        for id in ids where Int(id) >= vocabulary {
            throw WorkerError(
                .invalidArgument, "the token id \(id) is not in the vocabulary of \(vocabulary)")
        }
        let text = tokenizer.decode(ids, skipSpecial: false)
        guard text.utf8.count <= WireWorkerChunk.textByteLimit else {
            throw WorkerError(
                .invalidArgument,
                "the tokens are \(text.utf8.count) bytes of text, at most \(WireWorkerChunk.textByteLimit) are told; ask for fewer"
            )
        }
        return text
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
