/// What happens to a text before it is split, step by step.
struct Normalizer: Sendable {
    enum Step: Sendable, Equatable {
        /// Canonical composition.
        case compose
        /// Puts bytes before a text that is not empty.
        case prepend([UInt8])
        /// Replaces each occurrence of a string that is not empty.
        case replace([UInt8], with: [UInt8])
        /// Replaces each match of an expression.
        case replaceMatches(SplitExpression, with: [UInt8])
        /// Replaces characters by a table, as the `tokenizers` package does.
        case replaceCharacters(CharacterMap)
        /// Removes white space at the ends.
        case strip(left: Bool, right: Bool)
        /// All that SentencePiece does.
        case sentencePiece(SentencePieceNormalization)
    }

    var steps: [Step] = []

    /// Steps and bytes of what they insert, beyond which a file is refused: each may multiply the text.
    static let maximumStepCount = 16
    static let maximumInsertionByteCount = 16

    /// The normalized text.
    ///
    /// - Parameter isFirst: whether the input starts with this text.
    /// - Throws: when it would exceed `byteLimit`, and for a text that an expression needs too many steps for.
    func apply(
        to text: [UInt8], byteLimit: Int, isFirst: Bool = true
    ) throws(TokenizationError) -> [UInt8] {
        var text = text
        for step in steps {
            try Self.check(text.count, byteLimit)
            switch step {
            case .compose: text = CanonicalComposition.compose(text)
            case .prepend(let prefix): if !text.isEmpty { text = prefix + text }
            case .replace(let pattern, let replacement):
                text = Self.replace(pattern, with: replacement, in: text)
            case .replaceMatches(let expression, let replacement):
                text = try Self.replaceMatches(of: expression, with: replacement, in: text)
            case .replaceCharacters(let map):
                text = try map.replaceClusters(in: text, byteLimit: byteLimit)
            case .strip(let left, let right): text = Self.strip(text, left: left, right: right)
            case .sentencePiece(let rules):
                text = try rules.apply(to: text, isFirst: isFirst, byteLimit: byteLimit)
            }
        }
        return text
    }

    static func check(_ byteCount: Int, _ byteLimit: Int) throws(TokenizationError) {
        guard byteCount <= byteLimit else {
            throw TokenizationError(
                .limitExceeded,
                "a normalized text of more than \(byteLimit) bytes; give a shorter text")
        }
    }

    /// Patterns are a character or two, so that comparing at each place stays linear.
    static func replace(
        _ pattern: [UInt8], with replacement: [UInt8], in text: [UInt8]
    ) -> [UInt8] {
        guard let first = pattern.first, text.contains(first) else { return text }
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            if text[index] == first, text[index...].starts(with: pattern) {
                result += replacement
                index += pattern.count
            } else {
                result.append(text[index])
                index += 1
            }
        }
        return result
    }

    private static func replaceMatches(
        of expression: SplitExpression, with replacement: [UInt8], in text: [UInt8]
    ) throws(TokenizationError) -> [UInt8] {
        var result: [UInt8] = []
        var start = 0
        for match in try expression.matches(in: text.span) {
            result += text[start..<match.lowerBound]
            result += replacement
            start = match.upperBound
        }
        return result + text[start...]
    }

    static func strip(_ text: [UInt8], left: Bool, right: Bool) -> [UInt8] {
        let span = text.span
        let classes = CharacterClass.lookup
        var start = 0
        var end = text.count
        while left, start < end {
            let next = span.scalar(at: start)
            guard classes[next.value] == .space else { break }
            start = next.end
        }
        while right, start < end {
            let last = span.scalarStart(before: end)
            guard classes[span.scalar(at: last).value] == .space else { break }
            end = last
        }
        return Array(text[start..<end])
    }
}
