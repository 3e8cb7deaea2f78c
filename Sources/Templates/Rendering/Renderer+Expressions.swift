extension Renderer {
    mutating func value(of expression: Expression) throws(Fault) -> Value {
        try budget.step()
        try deepen()
        defer { surface() }
        switch expression.kind {
        case .constant(let value): return value
        case .name(let name): return scopes[name.id] ?? .undefined(.name(name.text))
        case .list(let items): return try list(try values(of: items))
        case .tuple(let items): return .tuple(try Items(try values(of: items)))
        case .mapping(let members):
            var mapping = Mapping()
            for member in members {
                let key = try value(of: member.key)
                try budget.charge(key)
                try mapping.set(key, to: try value(of: member.value))
            }
            try budget.allocate(mapping.count * 96)
            return .mapping(mapping)
        case .attribute(let operand, let member):
            let receiver = try value(of: operand)
            place = (expression.line, ".\(member.name)")
            return try self.member(member, of: receiver)
        case .item(let operand, let key):
            let receiver = try value(of: operand)
            let key = try value(of: key)
            place = (expression.line, "[]")
            return try item(key, of: receiver)
        case .slice(let operand, let bounds):
            return try slice(operand, bounds, expression.line)
        case .call(let callee, let arguments):
            return try call(callee, arguments, caller: nil, expression.line)
        case .filter(let operand, let name, let arguments):
            let operand = try operand.map { operand throws(Fault) in try value(of: operand) }
            return try filter(
                operand ?? .text(Text()), name, try call(of: arguments), expression.line)
        case .test(let operand, let name, let arguments):
            let operand = try value(of: operand)
            let call = try call(of: arguments)
            place = (expression.line, "test '\(name)'")
            return .bool(try test(operand, name, call))
        case .unary(let symbol, let operand):
            let operand = try value(of: operand)
            place = (expression.line, symbol.rawValue)
            return try negated(operand, isNegative: symbol == .minus)
        case .binary(let symbol, let left, let right):
            let left = try value(of: left)
            let right = try value(of: right)
            place = (expression.line, symbol.rawValue)
            return try combined(left, symbol, right)
        case .concatenation(let parts):
            var text = Text()
            for part in parts {
                let part = try value(of: part).text(&budget)
                try budget.allocate(part.bytes.count)
                text.append(part)
            }
            return .text(text)
        case .comparison(let left, let rest):
            return .bool(try compare(left, rest, expression.line))
        case .and(let left, let right):
            let left = try value(of: left)
            return left.isTrue ? try value(of: right) : left
        case .or(let left, let right):
            let left = try value(of: left)
            return left.isTrue ? left : try value(of: right)
        case .not(let operand): return .bool(!(try value(of: operand).isTrue))
        case .conditional(let test, let then, let otherwise):
            if try value(of: test).isTrue { return try value(of: then) }
            guard let otherwise else {
                return .undefined(
                    .hint(
                        "the inline if-expression on line \(expression.line) is false and has no else"
                    ))
            }
            return try value(of: otherwise)
        }
    }

    private mutating func values(of expressions: [Expression]) throws(Fault) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(expressions.count)
        for expression in expressions { values.append(try value(of: expression)) }
        return values
    }

    /// The value of filters that begin with a block's text.
    mutating func value(of expression: Expression, block text: Text) throws(Fault) -> Value {
        guard case .filter(let operand, let name, let arguments) = expression.kind else {
            return .text(text)
        }
        let input = try operand.map { operand throws(Fault) in
            try value(of: operand, block: text)
        }
        return try filter(
            input ?? .text(text), name, try call(of: arguments), expression.line)
    }

    private mutating func filter(
        _ operand: Value, _ name: String, _ call: Call, _ line: Int
    ) throws(Fault) -> Value {
        place = (line, "filter '\(name)'")
        return try filtered(operand, name, call)
    }

    private mutating func compare(
        _ first: Expression, _ rest: [(relation: Expression.Relation, right: Expression)],
        _ line: Int
    ) throws(Fault) -> Bool {
        var left = try value(of: first)
        for (relation, expression) in rest {
            let right = try value(of: expression)
            place = (line, "comparison")
            let holds =
                switch relation {
                case .equal: try left.equals(right, &budget)
                case .notEqual: try !left.equals(right, &budget)
                case .less: try left.precedes(right, &budget)
                case .greater: try right.precedes(left, &budget)
                case .lessOrEqual: try isInOrder(left, right)
                case .greaterOrEqual: try isInOrder(right, left)
                case .isIn: try right.contains(left, &budget)
                case .isNotIn: try !right.contains(left, &budget)
                }
            guard holds else { return false }
            left = right
        }
        return true
    }

    mutating func isInOrder(_ left: Value, _ right: Value) throws(Fault) -> Bool {
        if try left.precedes(right, &budget) { return true }
        return try left.equals(right, &budget)
    }

    // MARK: Calls

    mutating func value(of call: Expression, caller: MacroDefinition) throws(Fault) -> Value {
        guard case .call(let callee, let arguments) = call.kind else { return .none }
        scopes.pin()
        let macro = Value.Macro(definition: caller, scope: scopes.current)
        return try self.call(callee, arguments, caller: .macro(macro), call.line)
    }

    private mutating func call(
        _ callee: Expression, _ arguments: Expression.Arguments, caller: Value?, _ line: Int
    ) throws(Fault) -> Value {
        if case .attribute(let operand, let member) = callee.kind {
            let receiver = try value(of: operand)
            let isMethod = Methods.has(member.name, of: receiver)
            place = (line, ".\(member.name)")
            let function = isMethod ? nil : try self.member(member, of: receiver)
            var call = try call(of: arguments)
            if let caller { call.named.append(("caller", caller)) }
            place = (line, ".\(member.name)()")
            guard let function else { return try callMethod(member.name, of: receiver, call) }
            return try self.call(function, call)
        }
        let function = try value(of: callee)
        var call = try call(of: arguments)
        if let caller { call.named.append(("caller", caller)) }
        if case .name(let name) = callee.kind { place = (line, "\(name.text)()") }
        return try self.call(function, call)
    }

    private mutating func call(of arguments: Expression.Arguments) throws(Fault) -> Call {
        var call = Call(positional: try values(of: arguments.positional))
        for argument in arguments.named {
            call.named.append((argument.name, try value(of: argument.value)))
        }
        if let list = arguments.unpackedList {
            call.positional += try members(of: try value(of: list))
        }
        if let unpacked = arguments.unpackedMapping {
            guard case .mapping(let mapping) = try value(of: unpacked) else {
                throw Fault(.runtime, "the argument behind ** must be a mapping")
            }
            for (key, value) in zip(mapping.keys, mapping.values) {
                call.named.append((try key.requireText("**").string, value))
            }
        }
        guard call.named.count <= TemplateLimits.namedArgumentCount else {
            throw Fault(.limitExceeded, "a call with \(call.named.count) named arguments")
        }
        return call
    }
}
