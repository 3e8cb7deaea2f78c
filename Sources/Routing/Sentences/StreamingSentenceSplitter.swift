/// Splits a text that arrives in pieces, as a streamed reply does.
///
/// It finds the same sentences as `SentenceSplitter` in the whole text, however that is cut into pieces. It knows of a
/// sentence's end when the next sentence's first visible character has arrived, since a stop may be part of a number, an
/// ellipsis or a quotation, and where that is not enough when its first word has. The last sentence ends with the text.
public struct StreamingSentenceSplitter: Sendable {
    private var scanner = SentenceScanner()
    private var current = String.UnicodeScalarView()

    public init() {}

    /// Takes a piece of text and returns the sentences that it finishes, each with the white space after it.
    public mutating func push(_ piece: some StringProtocol) -> [String] {
        var finished: [String] = []
        for scalar in piece.unicodeScalars {
            current.append(scalar)
            if let length = scanner.take(scalar) { finished.append(cut(length)) }
        }
        return finished
    }

    /// The text that has not been found to end yet.
    public var unfinished: String { String(current) }

    /// Ends the text and returns its last sentences: one, or two if the last word had to decide; none of an empty text.
    public mutating func finish() -> [String] {
        var finished: [String] = []
        if let length = scanner.finish() { finished.append(cut(length)) }
        if !current.isEmpty { finished.append(String(current)) }
        self = StreamingSentenceSplitter()
        return finished
    }

    /// Takes out all but the last `length` scalars.
    private mutating func cut(_ length: Int) -> String {
        let beginning = current.index(current.endIndex, offsetBy: -length)
        let sentence = String(current[..<beginning])
        current.removeSubrange(..<beginning)
        return sentence
    }
}
