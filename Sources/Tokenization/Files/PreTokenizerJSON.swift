internal import Tensors

/// Reads the `pre_tokenizer` of `tokenizer.json`.
struct PreTokenizerJSON {
    private(set) var value = PreTokenizer()
    /// Whether words become bytes in the printable alphabet.
    private(set) var isByteLevel = false
    /// Whether spaces are written as marks, or one is put in front.
    private var isRewritten = false

    private static let maximumStepCount = 16

    init(_ fields: JSONFields?) throws(TokenizationError) {
        if let fields { try read(fields) }
    }

    private mutating func read(_ fields: JSONFields) throws(TokenizationError) {
        guard value.steps.count < Self.maximumStepCount else {
            throw fields.unsupported("a pre-tokenizer of more than \(Self.maximumStepCount) steps")
        }
        let type = try fields.type()
        if isByteLevel { throw fields.unsupported("\(quoted(type)) behind ByteLevel") }
        switch type {
        case "Sequence":
            for (index, step) in try fields.array("pretokenizers").enumerated() {
                try read(try JSONFields(step, "\(fields.place).pretokenizers[\(index)]"))
            }
        case "ByteLevel": try readByteLevel(fields)
        case "Split": value.steps.append(try split(fields))
        case "Digits":
            let individual = try fields.bool("individual_digits", default: false)
            value.steps.append(.digits(individual: individual))
        case "Metaspace": try readMetaspace(fields)
        case "WhitespaceSplit":
            value.steps.append(
                .expression(
                    ExpressionSplitting(
                        expression: try SplitExpression(#"\s+"#), behavior: .removed)))
        default: throw fields.unsupported("the pre-tokenizer \(quoted(type))")
        }
    }

    private mutating func readByteLevel(_ fields: JSONFields) throws(TokenizationError) {
        isByteLevel = true
        if try fields.bool("add_prefix_space", default: true) {
            try rewrite(.leadingSpace, fields)
        }
        if try fields.bool("use_regex", default: true) {
            value.steps.append(.pattern(.gpt2))
        }
    }

    private mutating func readMetaspace(_ fields: JSONFields) throws(TokenizationError) {
        let mark = Array(try fields.string("replacement").utf8)
        guard (1...Normalizer.maximumInsertionByteCount).contains(mark.count) else {
            throw fields.malformed(
                "replacement", "1 to \(Normalizer.maximumInsertionByteCount) bytes were expected")
        }
        let prefix = try Self.metaspacePrefix(fields)
        try rewrite(.metaspace(mark: mark, prefix: prefix), fields)
        if try fields.bool("split", default: true) {
            value.steps.append(.beforeMark(mark))
        }
    }

    /// `prepend_scheme`, or in older files `add_prefix_space`.
    static func metaspacePrefix(_ fields: JSONFields) throws(TokenizationError)
        -> PreTokenizer.Prefix
    {
        guard let scheme = try fields.optionalString("prepend_scheme") else {
            return try fields.bool("add_prefix_space", default: true) ? .always : .never
        }
        switch scheme {
        case "always": return .always
        case "first": return .first
        case "never": return .never
        default: throw fields.unsupported("the prepend_scheme \(quoted(scheme))")
        }
    }

    /// One such step is allowed: each may multiply the text.
    private mutating func rewrite(
        _ step: PreTokenizer.Step, _ fields: JSONFields
    ) throws(TokenizationError) {
        guard !isRewritten else { throw fields.unsupported("a second prefix space") }
        isRewritten = true
        value.steps.append(step)
    }

    private func split(_ fields: JSONFields) throws(TokenizationError) -> PreTokenizer.Step {
        let pattern = try fields.fields("pattern")
        let name = try fields.string("behavior")
        guard let behavior = ExpressionSplitting.Behavior(rawValue: name) else {
            throw fields.unsupported("the behavior \(quoted(name))")
        }
        let isInverted = try fields.bool("invert", default: false)
        if let text = try pattern.optionalString("String"), !text.isEmpty {
            return .expression(
                ExpressionSplitting(
                    expression: SplitExpression(literal: text), behavior: behavior,
                    isInverted: isInverted))
        }
        let text = try pattern.string("Regex")
        // The known patterns match all text, so that keeping the matches and isolating them is the same.
        if behavior == .isolated || behavior == .removed && isInverted,
            let known = SplitPattern(text)
        {
            return .pattern(known)
        }
        do {
            return .expression(
                ExpressionSplitting(
                    expression: try SplitExpression(text), behavior: behavior,
                    isInverted: isInverted))
        } catch {
            throw error.at("\(pattern.place): \(text.prefix(200))")
        }
    }
}
