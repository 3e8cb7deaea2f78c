/// Reads the syntax of Python's `re` (its documentation's section "Regular Expression Syntax").
struct RegularExpressionParser {
    typealias Node = RegularExpression.Node

    static let digits = Set("0123456789".utf8)
    static let spaces = Set(" \t\n\r\u{0B}\u{0C}".utf8)
    static let word = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_".utf8)
    private static let newline = UInt8(ascii: "\n")
    /// Groups in each other at most.
    private static let largestDepth = 64
    /// As often as a counted repetition may be asked for.
    private static let largestCount = 10_000

    private var rest: ArraySlice<UInt8>

    /// Whether what is read stands in a lookahead.
    private var isAhead = false

    init(_ expression: String) throws(RegularExpressionError) {
        guard expression.utf8.allSatisfy({ $0 < 0x80 }) else {
            throw RegularExpressionError("characters outside ASCII")
        }
        rest = Array(expression.utf8)[...]
    }

    mutating func parse() throws(RegularExpressionError) -> Node {
        let node = try choice(depth: 0)
        guard rest.isEmpty else { throw RegularExpressionError("unbalanced \")\"") }
        return node
    }

    private mutating func choice(depth: Int) throws(RegularExpressionError) -> Node {
        guard depth <= Self.largestDepth else {
            throw RegularExpressionError("more than \(Self.largestDepth) groups in each other")
        }
        var alternatives: [Node] = []
        repeat {
            var nodes: [Node] = []
            while let next = rest.first, next != UInt8(ascii: "|"), next != UInt8(ascii: ")") {
                nodes.append(try repetition(of: atom(depth: depth)))
            }
            alternatives.append(.sequence(nodes))
        } while take("|")
        return alternatives.count == 1 ? alternatives[0] : .choice(alternatives)
    }

    private mutating func take(_ text: String) -> Bool {
        guard rest.starts(with: text.utf8) else { return false }
        rest.removeFirst(text.utf8.count)
        return true
    }

    private mutating func repetition(of atom: Node) throws(RegularExpressionError) -> Node {
        guard let (least, most) = try count() else { return atom }
        if case .assertion = atom {
            throw RegularExpressionError("a repetition of nothing, such as \"^*\"")
        }
        if take("+") { throw RegularExpressionError("possessive repetitions, such as \"a++\"") }
        // Lazy or not, what matches is the same.
        _ = take("?")
        guard try count() == nil else { throw RegularExpressionError("multiple repeat") }
        return .repeated(atom, least: least, most: most)
    }

    /// How often the atom before is repeated; nil: once, and nothing was read.
    private mutating func count() throws(RegularExpressionError) -> (Int, Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        guard rest.first == UInt8(ascii: "{"), let close = rest.firstIndex(of: UInt8(ascii: "}"))
        else { return nil }
        let parts = String(decoding: rest[(rest.startIndex + 1)..<close], as: UTF8.self)
            .split(separator: ",", omittingEmptySubsequences: false)
        // What is no count stands for itself.
        guard parts.count == 2 || parts.count == 1 && !parts[0].isEmpty,
            parts.allSatisfy({ $0.utf8.allSatisfy(Self.digits.contains) })
        else { return nil }
        rest = rest[(close + 1)...]
        let numbers = parts.map { Int($0) ?? Self.largestCount + 1 }
        let least = parts[0].isEmpty ? 0 : numbers[0]
        let most = parts.count == 1 ? least : (parts[1].isEmpty ? nil : numbers[1])
        guard max(least, most ?? 0) <= Self.largestCount else {
            throw RegularExpressionError("a repetition of more than \(Self.largestCount)")
        }
        guard most.map({ $0 >= least }) ?? true else {
            throw RegularExpressionError("a repetition whose least count is above its most")
        }
        return (least, most)
    }

    private mutating func atom(depth: Int) throws(RegularExpressionError) -> Node {
        guard try count() == nil else { throw RegularExpressionError("nothing to repeat") }
        guard let byte = rest.popFirst() else { return .sequence([]) }
        switch byte {
        case UInt8(ascii: "."): return .character(Self.all.subtracting([Self.newline]))
        case UInt8(ascii: "^"): return .assertion(.start)
        case UInt8(ascii: "$"): return .assertion(.end)
        case UInt8(ascii: "("): return try group(depth: depth)
        case UInt8(ascii: "["): return .character(try characterClass())
        case UInt8(ascii: "\\"): return try escape()
        default: return .character([byte])
        }
    }

    static let all = Set(UInt8.min...UInt8.max)

    private mutating func group(depth: Int) throws(RegularExpressionError) -> Node {
        if take("?P<") {
            guard let close = rest.firstIndex(of: UInt8(ascii: ">")) else {
                throw RegularExpressionError("a group's name without end")
            }
            rest = rest[(close + 1)...]
        } else if rest.starts(with: "?=".utf8) || rest.starts(with: "?!".utf8), !isAhead {
            return try lookahead(depth: depth)
        } else if rest.first == UInt8(ascii: "?"), !take("?:") {
            throw RegularExpressionError(Self.extensionName(rest.dropFirst()))
        }
        let inner = try choice(depth: depth + 1)
        guard take(")") else { throw RegularExpressionError("a group without end") }
        return inner
    }

