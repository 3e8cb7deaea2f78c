extension Renderer {
    /// The tests of jinja2.
    mutating func test(_ value: Value, _ name: String, _ call: Call) throws(Fault) -> Bool {
        if let holds = try compared(value, name, call) { return holds }
        if name == "divisibleby" {
            let divisor = try (call.bind(["num"], required: 1, of: name)[0] ?? .none)
            return try combined(value, .modulo, divisor).number == 0
        }
        let holds = try kindTest(value, name)
        _ = try call.bind([], of: "test '\(name)'")
        return holds
    }

    /// Tests that compare with a second value.
    private mutating func compared(
        _ value: Value, _ name: String, _ call: Call
    ) throws(Fault) -> Bool? {
        func other() throws(Fault) -> Value {
            try call.bind(["other"], required: 1, of: "test '\(name)'")[0] ?? .none
        }
        switch name {
        case "==", "eq", "equalto": return try value.equals(try other(), &budget)
        case "!=", "ne": return try !value.equals(try other(), &budget)
        case "<", "lt", "lessthan": return try value.precedes(try other(), &budget)
        case ">", "gt", "greaterthan": return try other().precedes(value, &budget)
        case "<=", "le": return try isInOrder(value, try other())
        case ">=", "ge": return try isInOrder(try other(), value)
        case "in": return try other().contains(value, &budget)
        case "sameas":
            // Only of single objects can Python's identity be told.
            switch (value, try other()) {
            case (.none, .none): return true
            case (.bool(let left), .bool(let right)): return left == right
            case (.namespace(let left), .namespace(let right)): return left == right
            default: return false
            }
        default: return nil
        }
    }

    private mutating func kindTest(_ value: Value, _ name: String) throws(Fault) -> Bool {
        switch name {
        case "defined": return !value.isUndefined
        case "undefined": return value.isUndefined
        case "none": return value.isNone
        case "true": if case .bool(true) = value { return true }
        case "false": if case .bool(false) = value { return true }
        case "boolean": if case .bool = value { return true }
        case "integer": if case .int = value { return true }
        case "float": if case .float = value { return true }
        case "number": return value.number != nil
        case "string": if case .text = value { return true }
        case "mapping": if case .mapping = value { return true }
        case "escaped": if case .text(let text) = value { return text.isMarkup }
        case "odd", "even":
            let rest = try combined(value, .modulo, .int(2))
            return rest.number == (name == "odd" ? 1 : 0)
        case "lower": return try text(of: value).isLowercase
        case "upper": return try text(of: value).isUppercase
        case "sequence":
            switch value {
            case .undefined, .text, .list, .tuple, .mapping, .range: return true
            default: return false
            }
        case "iterable":
            switch value {
            case .undefined, .text, .list, .tuple, .mapping, .range, .view, .generator, .loop:
                return true
            default: return false
            }
        case "callable":
            switch value {
            case .undefined, .macro, .global, .method, .loop: return true
            default: return false
            }
        case "filter": return Filters.names.contains(try text(of: value).string)
        case "test": return Self.testNames.contains(try text(of: value).string)
        default: throw Fault(.unsupported, "there is no such test")
        }
        return false
    }

    private static let testNames: Set<String> = [
        "!=", "<", "<=", "==", ">", ">=", "boolean", "callable", "defined", "divisibleby", "eq",
        "equalto", "escaped", "even", "false", "filter", "float", "ge", "greaterthan", "gt", "in",
        "integer", "iterable", "le", "lessthan", "lower", "lt", "mapping", "ne", "none", "number",
        "odd", "sameas", "sequence", "string", "test", "true", "undefined", "upper",
    ]
}
