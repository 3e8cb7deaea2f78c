/// Cuts a template into tokens, as jinja2's lexer does with `trim_blocks` and `lstrip_blocks` on.
///
/// White space around tags is settled here: a block or a comment takes the line end behind it, and the
/// blanks before it where it is the first of its line; `-` at an edge takes all white space, `+` none.
struct Lexer {
    let source: [UInt8]
    var position = 0
    var line = 1
    private(set) var tokens: [Token] = []
    /// Whether what was read last ended with a line end.
    private var isLineStart = true

    static func tokens(of source: String) throws(TemplateError) -> [Token] {
        guard source.utf8.count <= TemplateLimits.sourceByteCount else {
            throw TemplateError(
                code: .limitExceeded,
                message:
                    "a template of \(source.utf8.count) bytes; at most \(TemplateLimits.sourceByteCount) are allowed",
                line: 1, construct: "")
        }
        var lexer = Lexer(source: Self.withUnixLineEnds(Array(source.utf8)))
        while lexer.position < lexer.source.count { try lexer.readTextAndTag() }
        lexer.add(.end)
        return lexer.tokens
    }

    private init(source: [UInt8]) {
        self.source = source
    }

    /// Every kind of line end as `\n`; one at the end of the source is dropped.
    private static func withUnixLineEnds(_ source: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(source.count)
        for (index, byte) in source.enumerated() {
            if byte == 0x0D {
                result.append(0x0A)
            } else if byte != 0x0A || index == 0 || source[index - 1] != 0x0D {
                result.append(byte)
            }
        }
        if result.last == 0x0A { result.removeLast() }
        return result
    }

    /// An error at a line, the current one unless told otherwise.
    func failure(_ message: String, _ construct: String, line: Int? = nil) -> TemplateError {
        TemplateError(
            code: .syntax, message: message, line: line ?? self.line, construct: construct)
    }

    /// Adds a token, of the current line unless told otherwise.
    mutating func add(_ kind: Token.Kind, line: Int? = nil) {
        tokens.append(Token(kind: kind, line: line ?? self.line))
    }

    /// The byte at a distance from the position; 0 behind the end.
    func peek(_ distance: Int = 0) -> UInt8 {
        position + distance < source.count ? source[position + distance] : 0
    }

    func isAt(_ text: StaticString, distance: Int = 0) -> Bool {
        let start = position + distance
        guard start + text.utf8CodeUnitCount <= source.count else { return false }
        return source[start...].starts(with: text.description.utf8)
    }

    mutating func advance(by count: Int = 1) {
        for byte in source[position..<(position + count)] where byte == 0x0A { line += 1 }
        position += count
    }

    mutating func skipSpace() {
        while position < source.count {
            let space = spaceLength(at: position)
            guard space > 0 else { return }
            advance(by: space)
        }
    }

    /// The bytes of the white space character at a place; 0 where there is none.
    private func spaceLength(at index: Int) -> Int {
        let byte = source[index]
        if byte < 0x80 { return Unicode.Scalar(byte).isPythonSpace ? 1 : 0 }
        let width = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
        let text = String(decoding: source[index..<min(index + width, source.count)], as: UTF8.self)
        return text.unicodeScalars.first?.isPythonSpace == true ? width : 0
    }

    // MARK: Text

    private mutating func readTextAndTag() throws(TemplateError) {
        let start = position
        let startLine = line
        while position < source.count, !isAtTag { advance() }
        let wasLineStart = isLineStart
        var text = Text()
        text.append(source[start..<position], .template)
        defer { isLineStart = position > 0 && source[position - 1] == 0x0A }
        guard position < source.count else {
            addData(text.bytes, startLine)
            return
        }
        let edge = peek(2)
        if edge == UInt8(ascii: "-") {
            text = text.trimmed(left: false, of: \.isPythonSpace)
        } else if edge != UInt8(ascii: "+"), peek(1) != UInt8(ascii: "{") {
            stripIndentation(&text, isLineStart: wasLineStart)
        }
        addData(text.bytes, startLine)
        let hasEdge = edge == UInt8(ascii: "-") || edge == UInt8(ascii: "+")
        switch peek(1) {
        case UInt8(ascii: "#"): try readComment(hasEdge: hasEdge)
        case UInt8(ascii: "%"):
            if try readRaw(hasEdge: hasEdge) { return }
            advance(by: hasEdge ? 3 : 2)
            add(.blockBegin)
            try readTokens(until: .blockEnd)
        default:
            advance(by: hasEdge ? 3 : 2)
            add(.variableBegin)
            try readTokens(until: .variableEnd)
        }
    }

    private mutating func addData(_ bytes: [UInt8], _ line: Int) {
        if !bytes.isEmpty { add(.data(bytes), line: line) }
    }

