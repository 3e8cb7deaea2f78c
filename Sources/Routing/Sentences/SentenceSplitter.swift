/// Splits a whole text into sentences; `SentenceScanner` says where they end.
public enum SentenceSplitter {
    /// The sentences in order, each with the white space after it; together they are the text.
    ///
    /// - Complexity: linear in the text.
    public static func split(_ text: some StringProtocol) -> [Substring] {
        let text = Substring(text)
        var scanner = SentenceScanner()
        var sentences: [Substring] = []
        var start = text.startIndex
        for index in text.unicodeScalars.indices
        where scanner.begins(with: text.unicodeScalars[index]) {
            sentences.append(text[start..<index])
            start = index
        }
        if start < text.endIndex { sentences.append(text[start...]) }
        return sentences
    }

    /// The sentences without surrounding white space; those without a visible character are left out.
    public static func sentences(of text: some StringProtocol) -> [String] {
        split(text).map(trimmed).filter { !$0.isEmpty }
    }

    static func trimmed(_ text: Substring) -> String {
        let scalars = text.unicodeScalars.drop { $0.properties.isWhitespace }
        guard let last = scalars.lastIndex(where: { !$0.properties.isWhitespace }) else {
            return ""
        }
        return String(scalars[...last])
    }
}
