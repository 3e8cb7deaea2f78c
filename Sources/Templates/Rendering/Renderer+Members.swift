extension Renderer {
    /// `value.name`: a method or member of the value's type, or else an item of a mapping.
    mutating func member(_ member: Member, of value: Value) throws(Fault) -> Value {
        if Methods.has(member.name, of: value) { return .method(member.name, of: value) }
        switch value {
        case .undefined(let undefined): throw Fault(.runtime, undefined.message)
        case .mapping(let mapping):
            if Methods.areUnsafe(member.name, of: value) { break }
            if let item = mapping[member.bytes] { return item }
        case .namespace(let index):
            if let item = namespaces[index][member.bytes] { return item }
        case .loop(let id):
            if let item = try self.member(member.name, ofLoop: id) { return item }
        case .macro(let macro):
            if member.name == "name" { return .text(macro.definition.name) }
        default: break
        }
        if Methods.areUnsafe(member.name, of: value) || member.name.hasPrefix("__") {
            return .undefined(
                .hint(
                    "access to attribute '\(member.name)' of '\(value.typeName)' object is unsafe.")
            )
        }
        return .undefined(.member(member.name, of: value.typeName))
    }

    /// `value[key]`: an item, or else a method or member of that name.
    mutating func item(_ key: Value, of value: Value) throws(Fault) -> Value {
        switch value {
        case .undefined(let undefined): throw Fault(.runtime, undefined.message)
        case .mapping(let mapping):
            try budget.charge(key)
            if let item = try? mapping.value(for: key) { return item }
        case .list(let items), .tuple(let items):
            if let index = Self.index(key, count: items.values.count) { return items.values[index] }
        case .range(let range):
            if let index = Self.index(key, count: range.count) { return range[index] }
        case .text(let text):
            if case .text = key { break }
            try budget.allocate(text.bytes.count * 8)
            let offsets = text.scalarOffsets
            if let index = Self.index(key, count: offsets.count - 1) {
                return .text(text[offsets[index]..<offsets[index + 1]])
            }
        default: break
        }
        guard case .text(let name) = key else {
            return .undefined(
                key.integer.map { .element($0, of: value.typeName) }
                    ?? .hint("'\(value.typeName) object' has no such element"))
        }
        if case .mapping = value, !Methods.has(name.string, of: value) {
            return .undefined(.member(name.string, of: "dict"))
        }
        return try member(Member(name.string), of: value)
    }

    /// A place in a sequence of a length; negative keys count from the end.
    private static func index(_ key: Value, count: Int) -> Int? {
        guard let key = key.integer, key < count, key >= -count else { return nil }
        return key < 0 ? key + count : key
    }

    // MARK: Slices

    mutating func slice(
        _ operand: Expression, _ bounds: Expression.Bounds, _ line: Int
    ) throws(Fault) -> Value {
        let value = try value(of: operand)
        var places: [Int?] = []
        for bound in [bounds.start, bounds.end, bounds.step] {
            guard let bound else {
                places.append(nil)
                continue
            }
            let place = try self.value(of: bound)
            places.append(place.isNone ? nil : try place.requireInteger("slice"))
        }
        place = (line, "[:]")
        if let count = value.count { try budget.step(count / 16) }
        switch value {
        case .undefined(let undefined): throw Fault(.runtime, undefined.message)
        case .list(let items): return .list(items.with(try Self.sliced(items.values, places)))
        case .tuple(let items): return .tuple(items.with(try Self.sliced(items.values, places)))
        case .range(let range):
            return .list(Items.empty.with(try Self.sliced(range.values, places)))
        case .text(let text): return .text(try sliced(text, places))
        default: throw Fault(.runtime, "'\(value.typeName)' object is not subscriptable")
        }
    }

    private static func sliced(_ values: [Value], _ places: [Int?]) throws(Fault) -> [Value] {
        let slice = try PythonSlice(places, count: values.count)
        if let range = slice.range { return Array(values[range]) }
        return slice.indices.map { values[$0] }
    }

    private mutating func sliced(_ text: Text, _ places: [Int?]) throws(Fault) -> Text {
        try budget.allocate(text.bytes.count * 8)
        let offsets = text.scalarOffsets
        let slice = try PythonSlice(places, count: offsets.count - 1)
        if let range = slice.range {
            return text[offsets[range.lowerBound]..<offsets[range.upperBound]]
        }
        var result = Text()
        result.isMarkup = text.isMarkup
        for index in slice.indices { result.append(text[offsets[index]..<offsets[index + 1]]) }
        return result
    }
}

/// The places that `[start:end:step]` names in a sequence of a length.
struct PythonSlice {
    private let start: Int
    private let end: Int
    private let step: Int

    /// - Throws: for a step of 0.
    init(_ places: [Int?], count: Int) throws(Fault) {
        step = places[2] ?? 1
        guard step != 0 else { throw Fault(.runtime, "slice step cannot be zero") }
        let bounds = step > 0 ? 0...count : -1...(count - 1)
        func place(_ place: Int?, _ fallback: Int) -> Int {
            guard let place else { return fallback }
            let shifted = place < 0 ? max(place, -count - 1) + count : place
            return min(max(shifted, bounds.lowerBound), bounds.upperBound)
        }
        start = place(places[0], step > 0 ? 0 : count - 1)
        end = place(places[1], step > 0 ? count : -1)
    }

    /// The places when they follow each other.
    var range: Range<Int>? { step == 1 ? start..<max(start, end) : nil }

    var indices: [Int] {
        var indices: [Int] = []
        var index = start
        while step > 0 ? index < end : index > end {
            indices.append(index)
            let (next, overflows) = index.addingReportingOverflow(step)
            if overflows { break }
            index = next
        }
        return indices
    }
}
