/// Cuts a text into words, the pieces that tokens never reach across.
struct PreTokenizer: Sendable {
    /// When a text gets a leading mark that it does not have.
    enum Prefix: Sendable {
        case always
        /// Only where the input starts, not behind a special token.
        case first
        case never

        /// - Parameter isFirst: whether the input starts with the text.
        func isWanted(isFirst: Bool) -> Bool {
            switch self {
            case .always: true
            case .first: isFirst
            case .never: false
            }
        }
    }

    /// What is done to each piece that the steps before have left.
    enum Step: Sendable {
        /// Spaces become the mark, and the prefix puts one before the piece.
        case metaspace(mark: [UInt8], prefix: Prefix)
        /// A space before a piece that does not start with one.
        case leadingSpace
        case pattern(SplitPattern)
        /// Numbers apart from the rest, one by one or in runs.
        case digits(individual: Bool)
        /// Before each occurrence of the mark.
        case beforeMark([UInt8])
        /// By any other expression.
        case expression(ExpressionSplitting)
    }

    var steps: [Step] = []

    /// Calls `body` with each word of a text.
    ///
    /// - Parameter isFirst: whether the input starts with this text.
    /// - Throws: for a text that takes too many steps to split.
    func forEachWord(
        of text: [UInt8], isFirst: Bool, _ body: (Span<UInt8>) -> Void
    ) throws(TokenizationError) {
        guard !text.isEmpty else { return }
        try apply(steps[...], to: text.span, isFirst: isFirst, body)
    }

    private func apply(
        _ steps: ArraySlice<Step>, to text: Span<UInt8>, isFirst: Bool,
        _ body: (Span<UInt8>) -> Void
    ) throws(TokenizationError) {
        guard let step = steps.first else { return body(text) }
        let rest = steps.dropFirst()
        func go(_ range: Range<Int>) throws(TokenizationError) {
            try apply(
                rest, to: text.extracting(range), isFirst: isFirst && range.lowerBound == 0, body)
        }
        switch step {
        case .metaspace(let mark, let prefix):
            let isWanted = prefix.isWanted(isFirst: isFirst)
            let marked = Self.marked(text, with: mark, hasPrefix: isWanted)
            try apply(rest, to: marked.span, isFirst: isFirst, body)
        case .leadingSpace:
            let spaced = Self.marked(text, with: [UInt8(ascii: " ")], hasPrefix: true)
            try apply(rest, to: spaced.span, isFirst: isFirst, body)
        case .pattern(let pattern): try pattern.forEachPiece(of: text, go)
        case .digits(let individual): try Self.splitDigits(text, individual, go)
        case .beforeMark(let mark): try Self.splitBefore(mark, text, go)
        case .expression(let splitting):
            for range in try splitting.pieces(of: text) { try go(range) }
        }
    }

    /// A text with a mark for each space, and one in front if it is wanted and not there.
    private static func marked(
        _ text: Span<UInt8>, with mark: [UInt8], hasPrefix: Bool
    ) -> [UInt8] {
        let space = UInt8(ascii: " ")
        var result: [UInt8] = []
        result.reserveCapacity(text.count + mark.count)
        if hasPrefix, !text.isEmpty, text[0] != space, !text.starts(with: mark) { result += mark }
        for index in text.indices {
            if text[index] == space { result += mark } else { result.append(text[index]) }
        }
        return result
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
