extension Renderer {
    /// A method of Python's `str`.
    mutating func callMethod(_ name: String, of text: Text, _ call: Call) throws(Fault) -> Value {
        try budget.allocate(text.bytes.count)
        if let value = try changed(text, by: name, call) { return .text(value) }
        if let value = Self.answer(name, of: text) {
            _ = try call.bind([], of: "\(name)()")
            return .bool(value)
        }
        switch name {
        case "split", "rsplit": return try split(text, name, call)
        case "splitlines":
            let arguments = try call.bind(["keepends"], of: "splitlines()")
            return try list(
                text.lines(keepingEnds: arguments[0]?.isTrue ?? false).map { .text($0) })
        case "partition", "rpartition": return try partition(text, name, call)
        case "startswith", "endswith": return .bool(try hasEdge(text, name, call))
        case "find", "index", "rfind", "rindex", "count": return try find(text, name, call)
        case "join":
            let arguments = try call.bind(["iterable"], required: 1, of: "join()")
            return .text(try join(try members(of: arguments[0] ?? .none), text))
        case "format": return .text(try format(text, call))
        default: throw Fault(.unsupported, "the method '\(name)' of 'str'")
        }
    }

    /// Methods whose result is a text.
    private mutating func changed(
        _ text: Text, by name: String, _ call: Call
    ) throws(Fault) -> Text? {
        let function = "\(name)()"
        switch name {
        case "strip", "lstrip", "rstrip":
            let arguments = try call.bind(["chars"], of: function)
            return try stripped(text, arguments[0], left: name != "rstrip", right: name != "lstrip")
        case "removeprefix", "removesuffix":
            let edge = try (call.bind(["edge"], required: 1, of: function)[0] ?? .none)
                .requireText(function)
            if name == "removeprefix" {
                return text.hasPrefix(edge) ? text[edge.bytes.count..<text.bytes.count] : text
            }
            return text.hasSuffix(edge) && !edge.isEmpty
                ? text[0..<(text.bytes.count - edge.bytes.count)] : text
        case "replace":
            let arguments = try call.bind(["old", "new", "count"], required: 2, of: function)
            let replacement = try (arguments[1] ?? .none).requireText("new")
            return try replaced(
                text, try (arguments[0] ?? .none).requireText("old"),
                text.isMarkup ? replacement.escaped : replacement,
                try arguments[2]?.requireInteger("count") ?? -1)
        case "ljust", "rjust", "center", "zfill": return try padded(text, by: name, call)
        case "expandtabs":
            let size = try call.bind(["tabsize"], of: function)[0]?.requireInteger("tabsize") ?? 8
            return try expandingTabs(text, size)
        default: break
        }
        let change: (Text) -> Text
        switch name {
        case "upper": change = \.uppercased
        case "lower": change = \.lowercased
        case "casefold": change = \.casefolded
        case "capitalize": change = \.capitalized
        case "title": change = \.titlecased
        case "swapcase": change = \.swappedCase
        default: return nil
        }
        _ = try call.bind([], of: function)
        try budget.scan(text)
        return change(text)
    }

    private static func answer(_ name: String, of text: Text) -> Bool? {
        switch name {
        case "isalpha": text.all(\.isPythonLetter)
        case "isdigit": text.all(\.isPythonDigit)
        case "isdecimal": text.all(\.isPythonDecimal)
        case "isnumeric": text.all { $0.properties.numericType != nil }
        case "isalnum": text.all { $0.isPythonLetter || $0.properties.numericType != nil }
        case "isspace": text.all(\.isPythonSpace)
        case "islower": text.isLowercase
        case "isupper": text.isUppercase
        case "istitle": text.isTitlecase
        case "isascii": text.bytes.allSatisfy { $0 < 0x80 }
        case "isprintable": text.isEmpty || text.all(\.isPythonPrintable)
        case "isidentifier":
            text.all { $0.properties.isXIDContinue || $0 == "_" }
                && (text.scalar(at: 0).value.properties.isXIDStart
                    || text.scalar(at: 0).value == "_")
        default: nil
        }
    }

