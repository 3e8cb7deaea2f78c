import Templates
import Tensors

@testable import Tokenization

/// Tokenizers and chat templates.
enum TextTargets {
    static func tokenizer(_ bytes: [UInt8]) throws {
        let parts = try TokenizerJSON(JSONValue(parsing: bytes, limits: JSONLimits(depth: 32)))
            .parts()
        try encode(with: Tokenizer(parts, chat: .failure(ChatTemplate.missing("here"))))
    }

    static func sentencePiece(_ bytes: [UInt8]) throws {
        let parts = try SentencePieceVocabulary(SentencePieceFile(bytes), added: [])
            .parts(isPrefixFirst: false)
        try encode(with: Tokenizer(parts, chat: .failure(ChatTemplate.missing("here"))))
    }

    static func splitPattern(_ bytes: [UInt8]) throws {
        let splitting = ExpressionSplitting(
            expression: try SplitExpression(String(decoding: bytes, as: UTF8.self)))
        let text = Array(String(repeating: "aaaa AB 12 \n'S 水\u{301}\r\n ", count: 30).utf8)
        let pieces = try splitting.pieces(of: text.span)
        precondition(pieces.reduce(0) { $0 + $1.count } == text.count, "text is lost")
    }

    /// Texts with what tokenizers stumble over.
    static func encode(with tokenizer: Tokenizer) throws {
        for text in [
            "", " Hello,  wörld! 12345\n\n\tdon't", "\u{1F469}\u{200D}\u{1F680} e\u{301}\u{0} <s>",
        ] {
            let ids = try tokenizer.encode(text, addSpecialTokens: true, allowSpecial: true)
            precondition(
                ids.allSatisfy { (0..<tokenizer.vocabularySize).contains(Int($0)) },
                "an id is out of range")
            _ = tokenizer.decode(ids, skipSpecial: false)
        }
    }

    /// A template, rendered with what chats hold; its runs are what a tokenizer would get.
    static func chatTemplate(_ bytes: [UInt8]) throws {
        let template = try Template(String(decoding: bytes, as: UTF8.self))
        let messages = try [("system", "Be brief."), ("user", "Hi <s> 'a'\n"), ("assistant", "é🤖")]
            .map { role, content in
                try TemplateValue.mapping(
                    [("role", .text(role, .template)), ("content", .text(content, .message))],
                    keys: .template)
            }
        var limits = TemplateLimits()
        limits.stepCount = 100_000
        limits.byteCount = 1 << 22
        let runs = try template.render(
            [
                ("messages", .list(messages)), ("tools", .none),
                ("bos_token", .text("<s>", .template)),
                ("add_generation_prompt", .bool(true)), ("n", .float(2.5)),
            ],
            time: CivilTime(year: 2025, month: 3, day: 7), limits: limits)
        precondition(!runs.contains { $0.text.isEmpty }, "a run is empty")
        precondition(
            zip(runs, runs.dropFirst()).allSatisfy { $0.origin != $1.origin },
            "neighbours have one origin")
    }
}
