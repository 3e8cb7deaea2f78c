/// A function that every template has.
enum Global: Sendable {
    case range
    case namespace
    case dictionary
    case raiseException
    case timeNow

    static let all: [(name: String, global: Global)] = [
        ("range", .range), ("namespace", .namespace), ("dict", .dictionary),
        ("raise_exception", .raiseException), ("strftime_now", .timeNow),
    ]
}

extension Renderer {
    mutating func call(_ global: Global, _ call: Call) throws(Fault) -> Value {
        switch global {
        case .range: return .range(try Self.range(call))
        case .namespace:
            let members = try mapping(call, of: "namespace()")
            namespaces.append(Mapping())
            for (key, value) in zip(members.keys, members.values) {
                try setMember(
                    try key.requireText("namespace()").string, of: namespaces.count - 1, to: value)
            }
            return .namespace(namespaces.count - 1)
        case .dictionary: return .mapping(try mapping(call, of: "dict()"))
        case .raiseException:
            let message = try call.bind(["message"], required: 1, of: "raise_exception()")[0]
            throw Fault(.raised, try (message ?? .none).text(&budget).string)
        case .timeNow:
            let format = try call.bind(["format"], required: 1, of: "strftime_now()")[0]
            let text = try (format ?? .none).requireText("format")
            try budget.allocate(text.bytes.count * 32)
            return .text(Text(time.formatted(text.string), text.wholeOrigin))
        }
    }

    private static func range(_ call: Call) throws(Fault) -> Progression {
        try call.refuseNamed(of: "range()")
        let numbers = try call.positional.map { number throws(Fault) in
            try number.requireInteger("range()")
        }
        switch numbers.count {
        case 1: return try Progression(from: 0, to: numbers[0], by: 1)
        case 2: return try Progression(from: numbers[0], to: numbers[1], by: 1)
        case 3: return try Progression(from: numbers[0], to: numbers[1], by: numbers[2])
        default:
            throw Fault(.runtime, "range() takes 1 to 3 arguments, \(numbers.count) were given")
        }
    }

    /// The mapping that `dict(mapping, name=value)` makes.
    private mutating func mapping(_ call: Call, of function: String) throws(Fault) -> Mapping {
        var mapping = Mapping()
        switch call.positional.first {
        case nil: break
        case .mapping(let members): mapping = members
        case .some(let pairs):
            for pair in try members(of: pairs) {
                let members = try members(of: pair)
                guard members.count == 2 else {
                    throw Fault(.runtime, "\(function) needs pairs of keys and values")
                }
                try mapping.set(members[0], to: members[1])
            }
        }
        for argument in call.named { try mapping.set(.text(argument.name), to: argument.value) }
        try budget.step(mapping.count)
        try budget.allocate(mapping.count * 96)
        return mapping
    }
}