    private var isAtTag: Bool {
        guard source[position] == UInt8(ascii: "{") else { return false }
        return [UInt8(ascii: "{"), UInt8(ascii: "%"), UInt8(ascii: "#")].contains(peek(1))
    }

    /// Removes blanks between a line's start and a tag.
    private func stripIndentation(_ text: inout Text, isLineStart: Bool) {
        let end = text.bytes.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        guard end > 0 || isLineStart else { return }
        let blanks = text[end..<text.bytes.count]
        if blanks.trimmed(of: \.isPythonSpace).isEmpty { text = text[0..<end] }
    }

    // MARK: Comments and raw blocks

    private mutating func readComment(hasEdge: Bool) throws(TemplateError) {
        let startLine = line
        advance(by: hasEdge ? 3 : 2)
        while position < source.count {
            if isAt("#}") {
                readEnd(length: 2, edge: source[position - 1], canTrimLine: true)
                return
            }
            advance()
        }
        throw failure("the comment has no end", "{#", line: startLine)
    }

    /// Behind `#}`, `%}` or `}}` of a length: drops the white space that its edge takes.
    private mutating func readEnd(length: Int, edge: UInt8, canTrimLine: Bool) {
        advance(by: length)
        if edge == UInt8(ascii: "-") {
            skipSpace()
        } else if canTrimLine, edge != UInt8(ascii: "+"), peek() == 0x0A {
            advance()
        }
    }

    /// Reads a raw block as data; false when there is none.
    private mutating func readRaw(hasEdge: Bool) throws(TemplateError) -> Bool {
        var lexer = self
        lexer.advance(by: hasEdge ? 3 : 2)
        guard lexer.readRawTag("raw") else { return false }
        let startLine = line
        self = lexer
        isLineStart = source[position - 1] == 0x0A
        let start = position
        while position < source.count {
            if isAt("{%") {
                var end = self
                let edge = peek(2)
                let hasEdge = edge == UInt8(ascii: "-") || edge == UInt8(ascii: "+")
                end.advance(by: hasEdge ? 3 : 2)
                if end.readRawTag("endraw") {
                    var text = Text()
                    text.append(source[start..<position], .template)
                    if edge == UInt8(ascii: "-") {
                        text = text.trimmed(left: false, of: \.isPythonSpace)
                    } else if edge != UInt8(ascii: "+") {
                        stripIndentation(&text, isLineStart: isLineStart)
                    }
                    addData(text.bytes, line)
                    end.tokens = tokens
                    self = end
                    return true
                }
            }
            advance()
        }
        throw failure("the block has no {% endraw %}", "{% raw %}", line: startLine)
    }

    /// Reads the name and the end of a tag whose beginning was read; the line end behind `{% raw %}` stays.
    private mutating func readRawTag(_ name: StaticString) -> Bool {
        skipSpace()
        guard isAt(name) else { return false }
        advance(by: name.utf8CodeUnitCount)
        skipSpace()
        let isEnd = name.description == "endraw"
        if isAt("%}") {
            readEnd(length: 2, edge: 0, canTrimLine: isEnd)
        } else if isAt("-%}") {
            readEnd(length: 3, edge: UInt8(ascii: "-"), canTrimLine: isEnd)
        } else if isEnd, isAt("+%}") {
            readEnd(length: 3, edge: UInt8(ascii: "+"), canTrimLine: true)
        } else {
            return false
        }
        return true
    }

    // MARK: Tags

    private mutating func readTokens(until end: Token.Kind) throws(TemplateError) {
        let isBlock = end == .blockEnd
        var open: [Token.Symbol] = []
        while true {
            skipSpace()
            if open.isEmpty, readTagEnd(isBlock: isBlock) { return }
            guard position < source.count else {
                throw failure("the tag has no end", isBlock ? "{%" : "{{")
            }
            try readToken()
            guard case .symbol(let symbol) = tokens.last?.kind else { continue }
            switch symbol {
            case .openParenthesis: open.append(.closeParenthesis)
            case .openBracket: open.append(.closeBracket)
            case .openBrace: open.append(.closeBrace)
            case .closeParenthesis, .closeBracket, .closeBrace:
                guard open.popLast() == symbol else {
                    throw failure("a bracket is closed that is not open", symbol.rawValue)
                }
            default: break
            }
        }
    }

    private mutating func readTagEnd(isBlock: Bool) -> Bool {
        let edge = peek()
        let hasEdge = edge == UInt8(ascii: "-") || isBlock && edge == UInt8(ascii: "+")
        guard
            isBlock ? isAt("%}", distance: hasEdge ? 1 : 0) : isAt("}}", distance: hasEdge ? 1 : 0)
        else { return false }
        add(isBlock ? .blockEnd : .variableEnd)
        readEnd(length: hasEdge ? 3 : 2, edge: hasEdge ? edge : 0, canTrimLine: isBlock)
        return true
    }
}
