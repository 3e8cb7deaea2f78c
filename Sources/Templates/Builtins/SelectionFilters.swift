extension Renderer {
    /// Filters that apply a filter or a test to each item; nil for other filters.
    mutating func selectionFilter(
        _ value: Value, _ name: String, _ call: Call
    ) throws(Fault) -> Value? {
        switch name {
        case "map": return try generator(try mapped(value, call))
        case "select", "reject", "selectattr", "rejectattr":
            guard value.isTrue else { return try generator([]) }
            return try generator(try selected(value, name, call))
        default: return nil
        }
    }

    private mutating func mapped(_ value: Value, _ call: Call) throws(Fault) -> [Value] {
        var results: [Value] = []
        if call.positional.isEmpty, call.named.contains(where: { $0.name == "attribute" }) {
            let arguments = try call.bind(["attribute", "default"], of: "map")
            for item in try members(of: value) {
                results.append(
                    try attribute(arguments[0] ?? .none, of: item, default: arguments[1]))
            }
            return results
        }
        guard let filter = call.positional.first else {
            throw Fault(.runtime, "map requires a filter argument")
        }
        let name = try filter.requireText("filter").string
        let rest = Call(positional: Array(call.positional.dropFirst()), named: call.named)
        try deepen()
        defer { surface() }
        for item in try members(of: value) {
            try budget.step()
            results.append(try filtered(item, name, rest))
        }
        return results
    }

    private mutating func selected(
        _ value: Value, _ name: String, _ call: Call
    ) throws(Fault) -> [Value] {
        var arguments = call.positional[...]
        var path: Value?
        if name.hasSuffix("attr") {
            path = arguments.popFirst()
            guard path != nil else { throw Fault(.runtime, "missing parameter for attribute name") }
        }
        let test = try arguments.popFirst()?.requireText("test").string
        let rest = Call(positional: Array(arguments), named: call.named)
        let isWanted = name.hasPrefix("select")
        var results: [Value] = []
        for item in try members(of: value) {
            try budget.step()
            let subject =
                try path.map { path throws(Fault) in try attribute(path, of: item) } ?? item
            let holds = try test.map { test throws(Fault) in try self.test(subject, test, rest) }
            if (holds ?? subject.isTrue) == isWanted { results.append(item) }
        }
        return results
    }

    /// What a path such as `function.name` or `0` leads to; the value itself without a path.
    mutating func attribute(
        _ path: Value, of value: Value, default fallback: Value? = nil
    ) throws(Fault) -> Value {
        if path.isNone { return value }
        guard case .text(let text) = path else { return try item(path, of: value) }
        var value = value
        for part in text.split(Text("."), limit: .max) {
            try budget.step()
            let index = part.all(\.isPythonDigit) ? Int(part.string) : nil
            value = try item(index.map { .int($0) } ?? .text(part), of: value)
            if value.isUndefined, let fallback, !fallback.isNone { value = fallback }
        }
        return value
    }
}