    private mutating func lookahead(depth: Int) throws(RegularExpressionError) -> Node {
        let isNegative = take("?!")
        if !isNegative { _ = take("?=") }
        isAhead = true
        let inner = try choice(depth: depth + 1)
        isAhead = false
        guard take(")") else { throw RegularExpressionError("a group without end") }
        return .assertion(.ahead(try RegularExpression(inner), isNegative: isNegative))
    }

    /// What `(?` begins with these bytes after it.
    private static func extensionName(_ rest: ArraySlice<UInt8>) -> String {
        let names = [
            ("=", "a lookahead in another"), ("!", "a lookahead in another"),
            ("<=", "lookbehind (?<=...)"), ("<!", "negative lookbehind (?<!...)"),
            (">", "atomic group (?>...)"), ("P=", "backreference (?P=...)"),
            ("(", "conditional (?(...)...)"), ("#", "comment (?#...)"),
        ]
        let name = names.first { rest.starts(with: $0.0.utf8) }?.1
        return name ?? "inline flags (?\(String(decoding: rest.prefix(1), as: UTF8.self))...)"
    }

    private mutating func escape() throws(RegularExpressionError) -> Node {
        switch rest.first {
        case UInt8(ascii: "A"): return assertion(.start)
        case UInt8(ascii: "Z"): return assertion(.end)
        case UInt8(ascii: "b"): return assertion(.boundary)
        case UInt8(ascii: "B"): return assertion(.noBoundary)
        case let digit? where digit > UInt8(ascii: "0") && digit <= UInt8(ascii: "9"):
            throw RegularExpressionError("a backreference")
        default: return .character(try escapedCharacters())
        }
    }

    /// An assertion of one letter, which is not read yet.
    private mutating func assertion(_ assertion: RegularExpression.Assertion) -> Node {
        rest.removeFirst()
        return .assertion(assertion)
    }

    /// The characters that stand behind a backslash.
    private mutating func escapedCharacters() throws(RegularExpressionError) -> Set<UInt8> {
        guard let byte = rest.popFirst() else {
            throw RegularExpressionError("a backslash at the end")
        }
        switch byte {
        case UInt8(ascii: "d"): return Self.digits
        case UInt8(ascii: "D"): return Self.all.subtracting(Self.digits)
        case UInt8(ascii: "s"): return Self.spaces
        case UInt8(ascii: "S"): return Self.all.subtracting(Self.spaces)
        case UInt8(ascii: "w"): return Self.word
        case UInt8(ascii: "W"): return Self.all.subtracting(Self.word)
        case UInt8(ascii: "n"): return [Self.newline]
        case UInt8(ascii: "t"): return [UInt8(ascii: "\t")]
        case UInt8(ascii: "r"): return [UInt8(ascii: "\r")]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "v"): return [0x0B]
        case UInt8(ascii: "a"): return [0x07]
        case UInt8(ascii: "x"):
            guard rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            else { throw RegularExpressionError("\\x without two hexadecimal digits") }
            rest.removeFirst(2)
            return [value]
        default:
            guard !Self.word.contains(byte) || byte == UInt8(ascii: "_") else {
                let name = String(decoding: [byte], as: UTF8.self)
                throw RegularExpressionError("the escape \\\(name)")
            }
            return [byte]
        }
    }

    /// What follows a `[` up to its end.
    private mutating func characterClass() throws(RegularExpressionError) -> Set<UInt8> {
        let isNegated = take("^")
        var bytes: Set<UInt8> = []
        var isFirst = true
        while let byte = rest.first {
            if byte == UInt8(ascii: "]"), !isFirst {
                rest.removeFirst()
                return isNegated ? Self.all.subtracting(bytes) : bytes
            }
            isFirst = false
            let low = try classMember()
            if rest.first == UInt8(ascii: "-"), let after = rest.dropFirst().first,
                after != UInt8(ascii: "]")
            {
                rest.removeFirst()
                let high = try classMember()
                guard low.count == 1, high.count == 1, let first = low.first, let last = high.first,
                    first <= last
                else { throw RegularExpressionError("a class with a bad range") }
                bytes.formUnion(first...last)
            } else {
                bytes.formUnion(low)
            }
        }
        throw RegularExpressionError("a class without end")
    }

    private mutating func classMember() throws(RegularExpressionError) -> Set<UInt8> {
        guard let byte = rest.popFirst() else {
            throw RegularExpressionError("a class without end")
        }
        guard byte == UInt8(ascii: "\\") else { return [byte] }
        if take("b") { return [0x08] }
        return try escapedCharacters()
    }
}
