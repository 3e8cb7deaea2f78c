internal import Templates

extension ChatTemplate {
    /// The token that the template puts behind a reply, which generation has to stop at; nil where it puts none there.
    ///
    /// It is found by rendering a chat: what follows the reply is the template's own.
    ///
    /// - Throws: when a marker follows that is no token of the vocabulary. A model would spell it in letters, and
    ///   nothing would end its replies.
    func endOfTurn(among tokens: [String: AddedToken]) throws(TokenizationError) -> AddedToken? {
        let turns = [
            ChatTurn(role: "user", content: "question"),
            ChatTurn(role: "assistant", content: "reply"),
        ]
        guard let runs = try? render(turns, addGenerationPrompt: false),
            let reply = runs.lastIndex(where: {
                $0.origin == .message && $0.text.hasSuffix("reply")
            }),
            reply + 1 < runs.count
        else { return nil }
        let rest = runs[reply + 1].text.unicodeScalars.drop { $0.properties.isWhitespace }
        let following = String(rest)
        let found = tokens.values.filter { following.utf8.starts(with: $0.content.utf8) }
            .max { $0.content.utf8.count < $1.content.utf8.count }
        if let found { return found }
        guard let marker = Self.marker(at: following) else { return nil }
        throw TokenizationError(
            .unsupported,
            "the model's chat template ends a turn with \(quoted(marker)), which is no token of its vocabulary; use --raw and write the prompt in full"
        )
    }

    /// What looks like a marker at the start of a text: `<word>` or `[|word|]`, without blanks.
    private static func marker(at text: String) -> String? {
        let close: Unicode.Scalar
        if text.hasPrefix("<") {
            close = ">"
        } else if text.hasPrefix("[|") {
            close = "]"
        } else {
            return nil
        }
        let scalars = text.unicodeScalars
        guard let end = scalars.prefix(64).firstIndex(of: close) else { return nil }
        let marker = scalars[...end]
        let isWord = marker.count > 2 && !marker.contains { $0.properties.isWhitespace }
        return isWord ? String(marker) : nil
    }
}

extension AddedToken {
    /// Whether a text is written as control tokens are: `<|word|>`.
    static func isControlText(_ text: String) -> Bool {
        text.hasPrefix("<|") && text.hasSuffix("|>") && text.utf8.count > 4
    }
}
