extension Parser {
    /// A statement from its name to the end of its closing tag, whose `%}` is current then.
    mutating func statement() throws(TemplateError) -> Statement {
        let line = line
        let tag = try expectName()
        let kind: Statement.Kind
        switch tag {
        case "set": kind = try set()
        case "if": kind = try condition()
        case "for": kind = .loop(try loop())
        case "macro": kind = .macro(try macro())
        case "call": kind = try callBlock()
        case "filter":
            let filter = try filters(of: nil, startsInline: true)
            kind = .filterBlock(filter, try body(until: "endfilter"))
        case "with": kind = try with()
        case "generation": kind = .generation(try body(until: "endgeneration"))
        case "print": kind = .output(try printed())
        case "break", "continue":
            guard loopDepth > 0 else { throw failure("outside of a loop", tag) }
            kind = tag == "break" ? .breakLoop : .continueLoop
        case "block", "extends", "include", "import", "from", "autoescape", "do", "trans":
            throw failure("the tag is not supported in chat templates", tag, code: .unsupported)
        default: throw failure("there is no such tag", tag)
        }
        return Statement(kind: kind, line: line)
    }

    private mutating func set() throws(TemplateError) -> Statement.Kind {
        let target = try target(allowsMembers: true)
        if skip(.assign) { return .set(target, try tupleOrExpression()) }
        let filter = isAt(.pipe) ? try filters(of: nil) : nil
        return .setBlock(target, filter: filter, try body(until: "endset"))
    }

    private mutating func condition() throws(TemplateError) -> Statement.Kind {
        var branches: [(test: Expression, body: [Statement])] = []
        while true {
            let test = try tupleOrExpression(allowsConditional: false)
            let (statements, end) = try body(until: ["elif", "else", "endif"])
            branches.append((test, statements))
            if end == "elif" { continue }
            let otherwise = end == "else" ? try body(until: "endif") : []
            return .condition(branches, otherwise: otherwise)
        }
    }

    private mutating func loop() throws(TemplateError) -> Statement.Loop {
        let target = try target(endsAtIn: true)
        if case .name(let name) = target, name.id == NameTable.loop {
            throw failure("it cannot be the name of a loop's item", "loop")
        }
        guard skip("in") else { throw unexpected("'in' was expected") }
        let items = try tupleOrExpression(allowsConditional: false, endsAt: "recursive")
        let filter = skip("if") ? try expression() : nil
        let isRecursive = skip("recursive")
        loopDepth += 1
        let (statements, end) = try body(until: ["endfor", "else"])
        loopDepth -= 1
        let otherwise = end == "else" ? try body(until: "endfor") : []
        return Statement.Loop(
            target: target, items: items, filter: filter, isRecursive: isRecursive,
            body: statements, otherwise: otherwise)
    }

    private mutating func with() throws(TemplateError) -> Statement.Kind {
        var values: [(target: Target, value: Expression)] = []
        while current != .blockEnd {
            if !values.isEmpty { try expect(.symbol(.comma)) }
            let target = try target()
            try expect(.symbol(.assign))
            values.append((target, try expression()))
        }
        return .with(values, try body(until: "endwith"))
    }

    private mutating func printed() throws(TemplateError) -> [Expression] {
        var values: [Expression] = []
        while current != .blockEnd {
            if !values.isEmpty { try expect(.symbol(.comma)) }
            values.append(try expression())
        }
        return values
    }

    // MARK: Macros

    private mutating func macro() throws(TemplateError) -> MacroDefinition {
        let text = try expectName()
        readNames.append([])
        let parameters = try signature()
        return try definition(
            Name(text: text, id: names.id(of: text)), parameters, end: "endmacro")
    }

    private mutating func callBlock() throws(TemplateError) -> Statement.Kind {
        // The parameters come before the call, the body behind it.
        readNames.append([])
        let parameters = isAt(.openParenthesis) ? try signature() : []
        let reads = readNames.removeLast()
        let call = try expression()
        guard case .call = call.kind else { throw failure("a call was expected", "call") }
        readNames.append(reads)
        let caller = Name(text: "caller", id: NameTable.caller)
        return .callBlock(call, try definition(caller, parameters, end: "endcall"))
    }

    /// The body of a macro whose parameters were read.
    private mutating func definition(
        _ name: Name, _ parameters: [MacroDefinition.Parameter], end: String
    ) throws(TemplateError) -> MacroDefinition {
        let loops = loopDepth
        loopDepth = 0
        let statements = try body(until: end)
        loopDepth = loops
        let reads = readNames.removeLast()
        // A call block's body within this one may hand on what this one was called with.
        if let outer = readNames.indices.last { readNames[outer].formUnion(reads) }
        return MacroDefinition(name: name, parameters: parameters, body: statements, reads: reads)
    }

    private mutating func signature() throws(TemplateError) -> [MacroDefinition.Parameter] {
        var parameters: [MacroDefinition.Parameter] = []
        try expect(.symbol(.openParenthesis))
        while !isAt(.closeParenthesis) {
            if !parameters.isEmpty { try expect(.symbol(.comma)) }
            let text = try expectName()
            let fallback = skip(.assign) ? try expression() : nil
            guard fallback != nil || parameters.last?.fallback == nil else {
                throw failure("a parameter without default follows one with a default", text)
            }
            parameters.append(
                MacroDefinition.Parameter(
                    name: Name(text: text, id: names.id(of: text)), fallback: fallback))
        }
        try expect(.symbol(.closeParenthesis))
        return parameters
    }

    // MARK: Targets

    /// What is assigned to: names, members of namespaces where allowed, and tuples of them.
    private mutating func target(
        allowsMembers: Bool = false, endsAtIn: Bool = false
    ) throws(TemplateError) -> Target {
        var targets: [Target] = []
        var isTuple = false
        while true {
            if isTuple,
                isAt(.closeParenthesis) || isAt(.assign) || current == .blockEnd
                    || endsAtIn && isAt("in")
            {
                break
            }
            targets.append(try singleTarget(allowsMembers))
            guard skip(.comma) else { break }
            isTuple = true
        }
        return isTuple || targets.count != 1 ? .tuple(targets) : targets[0]
    }

    private mutating func singleTarget(_ allowsMembers: Bool) throws(TemplateError) -> Target {
        if skip(.openParenthesis) {
            let target = try nested { parser throws(TemplateError) in
                try parser.target(allowsMembers: allowsMembers)
            }
            try expect(.symbol(.closeParenthesis))
            return target
        }
        let text = try expectName()
        guard !["true", "false", "none", "True", "False", "None"].contains(text) else {
            throw failure("it cannot be assigned to", text)
        }
        let name = Name(text: text, id: names.id(of: text))
        guard allowsMembers, skip(.dot) else { return .name(name) }
        return .member(of: name, try expectName())
    }
}
