extension Renderer {
    /// Filters of sequences and mappings; nil for other filters.
    mutating func sequenceFilter(_ value: Value, _ name: String, _ call: Call) throws(Fault)
        -> Value?
    {
        switch name {
        case "list":
            _ = try call.bind([], of: name)
            return try list(try members(of: value))
        case "first":
            _ = try call.bind([], of: name)
            if case .generator(let generator) = value {
                return generator.pop() ?? Self.missing(name)
            }
            return try members(of: value).first ?? Self.missing(name)
        case "last":
            _ = try call.bind([], of: name)
            if case .generator = value {
                throw Fault(.runtime, "'generator' object is not reversible")
            }
            return try members(of: value).last ?? Self.missing(name)
        case "reverse":
            _ = try call.bind([], of: name)
            if case .text(let text) = value {
                var result = Text()
                result.isMarkup = text.isMarkup
                try budget.allocate(text.bytes.count * 32)
                for part in text.scalarTexts.reversed() { result.append(part) }
                return .text(result)
            }
            return try generator(try members(of: value).reversed())
        case "items":
            _ = try call.bind([], of: name)
            if value.isUndefined { return try generator([]) }
            guard case .mapping(let mapping) = value else {
                throw Fault(.runtime, "can only get item pairs from a mapping")
            }
            try budget.step(mapping.count)
            return try generator(try mapping.items(.items))
        case "dictsort": return try dictionarySorted(value, call)
        case "sort":
            let arguments = try call.bind(["reverse", "case_sensitive", "attribute"], of: name)
            let members = try members(of: value)
            let isSensitive = arguments[1]?.isTrue ?? false
            let keys = try members.map { item throws(Fault) in
                try sortKeys(arguments[2] ?? .none, of: item, isSensitive)
            }
            return try list(
                try members.sorted(by: keys, isReversed: arguments[0]?.isTrue ?? false, &budget))
        case "unique", "min", "max": return try picked(value, name, call)
        case "sum":
            let arguments = try call.bind(["attribute", "start"], of: name)
            var sum = arguments[1] ?? .int(0)
            for item in try members(of: value) {
                sum = try combined(sum, .plus, try attribute(arguments[0] ?? .none, of: item))
            }
            return sum
        case "batch", "slice": return try grouped(value, name, call)
        case "groupby": return try groupedByAttribute(value, call)
        case "wordcount":
            let words = try text(of: value).string.unicodeScalars
                .split { !$0.properties.isXIDContinue }
            return .int(words.count)
        default: return nil
        }
    }

    private static func missing(_ name: String) -> Value {
        .undefined(.hint("No \(name) item, sequence was empty."))
    }

    mutating func generator(_ values: [Value]) throws(Fault) -> Value {
        try budget.allocate(values.count * 32)
        return .generator(Generator(try Items(values)))
    }

    private mutating func dictionarySorted(_ value: Value, _ call: Call) throws(Fault) -> Value {
        let arguments = try call.bind(["case_sensitive", "by", "reverse"], of: "dictsort")
        guard case .mapping(let mapping) = value else { throw Fault.expected("a mapping", value) }
        let by = try arguments[1]?.requireText("by").string ?? "key"
        guard by == "key" || by == "value" else {
            throw Fault(.runtime, "a mapping can be sorted by either \"key\" or \"value\"")
        }
        try budget.step(mapping.count)
        let isSensitive = arguments[0]?.isTrue ?? false
        let keys = try (by == "key" ? mapping.keys : mapping.values).map { key throws(Fault) in
            isSensitive ? key : try lowered(key)
        }
        let items = try mapping.items(.items)
        return try list(
            try items.sorted(by: keys, isReversed: arguments[2]?.isTrue ?? false, &budget))
    }

    /// What is compared without regard to case.
    private mutating func lowered(_ value: Value) throws(Fault) -> Value {
        guard case .text(let text) = value else { return value }
        try budget.allocate(text.bytes.count)
        return .text(text.lowercased)
    }

