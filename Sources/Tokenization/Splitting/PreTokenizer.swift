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
        /// By any other expression.
        case expression(ExpressionSplitting)
    }

    var rewriting = Rewriting.none
    var splittings: [Splitting] = []

    /// Calls `body` with each word of a text.
    ///
    /// - Parameter isFirst: whether the input starts with this text.
    /// - Throws: for a text that takes too many steps to split.
    func forEachWord(
        of text: [UInt8], isFirst: Bool, _ body: (Span<UInt8>) -> Void
    ) throws(TokenizationError) {
        let text = rewritten(text, isFirst: isFirst)
        guard !text.isEmpty else { return }
        try split(text.span, step: 0, body)
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

    private func split(
        _ text: Span<UInt8>, step: Int, _ body: (Span<UInt8>) -> Void
    ) throws(TokenizationError) {
        guard step < splittings.count else { return body(text) }
        func go(_ range: Range<Int>) throws(TokenizationError) {
            try split(text.extracting(range), step: step + 1, body)
        }
        switch splittings[step] {
        case .pattern(let pattern): try pattern.forEachPiece(of: text, go)
        case .digits(let individual): try Self.splitDigits(text, individual, go)
        case .beforeMark(let mark): try Self.splitBefore(mark, text, go)
        case .expression(let splitting):
            for range in try splitting.pieces(of: text) { try go(range) }
        }
    }

    private static func splitDigits(
        _ text: Span<UInt8>, _ individual: Bool,
        _ body: (Range<Int>) throws(TokenizationError) -> Void
    ) throws(TokenizationError) {
        var start = 0
        var index = 0
        var wasNumber = false
        while index < text.count {
            let scalar = text.scalar(at: index)
            let isNumber = isNumeric(scalar.value)
            if index > start, isNumber != wasNumber || isNumber && individual {
                try body(start..<index)
                start = index
            }
            wasNumber = isNumber
            index = scalar.end
        }
        if start < text.count { try body(start..<text.count) }
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
        _ mark: [UInt8], _ text: Span<UInt8>,
        _ body: (Range<Int>) throws(TokenizationError) -> Void
    ) throws(TokenizationError) {
        var start = 0
        for index in text.indices where index > start {
            guard text[index] == mark.first, text.extracting(index...).starts(with: mark) else {
                continue
            }
            try body(start..<index)
            start = index
        }
        if start < text.count { try body(start..<text.count) }
    }
}
