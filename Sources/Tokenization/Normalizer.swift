/// What happens to a text before it is split, step by step.
struct Normalizer: Sendable {
    enum Step: Sendable, Equatable {
        /// Canonical composition.
        case compose
        /// Characters become what they are compatible with.
        case decomposeCompatible
        /// Each character becomes its small form.
        case lowercase
        /// What translators do: controls go, blanks of other kinds become blanks.
        case clean
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
        /// All that llama.cpp does for a unigram model.
        case markBlanks(BlankMarking)
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
        to bytes: [UInt8], byteLimit: Int, isFirst: Bool = true
    ) throws(TokenizationError) -> NormalizedText {
        var text = NormalizedText(bytes)
        for step in steps {
            try Self.check(text.bytes.count, byteLimit)
            switch step {
            case .compose: text.replaceAll(CanonicalComposition.compose(text.bytes))
            case .decomposeCompatible:
                text.replaceAll(CompatibilityDecomposition.apply(to: text.bytes))
            case .lowercase: text.replaceAll(Self.lowercased(text.bytes))
            case .clean: text = Self.cleaned(text)
            case .prepend(let prefix): text.prepend(prefix)
            case .replace(let pattern, let replacement):
                text.replace(Self.places(of: pattern, in: text.bytes), with: replacement)
            case .replaceMatches(let expression, let replacement):
                text.replace(try expression.matches(in: text.bytes.span), with: replacement)
            case .replaceCharacters(let map):
                text.replaceAll(try map.replaceClusters(in: text.bytes, byteLimit: byteLimit))
            case .strip(let left, let right):
                text.keep(Self.stripped(text.bytes, left: left, right: right))
            case .sentencePiece(let rules):
                text.replaceAll(
                    try rules.apply(to: text.bytes, isFirst: isFirst, byteLimit: byteLimit))
            case .markBlanks(let rules):
                text.replaceAll(try rules.apply(to: text.bytes, byteLimit: byteLimit))
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

    static func replace(
        _ pattern: [UInt8], with replacement: [UInt8], in bytes: [UInt8]
    ) -> [UInt8] {
        var text = NormalizedText(bytes)
        text.replace(places(of: pattern, in: bytes), with: replacement)
        return text.bytes
    }

    /// Patterns are a character or two, so that comparing at each place stays linear.
    private static func places(of pattern: [UInt8], in text: [UInt8]) -> [Range<Int>] {
        guard let first = pattern.first, text.contains(first) else { return [] }
        var places: [Range<Int>] = []
        var index = 0
        while index < text.count {
            if text[index] == first, text[index...].starts(with: pattern) {
                places.append(index..<index + pattern.count)
                index += pattern.count
            } else {
                index += 1
            }
        }
        return places
    }

    /// What is left of a text without white space at its ends.
    private static func stripped(_ text: [UInt8], left: Bool, right: Bool) -> Range<Int> {
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
        return start..<end
    }

    /// By characters alone: a sigma at the end of a word is one like any other.
    private static func lowercased(_ text: [UInt8]) -> [UInt8] {
        let text = String(decoding: text, as: UTF8.self)
        var result: [UInt8] = []
        for scalar in text.unicodeScalars { result += scalar.properties.lowercaseMapping.utf8 }
        return result
    }

    private static func cleaned(_ text: NormalizedText) -> NormalizedText {
        var text = text
        text.replace(places(in: text.bytes) { isRemoved($0) }, with: [])
        text.replace(places(in: text.bytes) { isBlank($0) }, with: [UInt8(ascii: " ")])
        return text
    }

    private static func isRemoved(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x1...0x8, 0xB, 0xE...0x1F, 0x7F, 0x8F, 0x9F: true
        default: false
        }
    }

    private static func isBlank(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x9, 0xA, 0xC, 0xD, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD:
            true
        default: false
        }
    }

    private static func places(
        in text: [UInt8], _ isWanted: (UInt32) -> Bool
    ) -> [Range<Int>] {
        var places: [Range<Int>] = []
        var index = 0
        while index < text.count {
            let scalar = text.span.scalar(at: index)
            if isWanted(scalar.value) { places.append(index..<scalar.end) }
            index = scalar.end
        }
        return places
    }
}