    private mutating func sortKeys(
        _ attributes: Value, of item: Value, _ isSensitive: Bool
    ) throws(Fault) -> Value {
        guard case .text(let text) = attributes else {
            let key = try attribute(attributes, of: item)
            return isSensitive ? key : try lowered(key)
        }
        var keys: [Value] = []
        for name in text.split(Text(","), limit: .max) {
            let key = try attribute(.text(name), of: item)
            keys.append(isSensitive ? key : try lowered(key))
        }
        return .tuple(try Items(keys))
    }

    private mutating func picked(_ value: Value, _ name: String, _ call: Call) throws(Fault)
        -> Value
    {
        let arguments = try call.bind(["case_sensitive", "attribute"], of: name)
        let isSensitive = arguments[0]?.isTrue ?? false
        var best: (item: Value, key: Value)?
        var seen = Set<Mapping.Key>()
        var unique: [Value] = []
        for item in try members(of: value) {
            var key = try attribute(arguments[1] ?? .none, of: item)
            if !isSensitive { key = try lowered(key) }
            if name == "unique" {
                if seen.insert(try Mapping.Key(key)).inserted { unique.append(item) }
            } else if let known = best {
                let isBetter =
                    name == "min"
                    ? try key.precedes(known.key, &budget) : try known.key.precedes(key, &budget)
                if isBetter { best = (item, key) }
            } else {
                best = (item, key)
            }
        }
        if name == "unique" { return try generator(unique) }
        return best?.item ?? .undefined(.hint("No aggregated item, sequence was empty."))
    }

    // MARK: Groups

    private mutating func grouped(_ value: Value, _ name: String, _ call: Call) throws(Fault)
        -> Value
    {
        let arguments = try call.bind(["count", "fill_with"], required: 1, of: name)
        let count = try (arguments[0] ?? .none).requireInteger("count")
        guard count > 0, count <= TemplateLimits.rangeCount else {
            throw Fault(.runtime, "\(name) needs a count from 1 to \(TemplateLimits.rangeCount)")
        }
        try budget.step(count)
        let fill = arguments[1].flatMap { $0.isNone ? nil : $0 }
        let members = try members(of: value)
        var groups: [Value] = []
        if name == "batch" {
            for start in stride(from: 0, to: members.count, by: count) {
                var group = Array(members[start..<min(start + count, members.count)])
                if let fill { group += Array(repeating: fill, count: count - group.count) }
                groups.append(try list(group))
            }
        } else {
            let (size, extra) = members.count.quotientAndRemainder(dividingBy: count)
            var start = 0
            for index in 0..<count {
                let end = start + size + (index < extra ? 1 : 0)
                var group = Array(members[start..<end])
                if let fill, index >= extra { group.append(fill) }
                groups.append(try list(group))
                start = end
            }
        }
        return try generator(groups)
    }

    private mutating func groupedByAttribute(_ value: Value, _ call: Call) throws(Fault) -> Value {
        let arguments = try call.bind(
            ["attribute", "default", "case_sensitive"], required: 1, of: "groupby")
        let isSensitive = arguments[2]?.isTrue ?? false
        let members = try members(of: value)
        var keys: [Value] = []
        var pairs: [Value] = []
        for item in members {
            let key = try attribute(arguments[0] ?? .none, of: item, default: arguments[1])
            keys.append(isSensitive ? key : try lowered(key))
            pairs.append(.tuple(try Items([keys[keys.count - 1], key, item])))
        }
        var groups: [Value] = []
        var last: Value?
        var group: (name: Value, items: [Value]) = (.none, [])
        func close() throws(Fault) {
            guard last != nil else { return }
            groups.append(.tuple(try Items([group.name, .list(try Items(group.items))])))
        }
        for pair in try pairs.sorted(by: keys, isReversed: false, &budget) {
            guard case .tuple(let parts) = pair else { continue }
            if let last, try parts.values[0].equals(last, &budget) {
                group.items.append(parts.values[2])
                continue
            }
            try close()
            last = parts.values[0]
            group = (parts.values[1], [parts.values[2]])
        }
        try close()
        return try list(groups)
    }
}
