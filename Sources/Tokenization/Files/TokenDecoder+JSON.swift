internal import Tensors

extension TokenDecoder {
    /// Reads the `decoder` of `tokenizer.json`.
    init(
        _ fields: JSONFields?, tokens: TokenTable, isByteLevel: Bool
    ) throws(TokenizationError) {
        self.tokens = tokens
        guard let fields else {
            throw TokenizationError(
                .unsupported,
                "tokenizer.json: there is no decoder; add the one of the model's family")
        }
        let type = try fields.type()
        let steps = type == "Sequence" ? try fields.array("decoders") : [.object(fields.object)]
        var reader = TextRulesReader()
        var isBytes = false
        for (index, step) in steps.enumerated() {
            let step = try JSONFields(
                step, type == "Sequence" ? "\(fields.place).decoders[\(index)]" : fields.place)
            let kind = try step.type()
            isBytes = steps.count == 1 && kind == "ByteLevel"
            if !isBytes { try reader.read(step) }
        }
        guard isBytes == isByteLevel else {
            throw fields.unsupported("a decoder of another kind than the pre-tokenizer")
        }
        style = isBytes ? .bytes : .text(reader.rules)
    }
}

/// Reads Replace, ByteFallback, Fuse and Strip in this order, Replace perhaps second, or Metaspace alone.
private struct TextRulesReader {
    private(set) var rules = TokenDecoder.TextRules(
        mark: [], spelling: [], hasByteTokens: false, start: .kept)
    private var stage = 0

    private static let stages = ["Replace", "ByteFallback", "Fuse", "Strip"]
    /// What stands for something else in an expression.
    private static let signs = #"\.[]{}()*+?^$|"#

    mutating func read(_ fields: JSONFields) throws(TokenizationError) {
        let type = try fields.type()
        if type == "Metaspace" {
            try enter(0, fields)
            stage = Self.stages.count
            rules.mark = Array(try fields.string("replacement").utf8)
            rules.spelling = [UInt8(ascii: " ")]
            if case .never = try PreTokenizerJSON.metaspacePrefix(fields) { return }
            rules.start = .withoutMarks
            return
        }
        if type == "Replace" { return try readReplacement(fields) }
        guard let index = Self.stages.firstIndex(of: type) else {
            throw fields.unsupported("the decoder \(quoted(type))")
        }
        try enter(index, fields)
        if type == "ByteFallback" { rules.hasByteTokens = true }
        if type == "Strip" { try readStrip(fields) }
    }

    private mutating func readReplacement(_ fields: JSONFields) throws(TokenizationError) {
        let pattern = try fields.fields("pattern")
        let content = try fields.string("content")
        let literal = try pattern.optionalString("String")
        let expression = literal == nil ? try pattern.optionalString("Regex") : nil
        if expression == Normalizer.startExpression + " ", content.isEmpty {
            try enter(Self.stages.count - 1, fields)
            rules.start = .stripped(1)
            return
        }
        guard let text = literal ?? expression, !text.isEmpty,
            expression == nil || !text.contains(where: Self.signs.contains)
        else {
            throw pattern.unsupported(
                "the pattern \(pattern.object.map(\.value.text).joined().prefix(200))")
        }
        if rules.hasByteTokens, rules.mark.isEmpty, stage == 2, text.unicodeScalars.count == 1 {
            rules.replacesBytes = true
        } else {
            try enter(0, fields)
        }
        rules.mark = Array(text.utf8)
        rules.spelling = Array(content.utf8)
    }

    /// Each step once, in the order of `stages`; what strips needs the text as one piece.
    private mutating func enter(_ index: Int, _ fields: JSONFields) throws(TokenizationError) {
        let last = Self.stages.count - 1
        guard index >= stage, index < last || stage == last else {
            throw fields.unsupported("a decoder in this order")
        }
        stage = index + 1
    }

    private mutating func readStrip(_ fields: JSONFields) throws(TokenizationError) {
        guard try fields.string("content") == " ", fields.value("stop")?.int == 0,
            let start = fields.value("start")?.int, (0...64).contains(start)
        else { throw fields.unsupported("stripping other than spaces at the start") }
        rules.start = .stripped(start)
    }
}
