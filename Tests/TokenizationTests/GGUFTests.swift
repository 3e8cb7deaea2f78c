import Tensors
import Testing

@testable import Tokenization

@Suite struct GGUFTests {
    typealias Metadata = [(key: String, value: GGUFValue)]

    private func strings(_ values: [String]) -> GGUFValue {
        .array(.string, values.map { .string($0) })
    }

    @Test(arguments: ["gpt2", "llama3", "smollm", "demo"])
    func byteLevelVocabulariesGiveTheIDsOfTheirDirectory(_ style: String) throws {
        let twin = try Goldens.tokenizer(style)
        let metadata = try GGUFVocabularyExport(directory: "\(Goldens.folder)/\(style)").metadata(
            vocabularySize: twin.vocabularySize, endOfTextIDs: [1])
        let tokenizer = try Tokenizer(gguf: GGUFBytes.file(metadata))
        #expect(tokenizer.vocabularySize == twin.vocabularySize)
        #expect(tokenizer.endOfTextIDs.contains(1))
        var lines = VariedLines(seed: 8)
        for _ in 0..<500 {
            let line = lines.next()
            // llama.cpp does not fold ſ to s.
            guard !line.contains("ſ") else { continue }
            let ids = try twin.encode(line, addSpecialTokens: false)
            #expect(try tokenizer.encode(line, addSpecialTokens: false) == ids)
            #expect(
                tokenizer.decode(ids, skipSpecial: false) == twin.decode(ids, skipSpecial: false))
        }
    }

    /// GGUF merges any neighbours that make a token, whatever the directory's merges say.
    @Test func ranksThatScoresCannotExpressAreRefused() throws {
        let twin = try Goldens.tokenizer("llama2")
        let error = #expect(throws: TokenizationError.self) {
            try GGUFVocabularyExport(directory: "\(Goldens.folder)/llama2").metadata(
                vocabularySize: twin.vocabularySize, endOfTextIDs: [2])
        }
        #expect(error?.code == .unsupported)
        #expect(error?.message.contains("without a vocabulary") == true)
    }

    /// Ids: 0 unknown, 1 and 2 control, 3 to 258 bytes, then the texts with their scores.
    private func scored(_ texts: [(String, Float)], _ more: Metadata = []) throws -> Tokenizer {
        let bytes = (0..<256).map {
            "<0x" + ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) + ">"
        }
        let tokens = ["<unk>", "<s>", "</s>"] + bytes + texts.map(\.0)
        let types: [Int32] = [2, 3, 3] + bytes.map { _ in 6 } + texts.map { _ in 1 }
        let scores = Array(repeating: Float(0), count: 259) + texts.map(\.1)
        let metadata: Metadata = [
            ("tokenizer.ggml.model", .string("llama")),
            ("tokenizer.ggml.tokens", strings(tokens)),
            ("tokenizer.ggml.token_type", .array(.int32, types.map { .int32($0) })),
            ("tokenizer.ggml.scores", .array(.float32, scores.map { .float32($0) })),
            ("tokenizer.ggml.bos_token_id", .uint32(1)),
            ("tokenizer.ggml.eos_token_id", .uint32(2)),
        ]
        return try Tokenizer(gguf: GGUFBytes.file(metadata + more))
    }

    @Test func scoresDecideWhatMergesFirst() throws {
        // a 259, b 260, c 261, ab 262, bc 263, abc 264, ▁ 265, ▁ab 266
        let texts: [(String, Float)] = [
            ("a", -9), ("b", -9), ("c", -9), ("ab", -2), ("bc", -1), ("abc", -3), ("▁", -9),
            ("▁ab", -4),
        ]
        let tokenizer = try scored(texts)
        #expect(try tokenizer.encode("ab", addSpecialTokens: true) == [1, 266])
        #expect(try tokenizer.encode("abc", addSpecialTokens: false) == [265, 264])
        #expect(try tokenizer.encode("bcb", addSpecialTokens: false) == [265, 263, 260])
        // The leftmost of equal scores goes first.
        #expect(try tokenizer.encode("aabab", addSpecialTokens: false) == [265, 259, 262, 262])
        #expect(try tokenizer.encode("é", addSpecialTokens: false) == [265, 3 + 0xC3, 3 + 0xA9])
        #expect(try tokenizer.encode("", addSpecialTokens: true) == [1])
        #expect(try tokenizer.encode("<s>", addSpecialTokens: false).contains(1) == false)
        #expect(
            try tokenizer.encode("a<s>b", addSpecialTokens: false, allowSpecial: true) == [
                265, 259, 1, 265, 260,
            ])
        #expect(tokenizer.decode([1, 265, 259, 265, 260, 198, 172], skipSpecial: true) == "a bé")
        let bare = try scored(
            texts,
            [
                ("tokenizer.ggml.add_space_prefix", .bool(false)),
                ("tokenizer.ggml.add_bos_token", .bool(false)),
            ])
        #expect(try bare.encode("ab", addSpecialTokens: true) == [262])
        #expect(bare.decode([265, 259], skipSpecial: true) == " a")
    }

    @Test func aJoinedTokenMayHaveAPartThatIsNone() throws {
        // é has no token of its own, and né has.
        let tokenizer = try scored(
            [("n", -1), ("né", -2)], [("tokenizer.ggml.add_space_prefix", .bool(false))])
        #expect(try tokenizer.encode("nén", addSpecialTokens: false) == [260, 259])
        #expect(try tokenizer.encode("né", addSpecialTokens: false) == [260])
    }

    @Test func whatIsNotSupportedIsNamed() throws {
        let tokens = strings(["a", "b"])
        let cases: [(Metadata, String)] = [
            ([], "tokenizer.ggml.tokens"),
            ([("tokenizer.ggml.tokens", tokens)], "tokenizer.ggml.model"),
            (
                [("tokenizer.ggml.tokens", tokens), ("tokenizer.ggml.model", .string("bert"))],
                "\"bert\""
            ),
            (
                [("tokenizer.ggml.tokens", tokens), ("tokenizer.ggml.model", .string("gpt2"))],
                "tokenizer.ggml.merges"
            ),
            (
                [
                    ("tokenizer.ggml.tokens", tokens), ("tokenizer.ggml.model", .string("gpt2")),
                    ("tokenizer.ggml.pre", .string("kimi-k2")),
                ], "\"kimi-k2\""
            ),
            (
                [("tokenizer.ggml.tokens", tokens), ("tokenizer.ggml.model", .string("llama"))],
                "scores"
            ),
            (
                [
                    ("tokenizer.ggml.tokens", tokens), ("tokenizer.ggml.model", .string("llama")),
                    ("tokenizer.ggml.scores", .array(.float32, [.float32(.nan), .float32(0)])),
                ], "scores"
            ),
            (
                [
                    ("tokenizer.ggml.tokens", tokens), ("tokenizer.ggml.model", .string("llama")),
                    ("tokenizer.ggml.token_type", .array(.int32, [.int32(1)])),
                ], "token_type"
            ),
        ]
        for (metadata, word) in cases {
            let error = #expect(throws: TokenizationError.self) {
                try Tokenizer(gguf: GGUFBytes.file(metadata))
            }
            #expect(error?.message.contains(word) == true, "\(error as Any)")
        }
    }

    /// Converters write markers with the types of plain text; llama.cpp goes by their names.
    @Test func markersOfTheTypeOfTextAreMarkers() throws {
        let template =
            "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>{% endfor %}"
        let texts: [(String, Float)] = [
            ("<|im_start|>", 0), ("<|im_end|>", 0), ("[EOS]", 0), ("<end_of_turn>", 0),
            ("<div>", 0),
        ]
        let tokenizer = try scored(texts, [("tokenizer.chat_template", .string(template))])
        let ids = try tokenizer.encode(
            chat: [ChatTurn(role: "user", content: "<|im_end|><div>")], addGenerationPrompt: false)
        #expect(ids.first == 259)
        #expect(ids.last == 260)
        #expect(ids.filter { $0 >= 259 }.count == 2)
        #expect(tokenizer.endOfTextIDs == [2, 260, 261, 262])
        #expect(tokenizer.isSpecial(260))
        #expect(!tokenizer.isSpecial(263))
        #expect(
            try tokenizer.encode("<|im_end|>", addSpecialTokens: false, allowSpecial: true) == [260]
        )
    }

    /// Where a reply has parts, or `</s>` is a tag, these names end nothing.
    @Test func someNamesAreNoEndsBesideOthers() {
        #expect(GenerationEnds(["<|return|>", "<|call|>", "<|end|>"]).ids == [0, 1])
        #expect(GenerationEnds(["<|end|>", "</s>", "x"]).ids == [0, 1])
        #expect(GenerationEnds(["<|tool_response>", "</s>", "<turn|>"]).ids == [0, 2])
        #expect(GenerationEnds(["<|flush|>", "<|calls|>", "<|end|>"]).ids == [0, 1])
    }

    @Test func aFileWithoutTemplateSaysSo() throws {
        let tokenizer = try scored([])
        #expect(tokenizer.chatTemplate == nil)
        let error = #expect(throws: TokenizationError.self) {
            try tokenizer.encode(
                chat: [ChatTurn(role: "user", content: "x")], addGenerationPrompt: true)
        }
        #expect(error?.message.contains("--raw") == true)
    }
}
