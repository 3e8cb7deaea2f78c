/// What SentencePiece does to a text before it cuts it: characters are replaced, blanks become marks.
///
/// Source: `Normalizer::Normalize` in SentencePiece's `normalizer.cc`.
struct SentencePieceNormalization: Sendable, Equatable {
    /// What stands for a blank.
    static let mark = Array("▁".utf8)

    var map: CharacterMap?
    /// Texts that stay as they are.
    var symbols = PrefixTree(capacity: 0)
    /// Whether blanks at the ends go, and one is left of each run of them.
    var collapsesBlanks: Bool
    /// Whether a mark is put in front.
    var prefix: PreTokenizer.Prefix

    private static let blank = UInt8(ascii: " ")

    /// The normalized text.
    ///
    /// - Parameter isFirst: whether the input starts with this text.
    /// - Throws: when it would exceed `byteLimit`.
    func apply(
        to text: [UInt8], isFirst: Bool, byteLimit: Int
    ) throws(TokenizationError) -> [UInt8] {
        var index = 0
        while collapsesBlanks, index < text.count {
            let next = try piece(of: text, from: index)
            guard next.bytes.elementsEqual(CollectionOfOne(Self.blank)) else { break }
            index = next.end
        }
        var result: [UInt8] = []
        guard index < text.count else { return result }
        result.reserveCapacity(text.count + Self.mark.count)
        if prefix.isWanted(isFirst: isFirst) { result += Self.mark }
        var isBehindBlank = collapsesBlanks
        while index < text.count {
            let next = try piece(of: text, from: index)
            let bytes = isBehindBlank ? next.bytes.drop { $0 == Self.blank } : next.bytes
            for byte in bytes {
                if byte == Self.blank { result += Self.mark } else { result.append(byte) }
            }
            if let last = bytes.last { isBehindBlank = collapsesBlanks && last == Self.blank }
            index = next.end
            try Normalizer.check(result.count, byteLimit)
        }
        // Marks that were written out go too, and the one in front if nothing else is left.
        while collapsesBlanks, result.suffix(Self.mark.count).elementsEqual(Self.mark) {
            result.removeLast(Self.mark.count)
        }
        return result
    }

    /// What is at an index: a symbol, a text of the map as its replacement, or a character.
    private func piece(
        of text: [UInt8], from start: Int
    ) throws(TokenizationError) -> (bytes: ArraySlice<UInt8>, end: Int) {
        if let end = symbols.longestEnd(in: text.span, from: start) {
            return (text[start..<end], end)
        }
        if let found = try map?.longestReplacement(in: text.span, from: start) {
            return (found.bytes, found.end)
        }
        let end = text.span.scalar(at: start).end
        return (text[start..<end], end)
    }
}
