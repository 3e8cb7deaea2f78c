/// Splits a text that arrives in pieces, as a streamed reply does.
///
/// It finds the same sentences as `SentenceSplitter` in the whole text, however that is cut into pieces. It knows of a
/// sentence's end only when the next sentence's first visible character has arrived, since a stop may be part of a number,
/// an ellipsis or a quotation; nothing that has not arrived is asked for. The last sentence ends with the text.
public struct StreamingSentenceSplitter: Sendable {
    private var scanner = SentenceScanner()
    private var current = String.UnicodeScalarView()

    public init() {}

    /// Takes a piece of text and returns the sentences that it finishes, each with the white space after it.
    public mutating func push(_ piece: some StringProtocol) -> [String] {
        var finished: [String] = []
        for scalar in piece.unicodeScalars {
            if scanner.begins(with: scalar) {
                finished.append(String(current))
                current.removeAll(keepingCapacity: true)
            }
            current.append(scalar)
        }
        return finished
    }

    /// The sentence that has not ended yet.
    public var unfinished: String { String(current) }

    /// Ends the text and returns its last sentence, if there is one.
    public mutating func finish() -> String? {
        defer { self = StreamingSentenceSplitter() }
        return current.isEmpty ? nil : String(current)
    }
}
