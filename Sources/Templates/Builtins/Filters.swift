/// The filters of jinja2 that chat templates have a use for.
enum Filters {
    static let names: Set<String> = [
        "abs", "attr", "batch", "capitalize", "center", "count", "d", "default", "dictsort", "e",
        "escape", "first", "float", "forceescape", "format", "groupby", "indent", "int", "items",
        "join", "last", "length", "list", "lower", "map", "max", "min", "reject", "rejectattr",
        "replace", "reverse", "round", "safe", "select", "selectattr", "slice", "sort", "string",
        "sum", "title", "tojson", "trim", "truncate", "unique", "upper", "wordcount",
    ]
}

extension Renderer {
    mutating func filtered(_ value: Value, _ name: String, _ call: Call) throws(Fault) -> Value {
        switch name {
        case "default", "d":
            let arguments = try call.bind(["default_value", "boolean"], of: name)
            let isReplaced = value.isUndefined || (arguments[1]?.isTrue ?? false) && !value.isTrue
            return isReplaced ? arguments[0] ?? .text("") : value
        case "length", "count":
            _ = try call.bind([], of: name)
            if case .loop(let id) = value { return try member("length", ofLoop: id) ?? .none }
            try budget.charge(value)
            guard let count = value.count else {
                throw Fault(.runtime, "object of type '\(value.typeName)' has no len()")
            }
            return .int(count)
        case "tojson": return try json(value, call)
        case "int", "float", "abs", "round": return try number(value, name, call)
        case "attr":
            let member = try (call.bind(["name"], required: 1, of: name)[0] ?? .none)
                .requireText(name).string
            if case .mapping = value, !Methods.has(member, of: value) {
                return .undefined(.member(member, of: "dict"))
            }
            return try self.member(Member(member), of: value)
        default: break
        }
        if let text = try textFilter(value, name, call) { return .text(text) }
        if let result = try sequenceFilter(value, name, call) { return result }
        if let result = try selectionFilter(value, name, call) { return result }
        throw Fault(.unsupported, "there is no such filter")
    }

    /// `tojson` as transformers has it: without HTML's escapes, and not sorted.
    private mutating func json(_ value: Value, _ call: Call) throws(Fault) -> Value {
        let arguments = try call.bind(
            ["ensure_ascii", "indent", "separators", "sort_keys"], of: "tojson")
        var writer = JSONWriter()
        writer.isASCII = arguments[0]?.isTrue ?? false
        writer.sortsKeys = arguments[3]?.isTrue ?? false
        if let indent = arguments[1], !indent.isNone {
            if case .text(let text) = indent {
                writer.indentation = text
            } else {
                let width = max(try indent.requireInteger("indent"), 0)
                guard width <= 256 else { throw Fault(.limitExceeded, "an indent of \(width)") }
                writer.indentation = Text(String(repeating: " ", count: width))
            }
            writer.itemSeparator = Text(",")
        }
        if let separators = arguments[2], !separators.isNone {
            let texts = try members(of: separators)
            guard texts.count == 2 else { throw Fault(.runtime, "separators must be two strings") }
            writer.itemSeparator = try texts[0].requireText("separators")
            writer.keySeparator = try texts[1].requireText("separators")
        }
        return .text(try writer.write(value, &budget))
    }

    private mutating func number(
        _ value: Value, _ name: String, _ call: Call
    ) throws(Fault) -> Value {
        if case .undefined(let undefined) = value { throw Fault(.runtime, undefined.message) }
        switch name {
        case "int":
            let arguments = try call.bind(["default", "base"], of: name)
            let base = try arguments[1]?.requireInteger("base") ?? 10
            if case .text(let text) = value, let integer = PythonNumber.integer(text, base: base) {
                return .int(integer)
            }
            if let integer = value.integer { return .int(integer) }
            let number = float(value)
            guard let number, number.isFinite else { return arguments[0] ?? .int(0) }
            guard let integer = Int(exactly: number.rounded(.towardZero)) else {
                throw Fault(.limitExceeded, "an integer of more than 64 bits")
            }
            return .int(integer)
        case "float":
            let arguments = try call.bind(["default"], of: name)
            return float(value).map { .float($0) } ?? arguments[0] ?? .float(0)
        case "abs":
            _ = try call.bind([], of: name)
            if let integer = value.integer {
                return integer < 0 ? try negated(value, isNegative: true) : .int(integer)
            }
            guard let number = value.number else { throw Fault.expected("a number", value) }
            return .float(number.magnitude)
        default: return try rounded(value, call)
        }
    }

    private func float(_ value: Value) -> Double? {
        if case .text(let text) = value { return PythonNumber.float(text) }
        return value.number
    }

    private func rounded(_ value: Value, _ call: Call) throws(Fault) -> Value {
        let arguments = try call.bind(["precision", "method"], of: "round")
        let precision = try arguments[0]?.requireInteger("precision") ?? 0
        guard (0...15).contains(precision) else {
            throw Fault(.unsupported, "rounding to \(precision) digits")
        }
        guard let number = value.number else { throw Fault.expected("a number", value) }
        let method = try arguments[1]?.requireText("method").string ?? "common"
        var scale = 1.0
        for _ in 0..<precision { scale *= 10 }
        switch method {
        case "common":
            if let integer = value.integer { return .int(integer) }
            return .float(Double(PythonNumber.fixed(number, digits: precision)) ?? number)
        case "ceil": return .float((number * scale).rounded(.up) / scale)
        case "floor": return .float((number * scale).rounded(.down) / scale)
        default: throw Fault(.runtime, "method must be common, ceil or floor")
        }
    }
}
