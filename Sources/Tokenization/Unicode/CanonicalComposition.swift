/// Normalization form C (Unicode Standard Annex 15), with the tables of the `tokenizers` package.
enum CanonicalComposition {
    private struct Tables {
        /// A character to the one or two that it decomposes to; the second may be 0.
        var decompositions: [UInt32: (UInt32, UInt32)] = [:]
        /// `first << 32 | second` to the character that they compose to.
        var compositions: [UInt64: UInt32] = [:]
        /// Combining classes other than 0.
        var classes: [UInt32: UInt8] = [:]
    }

    /// Below this, no character has a class, decomposes or is the second of a composition, save
    /// that Latin-1 letters decompose and come back composed.
    private static let firstAffected: UInt32 = 0x300

    private static let tables: Tables = {
        var tables = Tables()
        let excluded = Set(hexadecimalTable(CanonicalComposition.excluded))
        let pairs = hexadecimalTable(CanonicalComposition.pairs)
        var character: UInt32 = 0
        for index in stride(from: 0, to: pairs.count, by: 3) {
            character += pairs[index]
            let (first, second) = (pairs[index + 1], pairs[index + 2])
            tables.decompositions[character] = (first, second)
            if !excluded.contains(character) {
                tables.compositions[UInt64(first) << 32 | UInt64(second)] = character
            }
        }
        let singles = hexadecimalTable(CanonicalComposition.singles)
        character = 0
        for index in stride(from: 0, to: singles.count, by: 2) {
            character += singles[index]
            tables.decompositions[character] = (singles[index + 1], 0)
        }
        let marks = hexadecimalTable(CanonicalComposition.marks)
        var end: UInt32 = 0
        for index in stride(from: 0, to: marks.count, by: 3) {
            let start = end + marks[index]
            end = start + marks[index + 1]
            for mark in start..<end { tables.classes[mark] = UInt8(marks[index + 2]) }
        }
        return tables
    }()

    /// The composed form of valid UTF-8.
    static func compose(_ text: [UInt8]) -> [UInt8] {
        // Scalars from U+0300 on start with 0xCC or more.
        guard text.contains(where: { $0 >= 0xCC }) else { return text }
        let span = text.span
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var index = 0
        // Characters below U+0300 are starters, and nothing from before reaches over two of them.
        while index < text.count {
            var end = index
            while end < text.count, text[end] < 0xCC { end += 1 }
            var segment = end
            if segment < text.count, segment > index { segment = span.scalarStart(before: segment) }
            result += text[index..<segment]
            guard end < text.count else {
                result += text[segment...]
                break
            }
            index = segment
            var scalars: [UInt32] = []
            var isFirst = true
            while index < text.count, isFirst || text[index] >= 0xCC {
                let scalar = span.scalar(at: index)
                scalars.append(scalar.value)
                isFirst = false
                index = scalar.end
            }
            for scalar in composed(decomposed(scalars)) { append(scalar, to: &result) }
        }
        return result
    }

    private static func append(_ scalar: UInt32, to bytes: inout [UInt8]) {
        if let scalar = Unicode.Scalar(scalar) { bytes += Array(UTF8.encode(scalar) ?? .init()) }
    }

    // MARK: Decomposition

    private static func decomposed(_ scalars: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        result.reserveCapacity(scalars.count)
        for scalar in scalars { decompose(scalar, into: &result) }
        var start = 0
        while start < result.count {
            var end = start
            while end < result.count, combiningClass(result[end]) != 0 { end += 1 }
            if end - start > 1 { sortMarks(&result, start..<end) }
            start = end + 1
        }
        return result
    }

    /// Depth is bounded: the tables' longest chain has four steps.
    private static func decompose(_ scalar: UInt32, into result: inout [UInt32]) {
        if let syllable = Hangul.decompose(scalar) {
            result += syllable
        } else if scalar >= 0xC0, let (first, second) = tables.decompositions[scalar] {
            decompose(first, into: &result)
            if second != 0 { result.append(second) }
        } else {
            result.append(scalar)
        }
    }

    private static func sortMarks(_ scalars: inout [UInt32], _ range: Range<Int>) {
        // The position keeps the sort stable.
        let sorted = range.map { (combiningClass(scalars[$0]), $0, scalars[$0]) }
            .sorted { ($0.0, $0.1) < ($1.0, $1.1) }
        for (index, mark) in zip(range, sorted) { scalars[index] = mark.2 }
    }

    private static func combiningClass(_ scalar: UInt32) -> UInt8 {
        scalar < firstAffected ? 0 : tables.classes[scalar] ?? 0
    }

    // MARK: Composition

    private static func composed(_ scalars: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        result.reserveCapacity(scalars.count)
        var starter: Int?
        var lastClass: UInt8 = 0
        for scalar in scalars {
            let value = combiningClass(scalar)
            if let index = starter {
                let isAdjacent = index == result.count - 1
                let isBlocked = !isAdjacent && (lastClass == 0 || lastClass >= value)
                if !isBlocked, let composite = pair(result[index], scalar) {
                    result[index] = composite
                    continue
                }
            }
            if value == 0 { starter = result.count }
            lastClass = value
            result.append(scalar)
        }
        return result
    }

    private static func pair(_ first: UInt32, _ second: UInt32) -> UInt32? {
        Hangul.compose(first, second)
            ?? (second < firstAffected
                ? nil : tables.compositions[UInt64(first) << 32 | UInt64(second)])
    }
}

/// The arithmetic of Hangul syllables (The Unicode Standard, section 3.12).
private enum Hangul {
    static let syllables: UInt32 = 0xAC00
    static let leads: UInt32 = 0x1100
    static let vowels: UInt32 = 0x1161
    static let trails: UInt32 = 0x11A7
    static let leadCount: UInt32 = 19
    static let vowelCount: UInt32 = 21
    static let trailCount: UInt32 = 28
    static let syllableCount = leadCount * vowelCount * trailCount

    static func decompose(_ scalar: UInt32) -> [UInt32]? {
        guard scalar >= syllables, scalar < syllables + syllableCount else { return nil }
        let index = scalar - syllables
        let lead = leads + index / (vowelCount * trailCount)
        let vowel = vowels + index % (vowelCount * trailCount) / trailCount
        let trail = index % trailCount
        return trail == 0 ? [lead, vowel] : [lead, vowel, trails + trail]
    }

    static func compose(_ first: UInt32, _ second: UInt32) -> UInt32? {
        if first >= leads, first < leads + leadCount, second >= vowels, second < vowels + vowelCount
        {
            return syllables + ((first - leads) * vowelCount + second - vowels) * trailCount
        }
        let isOpen =
            first >= syllables && first < syllables + syllableCount
            && (first - syllables) % trailCount == 0
        guard isOpen, second > trails, second < trails + trailCount else { return nil }
        return first + second - trails
    }
}
