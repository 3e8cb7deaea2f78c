/// Turns ids into text one at a time and never gives half a character.
///
/// The pieces joined are what `Tokenizer.decode` gives for all ids. The state follows from the ids
/// alone: pushing them again rebuilds it.
public struct StreamingDecoder: Sendable {
    private let tokenizer: Tokenizer
    private let skipSpecial: Bool
    private var assembler = UTF8Assembler()
    private var isFirstToken = true
    private var strippable: Int

    public init(_ tokenizer: Tokenizer, skipSpecial: Bool = true) {
        self.tokenizer = tokenizer
        self.skipSpecial = skipSpecial
        if case .text(let rules) = tokenizer.parts.decoder.style,
            case .stripped(let count) = rules.start
        {
            strippable = count
        } else {
            strippable = 0
        }
    }

    /// The text that an id completes; empty while a character is incomplete, and for an id that is
    /// skipped or that there is none of.
    public mutating func push(_ id: Int32) -> String {
        let decoder = tokenizer.parts.decoder
        guard let index = UInt32(exactly: id), index < decoder.tokens.count else { return "" }
        if skipSpecial, tokenizer.isSpecial(id) { return "" }
        let token = decoder.tokens[index]
        var text = ""
        switch decoder.style {
        case .bytes: assembler.append(token, to: &text)
        case .text(let rules): append(token, rules, to: &text)
        }
        isFirstToken = false
        return strip(text)
    }

    /// The end of the text: what was held back, as U+FFFD.
    public mutating func finish() -> String {
        var text = ""
        switch tokenizer.parts.decoder.style {
        case .bytes: assembler.finish(to: &text)
        case .text: assembler.finishBytes(to: &text)
        }
        return strip(text)
    }

    private mutating func append(
        _ token: ArraySlice<UInt8>, _ rules: TokenDecoder.TextRules, to text: inout String
    ) {
        if rules.hasByteTokens, let byte = TokenDecoder.byteValue(token) {
            var characters = ""
            assembler.append(byte: byte, to: &characters)
            text += rules.replacesBytes ? rules.spelled(Array(characters.utf8)) : characters
            return
        }
        assembler.finishBytes(to: &text)
        var rules = rules
        if isFirstToken, rules.start == .withoutMarks { rules.spelling = [] }
        text += rules.spelled(Array(token))
    }

    private mutating func strip(_ text: String) -> String {
        guard strippable > 0, !text.isEmpty else { return text }
        var rest = text.unicodeScalars[...]
        while strippable > 0, rest.first == " " {
            rest.removeFirst()
            strippable -= 1
        }
        if !rest.isEmpty { strippable = 0 }
        return String(rest)
    }
}
