/// A token that stands for exactly its text, whatever the model would make of it.
struct AddedToken: Sendable, Equatable {
    var id: UInt32
    var content: String
    /// Found only between characters that belong to no word.
    var isSingleWord = false
    /// Takes the white space before it, or behind it.
    var stripsLeft = false
    var stripsRight = false
    /// Looked for in the normalized text.
    var isNormalized = false
    /// What is looked for there; nil: the normalized content.
    var normalizedPattern: [UInt8]?
    var isSpecial = false
}

/// Finds added tokens in a text: leftmost, then longest.
struct AddedTokenFinder: Sendable {
    private var tokens: [AddedToken] = []
    /// What the tokens are looked for by, with their index.
    private var patterns = PrefixTree(capacity: 64)
    private var isFirstByte = [Bool](repeating: false, count: 256)

    /// Adds a token under the bytes that it is looked for by, which are not empty; the first of equal ones stays.
    mutating func insert(_ token: AddedToken, as pattern: [UInt8]) {
        guard let first = pattern.first else { return }
        isFirstByte[Int(first)] = true
        if patterns.insert(pattern, tokens.count) { tokens.append(token) }
    }

    /// A part of a text: an added token, or what is between.
    struct Stretch {
        var range: Range<Int>
        var token: AddedToken?
    }

    /// Where special tokens count; elsewhere their text is text.
    enum SpecialPlaces {
        case nowhere
        case everywhere
        /// Where all of a token lies within one of some ranges, which are in order and neither overlap nor touch.
        case within([Range<Int>])
    }

    /// The stretches of a text in order.
    func stretches(of text: Span<UInt8>, special places: SpecialPlaces) -> [Stretch] {
        let findsSpecial: Bool
        switch places {
        case .nowhere: findsSpecial = false
        case .everywhere: findsSpecial = true
        case .within(let ranges): return stretches(of: text, specialWithin: ranges)
        }
        var stretches: [Stretch] = []
        var start = 0
        var index = 0
        while !tokens.isEmpty, index < text.count {
            guard isFirstByte[Int(text[index])], let match = longestMatch(in: text, at: index)
            else {
                index += 1
                continue
            }
            let token = tokens[match.token]
            let isWanted =
                (findsSpecial || !token.isSpecial)
                && (!token.isSingleWord || isSingleWord(text, index..<match.end))
            if isWanted { append(token, index..<match.end, text, from: &start, to: &stretches) }
            index = match.end
        }
        if start < text.count { stretches.append(Stretch(range: start..<text.count)) }
        return stretches
    }

    /// Special tokens are looked for as if what lies outside of the ranges could be part of none: whatever is written
    /// there, no marker inside is missed.
    private func stretches(
        of text: Span<UInt8>, specialWithin ranges: [Range<Int>]
    ) -> [Stretch] {
        var stretches: [Stretch] = []
        var rest = ranges[...]
        var start = 0
        var index = 0
        while !tokens.isEmpty, index < text.count {
            while let first = rest.first, first.upperBound <= index { rest.removeFirst() }
            let isInside = rest.first?.contains(index) ?? false
            let limit = isInside ? rest.first?.upperBound ?? index : index
            guard isFirstByte[Int(text[index])],
                let any = longestMatch(in: text, at: index, specialBefore: text.count)
            else {
                index += 1
                continue
            }
            if let match = longestMatch(in: text, at: index, specialBefore: limit),
                !tokens[match.token].isSingleWord || isSingleWord(text, index..<match.end)
            {
                append(tokens[match.token], index..<match.end, text, from: &start, to: &stretches)
                index = match.end
            } else {
                let isOutside = !isInside && any.end <= rest.first?.lowerBound ?? text.count
                index = isOutside ? any.end : index + 1
            }
        }
        if start < text.count { stretches.append(Stretch(range: start..<text.count)) }
        return stretches
    }

    /// Adds a token, with the white space that it takes, and the text before it.
    private func append(
        _ token: AddedToken, _ range: Range<Int>, _ text: Span<UInt8>, from start: inout Int,
        to stretches: inout [Stretch]
    ) {
        let left =
            token.stripsLeft
            ? max(spaceStart(text, before: range.lowerBound), start) : range.lowerBound
        let right = token.stripsRight ? spaceEnd(text, after: range.upperBound) : range.upperBound
        if start < left { stretches.append(Stretch(range: start..<left)) }
        stretches.append(Stretch(range: min(left, right)..<right, token: token))
        start = right
    }

    /// The longest token that starts at a place; special ones only when they end at or before `limit`.
    private func longestMatch(
        in text: Span<UInt8>, at start: Int, specialBefore limit: Int = .max
    ) -> (token: Int, end: Int)? {
        var best: (token: Int, end: Int)?
        patterns.forEachString(in: text, from: start) { end, token in
            if end <= limit || !tokens[token].isSpecial { best = (token, end) }
        }
        return best
    }

    private func isSingleWord(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        if range.lowerBound > 0 {
            let before = text.scalarStart(before: range.lowerBound)
            if Self.isWordCharacter(text.scalar(at: before).value) { return false }
        }
        return range.upperBound == text.count
            || !Self.isWordCharacter(text.scalar(at: range.upperBound).value)
    }

    /// `\w` of Unicode Technical Standard 18, for the version of Unicode that the package has.
    private static func isWordCharacter(_ value: UInt32) -> Bool {
        guard let properties = Unicode.Scalar(value)?.properties,
            let age = properties.age, age.major <= 16
        else { return false }
        if properties.isAlphabetic || properties.isJoinControl { return true }
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation:
            return true
        default: return false
        }
    }

    private func spaceStart(_ text: Span<UInt8>, before end: Int) -> Int {
        let classes = CharacterClass.lookup
        var start = end
        while start > 0 {
            let previous = text.scalarStart(before: start)
            guard classes[text.scalar(at: previous).value] == .space else { break }
            start = previous
        }
        return start
    }

    private func spaceEnd(_ text: Span<UInt8>, after start: Int) -> Int {
        let classes = CharacterClass.lookup
        var end = start
        while end < text.count {
            let next = text.scalar(at: end)
            guard classes[next.value] == .space else { break }
            end = next.end
        }
        return end
    }
}
