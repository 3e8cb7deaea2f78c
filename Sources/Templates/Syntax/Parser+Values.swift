extension Parser {
    mutating func primary() throws(TemplateError) -> Expression {
        let line = line
        let kind: Expression.Kind
        switch current {
        case .name(let text):
            advance()
            switch text {
            case "true", "True": kind = .constant(.bool(true))
            case "false", "False": kind = .constant(.bool(false))
            case "none", "None": kind = .constant(.none)
            default: kind = .name(name(text))
            }
        case .string:
            var text = Text()
            while case .string(let bytes) = current {
                text.append(bytes, .template)
                advance()
            }
            kind = .constant(.text(text))
        case .integer(let value):
            advance()
            kind = .constant(.int(value))
        case .float(let value):
            advance()
            kind = .constant(.float(value))
        case .symbol(.openParenthesis):
            advance()
            let value = try tupleOrExpression(isParenthesized: true)
            try expect(.symbol(.closeParenthesis))
            return value
        case .symbol(.openBracket):
            advance()
            let items = try items(until: .closeBracket)
            return try node(.list(items), line, over: items)
        case .symbol(.openBrace):
            advance()
            return try mapping(line)
        default: throw unexpected("a value was expected")
        }
        return Expression(kind: kind, line: line, depth: 1)
    }

    private mutating func items(until end: Token.Symbol) throws(TemplateError) -> [Expression] {
        var items: [Expression] = []
        while !skip(end) {
            if !items.isEmpty {
                try expect(.symbol(.comma))
                if skip(end) { break }
            }
            items.append(try expression())
        }
        return items
    }

    private mutating func mapping(_ line: Int) throws(TemplateError) -> Expression {
        var members: [(key: Expression, value: Expression)] = []
        while !skip(.closeBrace) {
            if !members.isEmpty {
                try expect(.symbol(.comma))
                if skip(.closeBrace) { break }
            }
            let key = try expression()
            try expect(.symbol(.colon))
            members.append((key, try expression()))
        }
        return try node(
            .mapping(members), line, over: members.map(\.key) + members.map(\.value))
    }

    /// An expression, or a tuple without brackets around it.
    mutating func tupleOrExpression(
        allowsConditional: Bool = true, endsAt end: String? = nil, isParenthesized: Bool = false
    ) throws(TemplateError) -> Expression {
        let line = line
        var items: [Expression] = []
        var isTuple = false
        while true {
            if isAt(.closeParenthesis) || current == .variableEnd || current == .blockEnd { break }
            if let end, isAt(end) { break }
            items.append(
                allowsConditional
                    ? try expression()
                    : try nested { parser throws(TemplateError) in try parser.disjunction() })
            guard skip(.comma) else { break }
            isTuple = true
        }
        if !isTuple, let value = items.first { return value }
        guard isTuple || isParenthesized else { throw unexpected("a value was expected") }
        return try node(.tuple(items), line, over: items)
    }

    mutating func arguments() throws(TemplateError) -> Expression.Arguments {
        var arguments = Expression.Arguments()
        try expect(.symbol(.openParenthesis))
        var isFirst = true
        while !skip(.closeParenthesis) {
            if !isFirst {
                try expect(.symbol(.comma))
                if skip(.closeParenthesis) { break }
            }
            isFirst = false
            let hasUnpacked = arguments.unpackedList != nil || arguments.unpackedMapping != nil
            if isAt(.times), !hasUnpacked {
                advance()
                arguments.unpackedList = try expression()
            } else if isAt(.power), arguments.unpackedMapping == nil {
                advance()
                arguments.unpackedMapping = try expression()
            } else if case .name(let name) = current, following == .symbol(.assign),
                arguments.unpackedMapping == nil
            {
                advance()
                advance()
                arguments.named.append((name, try expression()))
            } else if arguments.named.isEmpty, !hasUnpacked {
                arguments.positional.append(try expression())
            } else {
                throw unexpected("a named argument was expected")
            }
        }
        return arguments
    }
}
