extension Value {
    /// Python's `str(value)`.
    func text(_ budget: inout Budget) throws(Fault) -> Text {
        switch self {
        case .text(let text): return text
        case .undefined: return Text()
        default: return try representation(&budget)
        }
    }

    /// Python's `repr(value)`.
    func representation(_ budget: inout Budget) throws(Fault) -> Text {
        try budget.step()
        var text = Text()
        switch self {
        case .undefined: text.append("Undefined")
        case .none: text.append("None")
        case .bool(let value): text.append(value ? "True" : "False")
        case .int(let value): text.append(String(value))
        case .float(let value): text.append(PythonNumber.text(value))
        case .text(let value):
            try budget.scan(value)
            text = value.quotedByPython
            if value.isMarkup { text = Text("Markup(") + text + Text(")") }
        case .list(let items):
            text.append("[")
            text.append(try Self.joined(items.values, &budget))
            text.append("]")
        case .tuple(let items):
            text.append("(")
            text.append(try Self.joined(items.values, &budget))
            text.append(items.values.count == 1 ? ",)" : ")")
        case .mapping(let mapping):
            text.append("{")
            for (index, (key, value)) in zip(mapping.keys, mapping.values).enumerated() {
                if index > 0 { text.append(", ") }
                text.append(try key.representation(&budget))
                text.append(": ")
                text.append(try value.representation(&budget))
            }
            text.append("}")
        case .view(let view, let mapping):
            text.append("\(view.typeName)([")
            text.append(try Self.joined(try mapping.items(view), &budget))
            text.append("])")
        case .range(let range):
            // Python shows the end that was given, which is not kept.
            throw Fault(.unsupported, "printing a range of \(range.count) items; print its list")
        case .macro(let macro): text.append("<Macro '\(macro.definition.name)'>")
        case .generator, .namespace, .loop, .global, .method:
            throw Fault(.unsupported, "printing a value of the type '\(typeName)'")
        }
        try budget.allocate(text.bytes.count)
        return text
    }

    private static func joined(_ values: [Value], _ budget: inout Budget) throws(Fault) -> Text {
        var text = Text()
        for (index, value) in values.enumerated() {
            if index > 0 { text.append(", ") }
            text.append(try value.representation(&budget))
        }
        return text
    }
}

extension Text {
    /// The text as a literal of Python.
    var quotedByPython: Text {
        let quote: UInt8 =
            bytes.contains(UInt8(ascii: "'")) && !bytes.contains(UInt8(ascii: "\""))
            ? UInt8(ascii: "\"") : UInt8(ascii: "'")
        var text = Text()
        text.append([quote], .template)
        text.append(
            mapScalars { scalar, _ in
                switch scalar {
                case "\\": "\\\\"
                case "\n": "\\n"
                case "\r": "\\r"
                case "\t": "\\t"
                case Unicode.Scalar(quote): "\\" + String(scalar)
                default:
                    scalar.isPythonPrintable
                        ? String(scalar) : Self.escape(scalar)
                }
            })
        text.append([quote], .template)
        return text
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        func digits(_ width: Int) -> String {
            let digits = String(scalar.value, radix: 16)
            return String(repeating: "0", count: width - digits.count) + digits
        }
        switch scalar.value {
        case ...0xFF: return "\\x" + digits(2)
        case ...0xFFFF: return "\\u" + digits(4)
        default: return "\\U" + digits(8)
        }
    }
}
