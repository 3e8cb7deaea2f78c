extension Renderer {
    /// Filters whose result is a text; nil for other filters.
    mutating func textFilter(_ value: Value, _ name: String, _ call: Call) throws(Fault) -> Text? {
        switch name {
        case "trim":
            let characters = try call.bind(["chars"], of: name)[0]
            return try stripped(try text(of: value), characters)
        case "string", "upper", "lower", "capitalize", "title", "safe", "escape", "e",
            "forceescape":
            _ = try call.bind([], of: name)
            let text = try text(of: value)
            if name != "string", name != "safe" { try budget.scan(text) }
            return Self.changed(text, by: name)
        case "replace":
            let arguments = try call.bind(["old", "new", "count"], required: 2, of: name)
            let old = try text(of: arguments[0] ?? .none)
            let new = try text(of: arguments[1] ?? .none)
            let count = try arguments[2].flatMap { count throws(Fault) in
                count.isNone ? nil : try count.requireInteger("count")
            }
            return try replaced(try text(of: value).plain, old, new, count ?? -1)
        case "indent": return try indented(value, call)
        case "center":
            let width = try call.bind(["width"], of: name)[0]?.requireInteger("width") ?? 80
            return try padded(try text(of: value), width, Text(" "), "center")
        case "format":
            guard call.named.isEmpty || call.positional.isEmpty else {
                throw Fault(.runtime, "either positional or named arguments can be given")
            }
            var values = Value.tuple(try Items(call.positional))
            if !call.named.isEmpty {
                var mapping = Mapping()
                for argument in call.named {
                    try mapping.set(.text(argument.name), to: argument.value)
                }
                values = .mapping(mapping)
            }
            return try printf(try text(of: value), values)
        case "truncate": return try truncated(value, call)
        case "join":
            let arguments = try call.bind(["d", "attribute"], of: name)
            var values = try members(of: value)
            if let attribute = arguments[1], !attribute.isNone {
                values = try values.map { item throws(Fault) in
                    try self.attribute(attribute, of: item)
                }
            }
            let separator = try arguments[0].map { value throws(Fault) in try text(of: value) }
            return try join(values, separator?.plain ?? Text(), converting: true)
        default: return nil
        }
    }

    private static func changed(_ text: Text, by name: String) -> Text {
        switch name {
        case "upper": return text.uppercased
        case "lower": return text.lowercased
        case "capitalize": return text.capitalized
        case "title": return text.titlecasedByWords
        case "safe":
            var html = text
            html.isMarkup = true
            return html
        case "escape", "e": return text.escaped
        case "forceescape": return text.plain.escaped
        default: return text
        }
    }

    private mutating func indented(_ value: Value, _ call: Call) throws(Fault) -> Text {
        let arguments = try call.bind(["width", "first", "blank"], of: "indent")
        let text = try value.requireText("indent")
        var indentation = Text("    ")
        if case .text(let given) = arguments[0] {
            indentation = given
        } else if let width = try arguments[0]?.requireInteger("width") {
            guard width <= 1000 else { throw Fault(.limitExceeded, "an indent of \(width)") }
            indentation = Text(String(repeating: " ", count: max(width, 0)))
        }
        let includesBlank = arguments[2]?.isTrue ?? false
        let lines = (text + Text("\n")).lines()
        let (size, overflows) = lines.count.multipliedReportingOverflow(
            by: indentation.bytes.count + 1)
        try budget.allocate(overflows ? .max : size)
        var result = Text()
        result.isMarkup = text.isMarkup
        if arguments[1]?.isTrue ?? false { result.append(indentation) }
        for (index, line) in lines.enumerated() {
            if index > 0 {
                result.append("\n")
                if includesBlank || !line.isEmpty { result.append(indentation) }
            }
            result.append(line)
        }
        return result
    }

    private mutating func truncated(_ value: Value, _ call: Call) throws(Fault) -> Text {
        let arguments = try call.bind(["length", "killwords", "end", "leeway"], of: "truncate")
        let text = try text(of: value)
        let length = try arguments[0]?.requireInteger("length") ?? 255
        let end = try arguments[2]?.requireText("end") ?? Text("...")
        let leeway = try arguments[3]?.requireInteger("leeway") ?? 5
        let offsets = text.scalarOffsets
        let kept = length - end.scalarCount
        guard kept >= 0, leeway >= 0, length <= Int.max - leeway else {
            throw Fault(.runtime, "the length must not be less than that of the end")
        }
        if offsets.count - 1 <= length + leeway { return text }
        let head = text[0..<offsets[kept]]
        if arguments[1]?.isTrue ?? false { return head + end }
        let space = head.lastOffset(of: [UInt8(ascii: " ")], in: 0..<head.bytes.count)
        return head[0..<(space ?? head.bytes.count)] + end
    }
}

extension Text {
    /// jinja2's `title`: each word begins with a capital; words begin behind blanks, hyphens and opening brackets.
    fileprivate var titlecasedByWords: Text {
        var isWordStart = true
        let lowercased = self.lowercased
        var result = Text()
        result.isMarkup = isMarkup
        var offset = 0
        while offset < lowercased.bytes.count {
            let (scalar, end) = lowercased.scalar(at: offset)
            let part = lowercased[offset..<end]
            result.append(isWordStart ? part.uppercased : part)
            isWordStart = scalar.isPythonSpace || "-({[<".unicodeScalars.contains(scalar)
            offset = end
        }
        return result
    }
}
