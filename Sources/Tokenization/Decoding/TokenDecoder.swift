/// How tokens become text again.
struct TokenDecoder: Sendable {
    enum Style: Sendable {
        /// Tokens are bytes, and characters may reach across tokens.
        case bytes
        /// Tokens are text with marks for spaces, beside byte tokens.
        case text(TextRules)
    }

    /// SentencePiece's ways.
    struct TextRules: Sendable {
        /// What stands for `spelling` in tokens.
        var mark: [UInt8]
        var spelling: [UInt8]
        /// Whether `<0x00>` to `<0xFF>` are bytes.
        var hasByteTokens: Bool
        /// Whether a mark in the text of byte tokens, one character, is replaced too.
        var replacesBytes = false
        var start: Start

        /// The text of bytes without their marks.
        func spelled(_ bytes: [UInt8]) -> String {
            String(
                decoding: Normalizer.replace(mark, with: spelling, in: bytes), as: UTF8.self)
        }
    }

    /// What becomes of the space that encoding put before the text.
    enum Start: Sendable, Equatable {
        case kept
        /// The first token loses all its marks.
        case withoutMarks
        /// The text loses at most this many leading spaces.
        case stripped(Int)
    }

    /// By id: the bytes of a byte-level token, or else the token's own text.
    var tokens: TokenTable
    var style: Style

    /// The byte that a token of the form `<0xXX>` stands for.
    static func byteValue(_ token: some Collection<UInt8>) -> UInt8? {
        guard token.count == 6, token.starts(with: Array("<0x".utf8)) else { return nil }
        let bytes = Array(token)
        guard bytes[5] == UInt8(ascii: ">"),
            let high = Character(Unicode.Scalar(bytes[3])).hexDigitValue,
            let low = Character(Unicode.Scalar(bytes[4])).hexDigitValue
        else { return nil }
        return UInt8(high << 4 | low)
    }
}
