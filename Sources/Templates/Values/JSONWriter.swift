/// Writes values as Python's `json.dumps` does.
struct JSONWriter {
    /// Whether only ASCII is written.
    var isASCII = false
    var itemSeparator = Text(", ")
    var keySeparator = Text(": ")
    var sortsKeys = false
    /// What one level is indented by; nil for everything in one line.
    var indentation: Text?

    func write(_ value: Value, _ budget: inout Budget) throws(Fault) -> Text {
        var text = Text()
        try write(value, level: 0, &text, &budget)
        return text
    }

    private func write(
        _ value: Value, level: Int, _ text: inout Text, _ budget: inout Budget
    ) throws(Fault) {
        try budget.step()
        let start = text.bytes.count
        switch value {
        case .none: text.append("null")
        case .bool(let value): text.append(value ? "true" : "false")
        case .int(let value): text.append(String(value))
        case .float(let value): text.append(Self.number(value))
        case .text(let value):
            try budget.scan(value)
            text.append(quoted(value))
        case .list(let items), .tuple(let items):
            try writeMembers(items.values.count, "[", "]", level, &text, &budget) {
                (index, text, budget) throws(Fault) in
                try write(items.values[index], level: level + 1, &text, &budget)
            }
        case .mapping(let mapping):
            let order = try order(of: mapping, &budget)
            try writeMembers(mapping.count, "{", "}", level, &text, &budget) {
                (index, text, budget) throws(Fault) in
                let key = try Self.key(mapping.keys[order[index]])
                try budget.scan(key)
                text.append(quoted(key))
                text.append(keySeparator)
                try write(mapping.values[order[index]], level: level + 1, &text, &budget)
            }
        default:
            throw Fault(.runtime, "an object of type '\(value.typeName)' is not JSON serializable")
        }
        try budget.allocate(text.bytes.count - start)
    }

    private func writeMembers(
        _ count: Int, _ open: String, _ close: String, _ level: Int, _ text: inout Text,
        _ budget: inout Budget,
        _ write: (Int, inout Text, inout Budget) throws(Fault) -> Void
    ) throws(Fault) {
        text.append(open)
        for index in 0..<count {
            if index > 0 { text.append(itemSeparator) }
            breakLine(level + 1, &text)
            try write(index, &text, &budget)
        }
        if count > 0 { breakLine(level, &text) }
        text.append(close)
    }

    private func breakLine(_ level: Int, _ text: inout Text) {
        guard let indentation else { return }
        text.append("\n")
        for _ in 0..<level { text.append(indentation) }
    }

    private func order(of mapping: Mapping, _ budget: inout Budget) throws(Fault) -> [Int] {
        let indices = Array(mapping.keys.indices)
        guard sortsKeys else { return indices }
        return try indices.map { Value.int($0) }.sorted(
            by: mapping.keys, isReversed: false, &budget
        ).compactMap(\.integer)
    }

    private static func key(_ key: Value) throws(Fault) -> Text {
        switch key {
        case .text(let text): return text
        case .none: return Text("null")
        case .bool(let value): return Text(value ? "true" : "false")
        case .int(let value): return Text(String(value))
        case .float(let value): return Text(number(value))
        default:
            throw Fault(
                .runtime,
                "keys must be str, int, float, bool or None, not '\(key.typeName)'")
        }
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
        return PythonNumber.text(value)
    }

    private func quoted(_ value: Text) -> Text {
        var text = Text("\"")
        text.append(
            value.plain.mapScalars { scalar, _ in
                switch scalar {
                case "\"": "\\\""
                case "\\": "\\\\"
                case "\n": "\\n"
                case "\r": "\\r"
                case "\t": "\\t"
                case "\u{8}": "\\b"
                case "\u{C}": "\\f"
                default:
                    if scalar.value < 0x20 || isASCII && scalar.value > 0x7E {
                        String(scalar).utf16.map(Self.escape).joined()
                    } else {
                        String(scalar)
                    }
                }
            })
        text.append("\"")
        return text
    }

    private static func escape(_ unit: UInt16) -> String {
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
