extension Renderer {
    /// Python's `format % values`.
    mutating func printf(_ format: Text, _ values: Value) throws(Fault) -> Text {
        try budget.allocate(format.bytes.count)
        var rest: [Value] = [values]
        if case .tuple(let items) = values { rest = items.values }
        var result = Text()
        var offset = 0
        while offset < format.bytes.count {
            guard format.bytes[offset] == UInt8(ascii: "%") else {
                let end = format.bytes[offset...].firstIndex(of: UInt8(ascii: "%"))
                result.append(format[offset..<(end ?? format.bytes.count)])
                offset = end ?? format.bytes.count
                continue
            }
            let directive = try PrintfDirective(format.bytes, at: offset + 1)
            offset = directive.end
            if directive.kind == "%" {
                result.append("%")
                continue
            }
            let value: Value
            if let key = directive.key {
                guard case .mapping(let mapping) = values, let member = mapping[key] else {
                    throw Fault(.runtime, "the format needs a mapping with the key '\(key)'")
                }
                value = member
            } else {
                guard !rest.isEmpty else {
                    throw Fault(.runtime, "not enough arguments for format string")
                }
                value = rest.removeFirst()
            }
            result.append(try field(directive, value))
        }
        if !rest.isEmpty, case .tuple = values {
            throw Fault(.runtime, "not all arguments converted during string formatting")
        }
        return result
    }

    private mutating func field(
        _ directive: PrintfDirective, _ value: Value
    ) throws(Fault) -> Text {
        var text: Text
        switch directive.kind {
        case "s": text = try value.text(&budget).plain
        case "r": text = try value.representation(&budget)
        case "d", "i", "u":
            guard let number = value.number,
                let integer = value.integer ?? Int(exactly: number.rounded(.towardZero))
            else { throw Fault.expected("a number for %d", value) }
            text = Text(String(integer))
        case "x", "X":
            guard let integer = value.integer else {
                throw Fault.expected("an integer for %x", value)
            }
            text = Text(String(integer, radix: 16, uppercase: directive.kind == "X"))
        case "f", "F":
            guard let number = value.number else { throw Fault.expected("a number for %f", value) }
            text = Text(PythonNumber.fixed(number, digits: directive.precision ?? 6))
        default: throw Fault(.unsupported, "the directive %\(directive.kind)")
        }
        if "sr".contains(directive.kind), let precision = directive.precision {
            let offsets = text.scalarOffsets
            text = text[0..<offsets[min(precision, offsets.count - 1)]]
        }
        if directive.hasSign, !"sr".contains(directive.kind), text.bytes.first != UInt8(ascii: "-")
        {
            text = Text("+") + text
        }
        if directive.isLeft { return try padded(text, directive.width, Text(" "), "ljust") }
        let isFilled = directive.hasZeros && !"sr".contains(directive.kind)
        return try padded(
            text, directive.width, Text(isFilled ? "0" : " "), isFilled ? "zfill" : "rjust")
    }

    // MARK: str.format

    /// Python's `str.format`, with fields by number or name and without format specifications.
    mutating func format(_ format: Text, _ call: Call) throws(Fault) -> Text {
        var result = Text()
        result.isMarkup = format.isMarkup
        var next = 0
        var offset = 0
        let bytes = format.bytes
        while offset < bytes.count {
            let byte = bytes[offset]
            guard byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}") else {
                let end = bytes[offset...].firstIndex {
                    $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "}")
                }
                result.append(format[offset..<(end ?? bytes.count)])
                offset = end ?? bytes.count
                continue
            }
            if offset + 1 < bytes.count, bytes[offset + 1] == byte {
                result.append(format[offset..<(offset + 1)])
                offset += 2
                continue
            }
            guard byte == UInt8(ascii: "{"),
                let end = bytes[offset...].firstIndex(of: UInt8(ascii: "}"))
            else {
                throw Fault(
                    .runtime, "single '\(Unicode.Scalar(byte))' encountered in format string")
            }
            let name = format[(offset + 1)..<end].string
            let text = try field(name, call, &next).text(&budget)
            try budget.allocate(text.bytes.count)
            result.append(format.isMarkup ? text.escaped : text)
            offset = end + 1
        }
        return result
    }

    private func field(_ name: String, _ call: Call, _ next: inout Int) throws(Fault) -> Value {
        var index = Int(name)
        if name.isEmpty {
            index = next
            next += 1
        }
        if let index {
            guard call.positional.indices.contains(index) else {
                throw Fault(.runtime, "there is no argument \(index) for the format string")
            }
            return call.positional[index]
        }
        guard name.unicodeScalars.allSatisfy({ $0.properties.isXIDContinue || $0 == "_" }) else {
            throw Fault(.unsupported, "the format field {\(name)}")
        }
        guard let argument = call.named.first(where: { $0.name == name }) else {
            throw Fault(.runtime, "there is no argument '\(name)' for the format string")
        }
        return argument.value
    }
}

/// What follows a `%`: `(key)`, flags, width, precision and kind.
private struct PrintfDirective {
    private(set) var key: String?
    private(set) var isLeft = false
    private(set) var hasSign = false
    private(set) var hasZeros = false
    private(set) var width = 0
    private(set) var precision: Int?
    let kind: Character
    let end: Int

    /// Most columns of a field, and most digits after its point.
    private static let limit = 1000

    init(_ bytes: [UInt8], at start: Int) throws(Fault) {
        var offset = start
        func byte() -> UInt8 { offset < bytes.count ? bytes[offset] : 0 }
        func number() throws(Fault) -> Int {
            var number = 0
            while (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte()) {
                number = number * 10 + Int(byte() - UInt8(ascii: "0"))
                guard number <= Self.limit else {
                    throw Fault(.limitExceeded, "a field of more than \(Self.limit) columns")
                }
                offset += 1
            }
            return number
        }
        if byte() == UInt8(ascii: "(") {
            let close = bytes[offset...].firstIndex(of: UInt8(ascii: ")"))
            guard let close else { throw Fault(.runtime, "incomplete format key") }
            key = String(decoding: bytes[(offset + 1)..<close], as: UTF8.self)
            offset = close + 1
        }
        flags: while true {
            switch byte() {
            case UInt8(ascii: "-"): isLeft = true
            case UInt8(ascii: "+"): hasSign = true
            case UInt8(ascii: "0"): hasZeros = true
            default: break flags
            }
            offset += 1
        }
        width = try number()
        if byte() == UInt8(ascii: ".") {
            offset += 1
            precision = try number()
        }
        guard offset < bytes.count else { throw Fault(.runtime, "incomplete format") }
        kind = Character(Unicode.Scalar(byte()))
        end = offset + 1
    }
}