    func stripped(
        _ text: Text, _ characters: Value?, left: Bool = true, right: Bool = true
    ) throws(Fault) -> Text {
        guard let characters, !characters.isNone else {
            return text.trimmed(left: left, right: right, of: \.isPythonSpace)
        }
        let scalars = Set(try characters.requireText("chars").string.unicodeScalars)
        return text.trimmed(left: left, right: right) { scalars.contains($0) }
    }

    mutating func replaced(
        _ text: Text, _ old: Text, _ new: Text, _ count: Int
    ) throws(Fault) -> Text {
        let places = old.isEmpty ? text.scalarCount + 1 : text.offsets(of: old.bytes).count
        let wanted = count < 0 ? places : min(places, count)
        let (size, overflows) = wanted.multipliedReportingOverflow(by: new.bytes.count)
        try budget.allocate(overflows ? .max : size)
        try budget.step(wanted)
        return text.replacing(old, with: new, limit: count)
    }

    private mutating func padded(_ text: Text, by name: String, _ call: Call) throws(Fault) -> Text
    {
        let arguments = try call.bind(["width", "fillchar"], required: 1, of: "\(name)()")
        let width = try (arguments[0] ?? .none).requireInteger("width")
        let fill = try arguments[1]?.requireText("fillchar") ?? Text(name == "zfill" ? "0" : " ")
        guard fill.scalarCount == 1 else {
            throw Fault(.runtime, "the fill character must be exactly one character long")
        }
        return try padded(text, width, fill, name)
    }

    mutating func padded(
        _ text: Text, _ width: Int, _ fill: Text, _ name: String
    ) throws(Fault) -> Text {
        let missing = max(width - text.scalarCount, 0)
        try budget.allocate(missing)
        func filling(_ count: Int) -> Text {
            var filling = Text()
            for _ in 0..<count { filling.append(fill) }
            return filling
        }
        var result = Text()
        result.isMarkup = text.isMarkup
        switch name {
        case "ljust":
            result.append(text)
            result.append(filling(missing))
        case "center":
            // Where it cannot be even, Python puts the odd one left of an even text's end.
            let left = missing / 2 + (missing & width & 1)
            result.append(filling(left))
            result.append(text)
            result.append(filling(missing - left))
        case "zfill":
            let sign =
                text.bytes.first == UInt8(ascii: "-") || text.bytes.first == UInt8(ascii: "+")
            let start = sign ? 1 : 0
            result.append(text[0..<start])
            result.append(filling(missing))
            result.append(text[start..<text.bytes.count])
        default:
            result.append(filling(missing))
            result.append(text)
        }
        return result
    }

    private mutating func expandingTabs(_ text: Text, _ size: Int) throws(Fault) -> Text {
        guard (0...256).contains(size) else {
            throw Fault(.unsupported, "tabs of \(size) columns")
        }
        try budget.allocate(text.bytes.count(where: { $0 == 0x09 }) * size)
        var column = 0
        return text.mapScalars { scalar, _ in
            if scalar == "\t" {
                let width = size == 0 ? 0 : size - column % size
                column += width
                return String(repeating: " ", count: width)
            }
            column = scalar == "\n" || scalar == "\r" ? 0 : column + 1
            return String(scalar)
        }
    }

    // MARK: Taking apart

    private mutating func split(_ text: Text, _ name: String, _ call: Call) throws(Fault) -> Value {
        let arguments = try call.bind(["sep", "maxsplit"], of: "\(name)()")
        let limit = try arguments[1]?.requireInteger("maxsplit") ?? -1
        let most = limit < 0 ? Int.max : limit
        guard let separator = arguments[0], !separator.isNone else {
            guard name == "split" || limit < 0 else {
                throw Fault(.unsupported, "rsplit() at white space with a limit")
            }
            return try list(text.splitAtSpace(limit: most).map { .text($0) })
        }
        let pattern = try separator.requireText("sep")
        guard !pattern.isEmpty else { throw Fault(.runtime, "empty separator") }
        let parts =
            name == "split"
            ? text.split(pattern, limit: most) : text.splitFromEnd(pattern, limit: most)
        return try list(parts.map { .text($0) })
    }

