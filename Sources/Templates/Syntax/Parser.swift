/// Reads a template's tokens into statements: the grammar of jinja2 with the extensions that transformers turns on.
struct Parser {
    private let tokens: [Token]
    private var index = 0
    var names = NameTable()
    /// Names that were read in the macros around, by depth.
    var readNames: [Set<Int>] = []
    /// Statements and brackets around.
    private var depth = 0
    /// Loops around, within the innermost macro.
    var loopDepth = 0

    init(_ source: String) throws(TemplateError) {
        tokens = try Lexer.tokens(of: source)
    }

    mutating func parse() throws(TemplateError) -> [Statement] {
        let statements = try statements(until: [])
        guard current == .end else { throw unexpected() }
        return statements
    }

    // MARK: Tokens

    var current: Token.Kind { tokens[index].kind }

    var line: Int { tokens[index].line }

    var following: Token.Kind { tokens[min(index + 1, tokens.count - 1)].kind }

    mutating func advance() { index = min(index + 1, tokens.count - 1) }

    func isAt(_ name: String) -> Bool { current == .name(name) }

    func isAt(_ symbol: Token.Symbol) -> Bool { current == .symbol(symbol) }

    mutating func skip(_ name: String) -> Bool {
        guard isAt(name) else { return false }
        advance()
        return true
    }

    mutating func skip(_ symbol: Token.Symbol) -> Bool {
        guard isAt(symbol) else { return false }
        advance()
        return true
    }

    mutating func expect(_ kind: Token.Kind) throws(TemplateError) {
        guard current == kind else { throw unexpected("'\(kind.text)' was expected") }
        advance()
    }

    mutating func expectName() throws(TemplateError) -> String {
        guard case .name(let name) = current else { throw unexpected("a name was expected") }
        advance()
        return name
    }

    func failure(
        _ message: String, _ construct: String, code: TemplateError.Code = .syntax
    ) -> TemplateError {
        TemplateError(code: code, message: message, line: line, construct: construct)
    }

    func unexpected(_ message: String = "it has no meaning here") -> TemplateError {
        failure(message, "'\(current.text)'")
    }

    /// Runs a part of the parser one level deeper.
    mutating func nested<Result>(
        _ body: (inout Parser) throws(TemplateError) -> Result
    ) throws(TemplateError) -> Result {
        depth += 1
        defer { depth -= 1 }
        guard depth <= TemplateLimits.syntaxDepth else {
            throw failure(
                "nested more than \(TemplateLimits.syntaxDepth) deep", "'\(current.text)'",
                code: .limitExceeded)
        }
        return try body(&self)
    }

    mutating func name(_ text: String) -> Name {
        let id = names.id(of: text)
        if !readNames.isEmpty { readNames[readNames.count - 1].insert(id) }
        return Name(text: text, id: id)
    }

    // MARK: Statements

    /// Statements up to one of some tags, whose name is then current, or to the end of the template.
    mutating func statements(until ends: [String]) throws(TemplateError) -> [Statement] {
        var statements: [Statement] = []
        var output: [Expression] = []
        var outputLine = line
        func flush() {
            guard !output.isEmpty else { return }
            statements.append(Statement(kind: .output(output), line: outputLine))
            output = []
        }
        while true {
            if output.isEmpty { outputLine = line }
            switch current {
            case .data(let bytes):
                var text = Text()
                text.append(bytes, .template)
                output.append(Expression(kind: .constant(.text(text)), line: line, depth: 1))
                advance()
            case .variableBegin:
                advance()
                output.append(try tupleOrExpression())
                try expect(.variableEnd)
            case .blockBegin:
                flush()
                advance()
                if case .name(let name) = current, ends.contains(name) { return statements }
                statements.append(
                    try nested { parser throws(TemplateError) in try parser.statement() })
                try expect(.blockEnd)
            case .end:
                flush()
                guard ends.isEmpty else {
                    throw unexpected("{% \(ends.joined(separator: " %} or {% ")) %} was expected")
                }
                return statements
            default: throw unexpected()
            }
        }
    }

    /// The statements of a tag's body, with the name of the tag that ends it; its end is read by the caller.
    mutating func body(until ends: [String]) throws(TemplateError) -> (
        body: [Statement], end: String
    ) {
        _ = skip(.colon)
        try expect(.blockEnd)
        let body = try statements(until: ends)
        return (body, try expectName())
    }

    mutating func body(until end: String) throws(TemplateError) -> [Statement] {
        try body(until: [end]).body
    }
}
