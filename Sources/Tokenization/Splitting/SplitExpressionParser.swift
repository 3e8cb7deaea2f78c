/// Reads the regular expression of a split pattern.
struct SplitExpressionParser {
    private let scalars: [Unicode.Scalar]
    private var place = 0

    private static let longestText = 8192
    private static let largestCount = 64
    private static let digits: ClosedRange<Unicode.Scalar> = "0"..."9"

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
    }

    mutating func alternatives() throws(TokenizationError) -> [[SplitExpression.Item]] {
        guard scalars.count <= Self.longestText else { throw unsupported("its length") }
        var alternatives: [[SplitExpression.Item]] = [[]]
        while let next = peek {
            if take("|") {
                alternatives.append([])
            } else {
                alternatives[alternatives.count - 1].append(try item(next))
            }
            guard alternatives.count <= Self.largestCount,
                alternatives[alternatives.count - 1].count <= Self.largestCount
            else { throw unsupported("its length") }
        }
        guard alternatives.allSatisfy({ $0.contains(where: Self.takesText) }) else {
            throw unsupported("an alternative that matches nothing")
        }
        return alternatives
    }

    private static func takesText(_ item: SplitExpression.Item) -> Bool {
        switch item.atom {
        case .set, .words: item.least > 0
        case .notBefore, .lineEnd: false
        }
    }

    private var peek: Unicode.Scalar? { place < scalars.count ? scalars[place] : nil }

    private mutating func take(_ text: String) -> Bool {
        let wanted = Array(text.unicodeScalars)
        guard scalars[place...].starts(with: wanted) else { return false }
        place += wanted.count
        return true
    }

    private func unsupported(_ what: String) -> TokenizationError {
        TokenizationError(
            .unsupported, "\(what) in a split pattern, at character \(place), is not supported")
    }

    // MARK: Items

    private mutating func item(_ next: Unicode.Scalar) throws(TokenizationError)
        -> SplitExpression.Item
    {
        var item = SplitExpression.Item(atom: .lineEnd)
        if take("$") { return item }
        if take("(?!") {
            item.atom = .notBefore(try set())
            guard take(")") else { throw unsupported("a lookahead of more than one character") }
            return item
        }
        if take("(?i:") {
            item.atom = .words(try words(ignoringCase: true))
        } else if take("(?:") {
            item.atom = .words(try words(ignoringCase: false))
        } else if next == "(" {
            throw unsupported(
                "\"\(String(String.UnicodeScalarView(scalars[place...].prefix(3))))\"")
        } else {
            item.atom = .set(try set())
        }
        try readCount(into: &item)
        if case .words = item.atom, item.most > 1 { throw unsupported("a repeated group") }
        return item
    }

    private mutating func readCount(into item: inout SplitExpression.Item)
        throws(TokenizationError)
    {
        if take("?") {
            item.least = 0
        } else if take("*") {
            (item.least, item.most) = (0, .max)
        } else if take("+") {
            item.most = .max
        } else if take("{") {
            guard let least = number() else { throw unsupported("\"{\"") }
            let most = take(",") ? number() ?? .max : least
            guard least <= most, most > 0, take("}") else { throw unsupported("\"{\"") }
            (item.least, item.most) = (least, most)
            if peek == "+" || peek == "?" { throw unsupported("\"}\" with a sign behind it") }
            return
        } else {
            return
        }
        if take("+") {
            item.isPossessive = true
        } else if peek == "?" || peek == "*" {
            throw unsupported("two signs of repetition")
        }
    }

    private mutating func number() -> Int? {
        var digits = ""
        while let next = peek, Self.digits.contains(next), digits.count < 4 {
            digits.unicodeScalars.append(next)
            place += 1
        }
        return Int(digits)
    }

    private mutating func words(ignoringCase: Bool) throws(TokenizationError) -> [[ScalarSet]] {
        var words: [[ScalarSet]] = [[]]
        while !take(")") {
            guard let next = peek, words.count <= Self.largestCount,
                words[words.count - 1].count <= Self.largestCount
            else { throw unsupported("a group that does not end") }
            if take("|") {
                words.append([])
            } else if ignoringCase, next == "[" {
                words[words.count - 1].append(try bracket().ignoringCase())
            } else if ignoringCase {
                guard next.properties.isAlphabetic || next == "'" else {
                    throw unsupported("\"\(next)\" in a group that ignores case")
                }
                place += 1
                words[words.count - 1].append(ScalarSet(next).ignoringCase())
            } else {
                words[words.count - 1].append(try set())
            }
        }
        guard words.allSatisfy({ !$0.isEmpty }) else { throw unsupported("an empty group") }
        return words
    }

    // MARK: Sets

    private mutating func set() throws(TokenizationError) -> ScalarSet {
        var set = ScalarSet()
        guard let next = peek else { throw unsupported("an end") }
        place += 1
        switch next {
        case "[":
            place -= 1
            return try bracket()
        case "\\": try insertEscape(into: &set)
        case ".", "*", "+", "?", "(", ")", "{", "}", "|", "^":
            place -= 1
            throw unsupported("\"\(next)\"")
        default: set.insert(next.value...next.value)
        }
        return set
    }

    /// `[...]`, with sets in it only behind `&&`.
    private mutating func bracket() throws(TokenizationError) -> ScalarSet {
        var set = ScalarSet()
        guard take("[") else { throw unsupported("a set without brackets") }
        set.isNegated = take("^")
        while !take("]") {
            guard let next = peek, !set.isFull else { throw unsupported("a set that does not end") }
            if take("&&") {
                set.intersect(try bracket())
                continue
            }
            guard next != "[", !(next == "\\" && scalars.dropFirst(place + 1).first == "S") else {
                throw unsupported("a set inside a set")
            }
            place += 1
            guard let low = next == "\\" ? try insertEscape(into: &set) : next else { continue }
            // A minus before the end is itself.
            guard peek == "-", place + 1 < scalars.count, scalars[place + 1] != "]" else {
                set.insert(low.value...low.value)
                continue
            }
            place += 1
            guard let end = peek else { throw unsupported("a set that does not end") }
            place += 1
            var escaped = ScalarSet()
            let high = end == "\\" ? try insertEscape(into: &escaped) : end
            guard let high, low <= high else { throw unsupported("a range") }
            set.insert(low.value...high.value)
        }
        return set
    }

    /// What is behind a backslash: a class goes into the set, and a character that could begin a range comes back, too.
    @discardableResult
    private mutating func insertEscape(into set: inout ScalarSet) throws(TokenizationError)
        -> Unicode.Scalar?
    {
        guard let next = peek else { throw unsupported("a backslash at the end") }
        place += 1
        switch next {
        case "s":
            set.insertSpaces()
            return nil
        case "S":
            // Everything that is no space: only by itself.
            set = ScalarSet.spaces
            set.isNegated = true
            return nil
        case "p":
            let rest = scalars[place...].prefix(4)
            guard rest.first == "{", let end = rest.firstIndex(of: "}"),
                let mask = CharacterCategory.mask(
                    named: String(String.UnicodeScalarView(rest[(place + 1)..<end])))
            else {
                throw unsupported("\"\\p\(String(String.UnicodeScalarView(rest)))\"")
            }
            place = end + 1
            set.insert(categories: mask)
            return nil
        case "r", "n", "t":
            let scalar: Unicode.Scalar = next == "r" ? "\r" : next == "n" ? "\n" : "\t"
            set.insert(scalar.value...scalar.value)
            return scalar
        default:
            guard next.isASCII, !next.properties.isAlphabetic, !Self.digits.contains(next) else {
                throw unsupported("\"\\\(next)\"")
            }
            set.insert(next.value...next.value)
            return next
        }
    }
}
