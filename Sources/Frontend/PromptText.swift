import Wire

/// Reads of a prompt, whatever its form.
enum PromptText {
    /// UTF-8 bytes of all text, or four a token id.
    static func byteCount(_ prompt: WirePrompt) -> Int {
        switch prompt.form {
        case .text(let text), .raw(let text), .plain(let text): text.utf8.count
        case .chat(let chat):
            chat.messages.reduce(0) { $0 + $1.role.utf8.count + $1.content.utf8.count }
        case .tokens(let tokens): 4 * tokens.ids.count
        case nil: 0
        }
    }

    /// The text that the router reads: the last user message; nil where there is none.
    static func lastUserMessage(_ prompt: WirePrompt) -> String? {
        switch prompt.form {
        case .text(let text), .raw(let text), .plain(let text): text
        case .chat(let chat): chat.messages.last { $0.role == "user" }?.content
        case .tokens, nil: nil
        }
    }

    /// The prompt with another last user message; nil where it has none of its own turn.
    static func replacingLastUserMessage(_ prompt: WirePrompt, with text: String) -> WirePrompt? {
        var prompt = prompt
        switch prompt.form {
        case .text:
            prompt.text = text
            return prompt
        case .chat(var chat):
            guard let index = chat.messages.lastIndex(where: { $0.role == "user" }) else {
                return nil
            }
            chat.messages[index].content = text
            prompt.chat = chat
            return prompt
        case .raw, .plain, .tokens, nil:
            return nil
        }
    }

    /// Estimated tokens: the front has no tokenizer, and text of any language has at least about
    /// two bytes a token.
    static func tokenEstimate(_ prompt: WirePrompt) -> Int {
        if case .tokens(let tokens) = prompt.form { return tokens.ids.count }
        return byteCount(prompt) / 2
    }

    /// Hashes of the prompt's beginning at growing lengths, each with the mix: two prompts that
    /// share one of them probably share cached keys and values (FNV-1a, 64 bits).
    static func prefixes(_ prompt: WirePrompt, mix: WireMix) -> [UInt64] {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func absorb(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        for share in mix.shares {
            share.adapter.forEach(absorb)
            withoutSign(share.weight).forEach(absorb)
        }
        var hashes: [UInt64] = []
        for (position, byte) in beginning(prompt, limit: 1024).enumerated() {
            absorb(byte)
            if position == 63 || position == 255 || position == 1023 { hashes.append(hash) }
        }
        return hashes
    }

    private static func withoutSign(_ weight: Int32) -> [UInt8] {
        let bits = UInt32(bitPattern: weight)
        return (0..<4).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt32($0))) }
    }

    private static func beginning(_ prompt: WirePrompt, limit: Int) -> [UInt8] {
        switch prompt.form {
        case .text(let text), .raw(let text), .plain(let text):
            return Array(text.utf8.prefix(limit))
        case .chat(let chat):
            var bytes: [UInt8] = []
            for message in chat.messages where bytes.count < limit {
                bytes += message.role.utf8.prefix(limit)
                bytes.append(0)
                bytes += message.content.utf8.prefix(limit)
                bytes.append(0)
            }
            return Array(bytes.prefix(limit))
        case .tokens(let tokens):
            return tokens.ids.prefix(limit / 4).flatMap { withoutSign(Int32(bitPattern: $0)) }
        case nil:
            return []
        }
    }
}
