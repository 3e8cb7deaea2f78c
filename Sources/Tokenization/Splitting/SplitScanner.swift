/// Finds where a piece of a `SplitPattern` ends, trying the alternatives in the pattern's order.
struct SplitScanner: ~Escapable {
    private let text: Span<UInt8>
    private let classes: CharacterClass.Lookup
    /// The last run of white space that was measured, and the end of its last line end, if any.
    private var run = 0..<0
    private var runLineEnd: Int?

    @_lifetime(copy text)
    init(text: Span<UInt8>, classes: CharacterClass.Lookup) {
        self.text = text
        self.classes = classes
    }

    private static let apostrophe = UInt8(ascii: "'")
    private static let blank = UInt8(ascii: " ")

    /// The end of the piece that starts at an index, at least one character later.
    mutating func end(of pattern: SplitPattern, from start: Int) -> Int {
        if text[start] == Self.apostrophe, let end = contractionEnd(pattern.contractions, start) {
            return end
        }
        return pattern.hasGPT2Words ? gpt2End(start) : llama3End(start, pattern)
    }

    // MARK: The two kinds of pattern

    private mutating func gpt2End(_ start: Int) -> Int {
        let first = character(start)
        guard first.kind == .space else { return runEnd(of: first.kind, from: first.end) }
        if text[start] == Self.blank, first.end < text.count {
            let second = character(first.end)
            if second.kind != .space { return runEnd(of: second.kind, from: second.end) }
        }
        return spaceEnd(start, breaksAtLineEnds: false)
    }

    private mutating func llama3End(_ start: Int, _ pattern: SplitPattern) -> Int {
        let first = character(start)
        switch first.kind {
        case .letter: return runEnd(of: .letter, from: first.end)
        case .number: return numberEnd(first.end, count: pattern.numbersPerPiece)
        case .other, .space: break
        }
        if first.end < text.count, !isLineEnd(start) {
            let second = character(first.end)
            if second.kind == .letter { return runEnd(of: .letter, from: second.end) }
            if text[start] == Self.blank, second.kind == .other { return symbolEnd(second.end) }
        }
        return first.kind == .other ? symbolEnd(first.end) : spaceEnd(start, breaksAtLineEnds: true)
    }

    // MARK: Alternatives

    /// `\p{N}{1,count}` behind its first number.
    private func numberEnd(_ start: Int, count: Int?) -> Int {
        var end = start
        for _ in 1..<max(count ?? 1, 1) {
            guard end < text.count, character(end).kind == .number else { break }
            end = character(end).end
        }
        return end
    }

    /// `[^\s\p{L}\p{N}]+[\r\n]*` behind its first character.
    private func symbolEnd(_ start: Int) -> Int {
        var end = runEnd(of: .other, from: start)
        while end < text.count, isLineEnd(end) { end += 1 }
        return end
    }

    /// `\s*[\r\n]+` where wanted, then `\s+(?!\S)`, then `\s+`.
    private mutating func spaceEnd(_ start: Int, breaksAtLineEnds: Bool) -> Int {
        if !run.contains(start) { measureRun(from: start) }
        if breaksAtLineEnds, let lineEnd = runLineEnd, lineEnd > start { return lineEnd }
        if run.upperBound == text.count { return text.count }
        // The last space stays for the word that follows, unless it is the only one.
        let last = text.scalarStart(before: run.upperBound)
        return last > start ? last : run.upperBound
    }

    private mutating func measureRun(from start: Int) {
        var end = start
        runLineEnd = nil
        while end < text.count {
            let next = character(end)
            guard next.kind == .space else { break }
            if isLineEnd(end) { runLineEnd = next.end }
            end = next.end
        }
        run = start..<end
    }

    /// `'s`, `'t`, `'re`, `'ve`, `'m`, `'ll`, `'d`; nil for anything else.
    private func contractionEnd(_ kind: SplitPattern.Contractions, _ start: Int) -> Int? {
        guard let first = letter(start + 1, kind) else { return nil }
        switch first {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"):
            return start + 2
        case UInt8(ascii: "r"), UInt8(ascii: "v"):
            return letter(start + 2, kind) == UInt8(ascii: "e") ? start + 3 : nil
        case UInt8(ascii: "l"):
            return letter(start + 2, kind) == UInt8(ascii: "l") ? start + 3 : nil
        default:
            // ſ in UTF-8
            guard kind == .caseFolded, first == 0xC5, start + 2 < text.count,
                text[start + 2] == 0xBF
            else { return nil }
            return start + 3
        }
    }

    private func letter(_ index: Int, _ kind: SplitPattern.Contractions) -> UInt8? {
        guard index < text.count else { return nil }
        let byte = text[index]
        let isUppercase = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
        return isUppercase && kind != .lowercase ? byte + 0x20 : byte
    }

    // MARK: Characters

    private func runEnd(of kind: CharacterClass, from start: Int) -> Int {
        var end = start
        while end < text.count {
            let next = character(end)
            guard next.kind == kind else { break }
            end = next.end
        }
        return end
    }

    private func character(_ index: Int) -> (kind: CharacterClass, end: Int) {
        let scalar = text.scalar(at: index)
        return (classes[scalar.value], scalar.end)
    }

    private func isLineEnd(_ index: Int) -> Bool {
        text[index] == 0x0A || text[index] == 0x0D
    }
}
