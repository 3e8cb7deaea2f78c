extension Parser {
    // MARK: Nodes

    /// A node above others.
    func node(
        _ kind: Expression.Kind, _ line: Int, over children: Expression?...
    ) throws(TemplateError) -> Expression {
        try node(kind, line, over: children)
    }

    func node(
        _ kind: Expression.Kind, _ line: Int, over children: [Expression?]
    ) throws(TemplateError) -> Expression {
        var depth = 0
        for child in children { depth = max(depth, child?.depth ?? 0) }
        guard depth < TemplateLimits.expressionDepth else {
            throw TemplateError(
                code: .limitExceeded,
                message:
                    "an expression of more than \(TemplateLimits.expressionDepth) operations within each other",
                line: line, construct: "")
        }
        return Expression(kind: kind, line: line, depth: depth + 1)
    }

    private func node(
        _ line: Int, _ operand: Expression?, _ arguments: Expression.Arguments,
        _ kind: Expression.Kind
    ) throws(TemplateError) -> Expression {
        let children = arguments.positional + arguments.named.map(\.value)
        return try node(
            kind, line,
            over: children + [operand, arguments.unpackedList, arguments.unpackedMapping])
    }

    // MARK: Operators, from the loosest to the tightest

    mutating func expression() throws(TemplateError) -> Expression {
        try nested { parser throws(TemplateError) in try parser.conditional() }
    }

    private mutating func conditional() throws(TemplateError) -> Expression {
        var value = try disjunction()
        while isAt("if") {
            let line = line
            advance()
            let test = try disjunction()
            let otherwise = skip("else") ? try expression() : nil
            value = try node(
                .conditional(test, then: value, otherwise: otherwise), line,
                over: value, test, otherwise)
        }
        return value
    }

    mutating func disjunction() throws(TemplateError) -> Expression {
        var left = try conjunction()
        while isAt("or") {
            let line = line
            advance()
            let right = try conjunction()
            left = try node(.or(left, right), line, over: left, right)
        }
        return left
    }

    private mutating func conjunction() throws(TemplateError) -> Expression {
        var left = try negation()
        while isAt("and") {
            let line = line
            advance()
            let right = try negation()
            left = try node(.and(left, right), line, over: left, right)
        }
        return left
    }

    private mutating func negation() throws(TemplateError) -> Expression {
        let line = line
        guard skip("not") else { return try comparison() }
        let operand = try nested { parser throws(TemplateError) in try parser.negation() }
        return try node(.not(operand), line, over: operand)
    }

    private mutating func comparison() throws(TemplateError) -> Expression {
        let line = line
        let left = try sum()
        var rest: [(relation: Expression.Relation, right: Expression)] = []
        while let relation = skipRelation() { rest.append((relation, try sum())) }
        guard !rest.isEmpty else { return left }
        return try node(.comparison(left, rest), line, over: [left] + rest.map(\.right))
    }

    private mutating func skipRelation() -> Expression.Relation? {
        if skip("in") { return .isIn }
        if isAt("not"), following == .name("in") {
            advance()
            advance()
            return .isNotIn
        }
        guard case .symbol(let symbol) = current else { return nil }
        let relation: Expression.Relation
        switch symbol {
        case .equal: relation = .equal
        case .notEqual: relation = .notEqual
        case .less: relation = .less
        case .lessOrEqual: relation = .lessOrEqual
        case .greater: relation = .greater
        case .greaterOrEqual: relation = .greaterOrEqual
        default: return nil
        }
        advance()
        return relation
    }

    /// Operators of one rank, from the left.
    private mutating func chain(
        _ symbols: [Token.Symbol],
        _ operand: (inout Parser) throws(TemplateError) -> Expression
    ) throws(TemplateError) -> Expression {
        var left = try operand(&self)
        while case .symbol(let symbol) = current, symbols.contains(symbol) {
            let line = line
            advance()
            let right = try operand(&self)
            left = try node(.binary(symbol, left, right), line, over: left, right)
        }
        return left
    }

    private mutating func sum() throws(TemplateError) -> Expression {
        try chain([.plus, .minus]) { parser throws(TemplateError) in try parser.concatenation() }
    }

    private mutating func concatenation() throws(TemplateError) -> Expression {
        let line = line
        var parts = [try product()]
        while skip(.tilde) { parts.append(try product()) }
        return parts.count == 1 ? parts[0] : try node(.concatenation(parts), line, over: parts)
    }

    private mutating func product() throws(TemplateError) -> Expression {
        try chain([.times, .divide, .floorDivide, .modulo]) { parser throws(TemplateError) in
            try parser.chain([.power]) { parser throws(TemplateError) in
                try parser.unary(takesFilters: true)
            }
        }
    }

    private mutating func unary(takesFilters: Bool) throws(TemplateError) -> Expression {
        let line = line
        var value: Expression
        if case .symbol(let symbol) = current, symbol == .minus || symbol == .plus {
            advance()
            let operand = try nested { parser throws(TemplateError) in
                try parser.unary(takesFilters: false)
            }
            value = try node(.unary(symbol, operand), line, over: operand)
        } else {
            value = try primary()
        }
        value = try postfix(of: value)
        return takesFilters ? try filtersAndTests(of: value) : value
    }

    // MARK: Behind a value

    private mutating func postfix(of operand: Expression) throws(TemplateError) -> Expression {
        var value = operand
        while true {
            let line = line
            if skip(.dot) {
                switch current {
                case .name(let name):
                    value = try node(.attribute(value, Member(name)), line, over: value)
                case .integer(let index):
                    let item = Expression(kind: .constant(.int(index)), line: line, depth: 1)
                    value = try node(.item(value, item), line, over: value)
                default: throw unexpected("a name or a number was expected")
                }
                advance()
            } else if skip(.openBracket) {
                value = try subscripted(value, line)
            } else if isAt(.openParenthesis) {
                value = try call(value)
            } else {
                return value
            }
        }
    }

    private mutating func call(_ callee: Expression) throws(TemplateError) -> Expression {
        let line = line
        let arguments = try arguments()
        return try node(line, callee, arguments, .call(callee, arguments))
    }

    private mutating func subscripted(
        _ value: Expression, _ line: Int
    ) throws(TemplateError) -> Expression {
        let start = isAt(.colon) ? nil : try expression()
        if let start, !isAt(.colon) {
            guard !isAt(.comma) else {
                throw failure("several subscripts are not supported", "[,]", code: .unsupported)
            }
            try expect(.symbol(.closeBracket))
            return try node(.item(value, start), line, over: value, start)
        }
        try expect(.symbol(.colon))
        var bounds = Expression.Bounds(start: start)
        if !isAt(.colon), !isAt(.closeBracket) { bounds.end = try expression() }
        if skip(.colon), !isAt(.closeBracket) { bounds.step = try expression() }
        try expect(.symbol(.closeBracket))
        return try node(
            .slice(value, bounds), line, over: value, bounds.start, bounds.end, bounds.step)
    }

    private mutating func filtersAndTests(
        of operand: Expression
    ) throws(TemplateError) -> Expression {
        var value = operand
        while true {
            if isAt(.pipe) {
                value = try filters(of: value)
            } else if isAt("is") {
                value = try test(of: value)
            } else if isAt(.openParenthesis) {
                value = try call(value)
            } else {
                return value
            }
        }
    }

    /// `|name(arguments)` and what follows of the kind.
    mutating func filters(
        of operand: Expression?, startsInline: Bool = false
    ) throws(TemplateError) -> Expression {
        var value = operand
        var isInline = startsInline
        while isInline || skip(.pipe) {
            isInline = false
            let line = line
            let name = try dottedName()
            let arguments = isAt(.openParenthesis) ? try arguments() : Expression.Arguments()
            value = try node(line, value, arguments, .filter(value, name, arguments))
        }
        guard let value else { throw unexpected("a filter was expected") }
        return value
    }

    private mutating func dottedName() throws(TemplateError) -> String {
        var name = try expectName()
        while skip(.dot) { name += "." + (try expectName()) }
        return name
    }

    private mutating func test(of value: Expression) throws(TemplateError) -> Expression {
        let line = line
        advance()
        let isNegated = skip("not")
        let name = try dottedName()
        var arguments = Expression.Arguments()
        if isAt(.openParenthesis) {
            arguments = try self.arguments()
        } else if startsTestArgument {
            guard !isAt("is") else { throw failure("tests cannot be chained", "is") }
            let operand = try primary()
            arguments.positional = [try postfix(of: operand)]
        }
        let test = try node(line, value, arguments, .test(value, name, arguments))
        return isNegated ? try node(.not(test), line, over: test) : test
    }

    private var startsTestArgument: Bool {
        switch current {
        case .name(let name): !["else", "or", "and"].contains(name)
        case .string, .integer, .float, .symbol(.openBracket), .symbol(.openBrace): true
        default: false
        }
    }
}
