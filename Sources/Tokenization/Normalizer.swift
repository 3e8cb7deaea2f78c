/// What happens to a text before it is split, step by step.
struct Normalizer: Sendable {
    enum Step: Sendable, Equatable {
        /// Canonical composition.
        case compose
        /// Puts bytes before a text that is not empty.
        case prepend([UInt8])
        /// The same where the input starts, not behind a special token.
        case prependFirst([UInt8])
        /// Replaces each occurrence of a string that is not empty.
        case replace([UInt8], with: [UInt8])
        /// Removes white space at the ends.
        case strip(left: Bool, right: Bool)
        /// Removes blanks at the ends and leaves one of each run of them.
        case collapseBlanks
    }

    var steps: [Step] = []

    /// Steps and bytes of what they insert, beyond which a file is refused: each may multiply the text.
    static let maximumStepCount = 16
    static let maximumInsertionByteCount = 16

    /// The normalized text.
    ///
    /// - Parameter isFirst: whether the input starts with this text.
    /// - Throws: when it would exceed `byteLimit`.
    func apply(
        to text: [UInt8], byteLimit: Int, isFirst: Bool = true
    ) throws(TokenizationError) -> [UInt8] {
        var text = text
        for step in steps {
            guard text.count <= byteLimit else {
                throw TokenizationError(
                    .limitExceeded,
                    "a normalized text of more than \(byteLimit) bytes; give a shorter text")
            }
            switch step {
            case .compose: text = CanonicalComposition.compose(text)
            case .prepend(let prefix): if !text.isEmpty { text = prefix + text }
            case .prependFirst(let prefix): if isFirst, !text.isEmpty { text = prefix + text }
            case .collapseBlanks: text = Self.collapseBlanks(text)
            case .replace(let pattern, let replacement):
                text = Self.replace(pattern, with: replacement, in: text)
            case .strip(let left, let right): text = Self.strip(text, left: left, right: right)
            }
        }
        return text
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

    private static func collapseBlanks(_ text: [UInt8]) -> [UInt8] {
        let blank = UInt8(ascii: " ")
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        for byte in text where byte != blank || result.last.map({ $0 != blank }) == true {
            result.append(byte)
        }
        if result.last == blank { result.removeLast() }
        return result
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
