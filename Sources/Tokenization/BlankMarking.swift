/// What llama.cpp does to a text before a unigram model cuts it: characters are replaced, blanks become marks.
///
/// It differs from SentencePiece where a text has no words, and in marks that are written out at the end, which stay.
/// llama.cpp also tears characters apart that begin like a user-defined token and are not one; here they stay whole.
///
/// Source: `llm_tokenizer_ugm_session::normalize` in llama.cpp's `llama-vocab.cpp`.
struct BlankMarking: Sendable, Equatable {
    var map: CharacterMap?
    /// Whether blanks count only between words, and every word gets a mark.
    var collapsesBlanks: Bool
    /// Whether the first word gets a mark.
    var hasPrefix: Bool

    private static let blank = UInt8(ascii: " ")

    /// The normalized text.
    ///
    /// - Throws: when it would exceed `byteLimit`.
    func apply(to text: [UInt8], byteLimit: Int) throws(TokenizationError) -> [UInt8] {
        var result: [UInt8] = []
        var isInWord = false
        var hasWord = false
        var index = 0
        while index < text.count {
            let end: Int
            let bytes: ArraySlice<UInt8>
            if let found = try map?.longestReplacement(in: text.span, from: index) {
                (end, bytes) = found
            } else {
                end = text.span.scalar(at: index).end
                bytes = text[index..<end]
            }
            for byte in bytes {
                if byte == Self.blank {
                    isInWord = false
                    if !collapsesBlanks { result += SentencePieceNormalization.mark }
                    continue
                }
                if !isInWord, collapsesBlanks || hasPrefix && !hasWord {
                    result += SentencePieceNormalization.mark
                }
                isInWord = true
                hasWord = true
                result.append(byte)
            }
            index = end
            try Normalizer.check(result.count, byteLimit)
        }
        return result
    }
}