    private func partition(_ text: Text, _ name: String, _ call: Call) throws(Fault) -> Value {
        let pattern = try (call.bind(["sep"], required: 1, of: "\(name)()")[0] ?? .none)
            .requireText("sep")
        guard !pattern.isEmpty else { throw Fault(.runtime, "empty separator") }
        let all = 0..<text.bytes.count
        let offset =
            name == "partition"
            ? text.firstOffset(of: pattern.bytes, in: all)
            : text.lastOffset(of: pattern.bytes, in: all)
        guard let offset else {
            let parts = name == "partition" ? [text, Text(), Text()] : [Text(), Text(), text]
            return .tuple(Items.flat(parts))
        }
        let end = offset + pattern.bytes.count
        return .tuple(
            Items.flat([text[0..<offset], text[offset..<end], text[end..<text.bytes.count]]))
    }

    // MARK: Finding

    /// The byte offsets that `start` and `end` of a method name.
    private mutating func stretch(
        of text: Text, _ start: Value?, _ end: Value?
    ) throws(Fault) -> (range: Range<Int>, offsets: [Int], isValid: Bool) {
        try budget.scan(text)
        let offsets = text.scalarOffsets
        let bounds = try [start, end].map { bound throws(Fault) in
            try bound.flatMap { value throws(Fault) in
                value.isNone ? nil : try value.requireInteger("start and end")
            }
        }
        let count = offsets.count - 1
        let range = try PythonSlice(bounds + [nil], count: count).range ?? 0..<0
        let isValid = bounds[0].map { $0 <= count } ?? true
        return (offsets[range.lowerBound]..<offsets[range.upperBound], offsets, isValid)
    }

    private mutating func hasEdge(_ text: Text, _ name: String, _ call: Call) throws(Fault) -> Bool
    {
        let arguments = try call.bind(["edge", "start", "end"], required: 1, of: "\(name)()")
        var edges: [Value] = [arguments[0] ?? .none]
        if case .tuple(let items) = edges[0] { edges = items.values }
        var part = text
        if arguments[1] != nil {
            let (range, _, isValid) = try stretch(of: text, arguments[1], arguments[2])
            guard isValid else { return false }
            part = text[range]
        }
        for edge in edges {
            let edge = try edge.requireText("\(name)()")
            if name == "startswith" ? part.hasPrefix(edge) : part.hasSuffix(edge) { return true }
        }
        return false
    }

    private mutating func find(_ text: Text, _ name: String, _ call: Call) throws(Fault) -> Value {
        let arguments = try call.bind(["sub", "start", "end"], required: 1, of: "\(name)()")
        let pattern = try (arguments[0] ?? .none).requireText("sub")
        let (range, offsets, isValid) = try stretch(of: text, arguments[1], arguments[2])
        if name == "count" {
            guard isValid else { return .int(0) }
            let part = text[range]
            return .int(
                pattern.isEmpty ? part.scalarCount + 1 : part.offsets(of: pattern.bytes).count)
        }
        let offset =
            name.hasPrefix("r")
            ? text.lastOffset(of: pattern.bytes, in: range)
            : text.firstOffset(of: pattern.bytes, in: range)
        if isValid, let offset { return .int(offsets.count { $0 < offset }) }
        guard name.hasSuffix("find") else { throw Fault(.runtime, "substring not found") }
        return .int(-1)
    }

    /// The texts of values with a separator between them.
    mutating func join(
        _ values: [Value], _ separator: Text, converting: Bool = false
    ) throws(Fault) -> Text {
        var result = Text()
        result.isMarkup = separator.isMarkup
        for (index, value) in values.enumerated() {
            if index > 0 { result.append(separator) }
            let text: Text
            if converting {
                text = try value.text(&budget)
            } else if case .text(let value) = value {
                text = separator.isMarkup ? value.escaped : value
            } else {
                throw Fault.expected("a string for item \(index) of join()", value)
            }
            try budget.allocate(text.bytes.count + separator.bytes.count)
            result.append(text)
        }
        return result
    }
}
