/// The names of methods that Python's types have, in the sandbox of jinja2.
enum Methods {
    private static let text: Set<String> = [
        "capitalize", "casefold", "center", "count", "encode", "endswith", "expandtabs", "find",
        "format", "format_map", "index", "isalnum", "isalpha", "isascii", "isdecimal", "isdigit",
        "isidentifier", "islower", "isnumeric", "isprintable", "isspace", "istitle", "isupper",
        "join", "ljust", "lower", "lstrip", "maketrans", "partition", "removeprefix",
        "removesuffix", "replace", "rfind", "rindex", "rjust", "rpartition", "rsplit", "rstrip",
        "split", "splitlines", "startswith", "strip", "swapcase", "title", "translate", "upper",
        "zfill",
    ]
    private static let mapping: Set<String> = [
        "copy", "fromkeys", "get", "items", "keys", "values",
    ]
    private static let sequence: Set<String> = ["count", "index"]
    private static let loop: Set<String> = ["cycle", "changed"]

    /// Methods that would change a value; the sandbox hides them.
    private static let unsafeOfMapping: Set<String> = [
        "clear", "pop", "popitem", "setdefault", "update",
    ]
    private static let unsafeOfList: Set<String> = [
        "append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort",
    ]

    /// Whether a value has a method of a name that may be called.
    static func has(_ name: String, of value: Value) -> Bool {
        switch value {
        case .text: text.contains(name)
        case .mapping: mapping.contains(name)
        case .list: sequence.contains(name) || name == "copy"
        case .tuple, .range: sequence.contains(name)
        case .loop: loop.contains(name)
        case .global(.dictionary): name == "fromkeys"
        default: false
        }
    }

    /// Whether a name is hidden because it would change the value.
    static func areUnsafe(_ name: String, of value: Value) -> Bool {
        switch value {
        case .mapping: unsafeOfMapping.contains(name)
        case .list: unsafeOfList.contains(name)
        default: false
        }
    }
}

extension Renderer {
    mutating func callMethod(_ name: String, of receiver: Value, _ call: Call) throws(Fault)
        -> Value
    {
        switch receiver {
        case .text(let text): return try callMethod(name, of: text, call)
        case .mapping(let mapping): return try callMethod(name, of: mapping, call)
        case .list(let items) where name == "copy": return .list(items)
        case .list, .tuple, .range: return try callSequenceMethod(name, of: receiver, call)
        case .loop(let id): return try callMethod(name, ofLoop: id, call)
        default: throw Fault(.unsupported, "the method '\(name)' of '\(receiver.typeName)'")
        }
    }

    private mutating func callMethod(
        _ name: String, of mapping: Mapping, _ call: Call
    ) throws(Fault) -> Value {
        switch name {
        case "get":
            try call.refuseNamed(of: "get()")
            let arguments = try call.bind(["key", "default"], required: 1, of: "get()")
            let key = arguments[0] ?? .none
            try budget.charge(key)
            return try mapping.value(for: key) ?? arguments[1] ?? .none
        case "items": return .view(.items, mapping)
        case "keys": return .view(.keys, mapping)
        case "values": return .view(.values, mapping)
        case "copy": return .mapping(mapping)
        default: throw Fault(.unsupported, "the method '\(name)' of 'dict'")
        }
    }

    private mutating func callSequenceMethod(
        _ name: String, of receiver: Value, _ call: Call
    ) throws(Fault) -> Value {
        let arguments = try call.bind(["value", "start", "stop"], required: 1, of: "\(name)()")
        let members = try members(of: receiver)
        let wanted = arguments[0] ?? .none
        guard name == "index" else {
            var count = 0
            for member in members where try member.equals(wanted, &budget) { count += 1 }
            return .int(count)
        }
        let bounds = try arguments.dropFirst().map { bound throws(Fault) in
            try bound?.requireInteger("index()")
        }
        let slice = try PythonSlice(bounds + [nil], count: members.count)
        for index in slice.range ?? 0..<0 where try members[index].equals(wanted, &budget) {
            return .int(index)
        }
        throw Fault(.runtime, "the value is not in the list")
    }
}
