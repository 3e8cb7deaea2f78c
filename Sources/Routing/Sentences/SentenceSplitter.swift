/// Splits a whole text into sentences; `SentenceScanner` says where they begin.
public enum SentenceSplitter {
    /// The sentences in order, each with the white space after it; together they are the text.
    ///
    /// - Complexity: linear in the text.
    public static func split(_ text: some StringProtocol) -> [Substring] {
        let text = Substring(text)
        let scalars = text.unicodeScalars
        var scanner = SentenceScanner()
        var sentences: [Substring] = []
        var start = scalars.startIndex
        var index = start
        func cut(_ length: Int?) {
            guard let length else { return }
            let beginning = scalars.index(index, offsetBy: -length)
            sentences.append(text[start..<beginning])
            start = beginning
        }
        while index < scalars.endIndex {
            let scalar = scalars[index]
            scalars.formIndex(after: &index)
            cut(scanner.take(scalar))
        }
        cut(scanner.finish())
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
