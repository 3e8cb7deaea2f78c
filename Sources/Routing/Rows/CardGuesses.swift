/// What an adapter may be asked, guessed from its card: for adapters that come without examples.
///
/// A card is a Markdown file as Hugging Face has them. Guesses are the texts of its `widget`, what it has in code spans of some
/// words, the first paragraphs of its quotations, and its first paragraph.
public struct CardGuesses: Sendable {
    /// Without duplicates, in the card's order.
    public let texts: [String]

    /// Guesses of one card.
    private static let limit = 64
    private static let wordCounts = 3...60

    public init(card: String) {
        var texts: [String] = []
        var reader = CardReader(card)
        for guess in reader.guesses() where texts.count < Self.limit {
            let text = Self.spoken(guess)
            let words = text.split(whereSeparator: \.isWhitespace)
            guard Self.wordCounts.contains(words.count), !text.contains("../"),
                !texts.contains(text)
            else { continue }
            texts.append(text)
        }
        self.texts = texts
    }

    /// What is left of a prompt without a chat's markers, quotes around it and dots for what is to be filled in.
    private static func spoken(_ guess: Substring) -> String {
        var kept = ""
        var rest = guess
        while let open = rest.firstRange(of: "<|") {
            kept += rest[..<open.lowerBound]
            // What follows a marker after the request is the reply.
            if !kept.isEmpty { return trimmed(kept) }
            rest = rest[open.upperBound...]
            rest = rest.firstRange(of: "|>").map { rest[$0.upperBound...] } ?? ""
        }
        return trimmed(kept + rest)
    }

    private static func trimmed(_ text: String) -> String {
        let around: Set<Character> = ["\"", "'", "…", " ", "\t", "*", "_"]
        return String(
            text.drop(while: around.contains).reversed().drop(while: around.contains).reversed())
    }
}

/// Finds the places of a card that may be requests.
private struct CardReader {
    private let lines: [Substring]
    private var found: [Substring] = []

    init(_ card: String) {
        lines = card.split(separator: "\n", omittingEmptySubsequences: false)
    }

    mutating func guesses() -> [Substring] {
        var isHeader = lines.first == "---"
        var isCode = false
        var isQuoting = false
        var hasDescription = false
        for (number, line) in lines.enumerated() {
            if isHeader {
                isHeader = number == 0 || line != "---"
                addWidget(line)
                continue
            }
            if line.hasPrefix("```") { isCode.toggle() }
            if isCode { continue }
            let isQuotation = line.hasPrefix(">")
            if isQuotation, !isQuoting { found.append(line.drop { $0 == ">" || $0 == " " }) }
            isQuoting = isQuotation
            addSpans(of: line)
            if !hasDescription, !isQuotation, line.first?.isLetter == true {
                found.append(line)
                hasDescription = true
            }
        }
        return found
    }

    /// `- text: "..."` of the header.
    private mutating func addWidget(_ line: Substring) {
        let line = line.drop { $0 == " " || $0 == "-" }
        if line.hasPrefix("text:") { found.append(line.dropFirst("text:".count)) }
    }

    /// What stands between backquotes.
    private mutating func addSpans(of line: Substring) {
        let parts = line.split(separator: "`", omittingEmptySubsequences: false)
        for (place, part) in parts.enumerated()
        where !place.isMultiple(of: 2) && place < parts.count - 1 {
            found.append(part)
        }
    }
}
