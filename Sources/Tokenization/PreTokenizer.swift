/// Cuts a text into words, the pieces that tokens never reach across.
struct PreTokenizer: Sendable {
    /// When a text gets a leading mark that it does not have.
    enum Prefix: Sendable {
        case always
        /// Only where the input starts, not behind a special token.
        case first
        case never
    }

    /// What is done to the whole text first.
    enum Rewriting: Sendable {
        case none
        /// Spaces become the mark, and the prefix puts one before the text.
        case metaspace(mark: [UInt8], prefix: Prefix)
        /// A space before a text that does not start with one.
        case leadingSpace
    }

    enum Splitting: Sendable {
        case pattern(SplitPattern)
        /// Numbers apart from the rest, one by one or in runs.
        case digits(individual: Bool)
        /// Before each occurrence of the mark.
        case beforeMark([UInt8])
    }

    var rewriting = Rewriting.none
    var splittings: [Splitting] = []

    /// Calls `body` with each word of a text.
    ///
    /// - Parameter isFirst: whether the input starts with this text.
    func forEachWord(of text: [UInt8], isFirst: Bool, _ body: (Span<UInt8>) -> Void) {
        let text = rewritten(text, isFirst: isFirst)
        guard !text.isEmpty else { return }
        split(text.span, step: 0, body)
    }

    private func rewritten(_ text: [UInt8], isFirst: Bool) -> [UInt8] {
        switch rewriting {
        case .none: return text
        case .leadingSpace:
            return text.first == UInt8(ascii: " ") ? text : [UInt8(ascii: " ")] + text
        case .metaspace(let mark, let prefix):
            let marked = Normalizer.replace([UInt8(ascii: " ")], with: mark, in: text)
            let isWanted =
                switch prefix {
                case .always: true
                case .first: isFirst
                case .never: false
                }
            return isWanted && !marked.isEmpty && !marked.starts(with: mark)
                ? mark + marked : marked
        }
    }

    private func split(_ text: Span<UInt8>, step: Int, _ body: (Span<UInt8>) -> Void) {
        guard step < splittings.count else { return body(text) }
        switch splittings[step] {
        case .pattern(let pattern):
            pattern.forEachPiece(of: text) { split(text.extracting($0), step: step + 1, body) }
        case .digits(let individual):
            Self.splitDigits(text, individual) { split(text.extracting($0), step: step + 1, body) }
        case .beforeMark(let mark):
            Self.splitBefore(mark, text) { split(text.extracting($0), step: step + 1, body) }
        }
    }

    private static func splitDigits(
        _ text: Span<UInt8>, _ individual: Bool, _ body: (Range<Int>) -> Void
    ) {
        var start = 0
        var index = 0
        var wasNumber = false
        while index < text.count {
            let scalar = text.scalar(at: index)
            let isNumber = isNumeric(scalar.value)
            if index > start, isNumber != wasNumber || isNumber && individual {
                body(start..<index)
                start = index
            }
            wasNumber = isNumber
            index = scalar.end
        }
        if start < text.count { body(start..<text.count) }
    }

    /// The package takes Rust's standard library here, which knows the same numbers as Swift's.
    private static func isNumeric(_ value: UInt32) -> Bool {
        if value < 0x80 { return value >= 0x30 && value <= 0x39 }
        switch Unicode.Scalar(value)?.properties.generalCategory {
        case .decimalNumber, .letterNumber, .otherNumber: return true
        default: return false
        }
    }

    private static func splitBefore(
        _ mark: [UInt8], _ text: Span<UInt8>, _ body: (Range<Int>) -> Void
    ) {
        var start = 0
        for index in text.indices where index > start {
            guard text[index] == mark.first, text.extracting(index...).starts(with: mark) else {
                continue
            }
            body(start..<index)
            start = index
        }
        if start < text.count { body(start..<text.count) }
    }
}
