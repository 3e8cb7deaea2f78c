/// Python's `dict`: values by keys, in the order in which keys came.
struct Mapping: Sendable {
    private(set) var keys: [Value] = []
    private(set) var values: [Value] = []
    private var indices: [Key: Int] = [:]
    private(set) var depth = 1

    /// A key as Python hashes it: numbers of one value are one key, whatever their type.
    enum Key: Hashable, Sendable {
        case none
        case int(Int)
        case float(Double)
        case text([UInt8])
        case tuple([Key])

        /// Parts of a tuple that is a key, with all tuples within it.
        private static let partLimit = 1000

        /// - Throws: for values that are no keys.
        init(_ value: Value) throws(Fault) {
            var parts = 0
            try self.init(value, &parts)
        }

        private init(_ value: Value, _ parts: inout Int) throws(Fault) {
            parts += 1
            guard parts <= Self.partLimit else {
                throw Fault(.limitExceeded, "a key of more than \(Self.partLimit) parts")
            }
            switch value {
            case .none: self = .none
            case .bool(let value): self = .int(value ? 1 : 0)
            case .int(let value): self = .int(value)
            case .float(let value): self = Int(exactly: value).map { .int($0) } ?? .float(value)
            case .text(let text): self = .text(text.bytes)
            case .tuple(let items):
                var keys: [Key] = []
                for item in items.values { keys.append(try Key(item, &parts)) }
                self = .tuple(keys)
            default: throw Fault(.runtime, "unhashable type: '\(value.typeName)'")
            }
        }
    }

    /// A way to see a mapping.
    enum View: Sendable {
        case keys, values, items

        var typeName: String {
            switch self {
            case .keys: "dict_keys"
            case .values: "dict_values"
            case .items: "dict_items"
            }
        }
    }

    var count: Int { keys.count }

    subscript(key: [UInt8]) -> Value? { indices[.text(key)].map { values[$0] } }

    subscript(key: String) -> Value? { self[Array(key.utf8)] }

    /// - Throws: for values that are no keys.
    func value(for key: Value) throws(Fault) -> Value? {
        indices[try Key(key)].map { values[$0] }
    }

    /// Sets a value; a key that is there keeps its place.
    ///
    /// - Throws: for values that are no keys, and when values are nested too deeply.
    mutating func set(_ key: Value, to value: Value) throws(Fault) {
        let hashable = try Key(key)
        depth = max(depth, key.depth + 1, value.depth + 1)
        guard depth <= TemplateLimits.valueDepth else {
            throw Fault(
                .limitExceeded,
                "values are nested in more than \(TemplateLimits.valueDepth) lists and mappings")
        }
        if let index = indices[hashable] {
            values[index] = value
        } else {
            indices[hashable] = keys.count
            keys.append(key)
            values.append(value)
        }
    }

    /// What a view shows.
    func items(_ view: View) throws(Fault) -> [Value] {
        switch view {
        case .keys: keys
        case .values: values
        case .items:
            try zip(keys, values).map { pair throws(Fault) in .tuple(try Items([pair.0, pair.1])) }
        }
    }
}
