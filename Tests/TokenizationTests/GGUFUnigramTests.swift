import Tensors
import TestSupport
import Testing

@testable import Tokenization

/// What `Tests/Goldens/make_gguf_unigram.py` recorded.
@Suite struct GGUFUnigramTests {
    static let styles = ["words", "kept", "bare", "merged"]

    private static let folder = GoldenFolder.path("gguf_unigram")

    private func document(_ name: String) throws -> JSONValue {
        try JSONValue(parsing: Goldens.bytes("\(Self.folder)/\(name)"))
    }

    @Test(arguments: styles) func threeThousandLinesHaveTheIDsOfLlamaCpp(
        _ style: String
    ) throws {
        let tokenizer = try Tokenizer(path: "\(Self.folder)/\(style).gguf")
        let hashes = try document("lines.json")[style]?.array ?? []
        #expect(hashes.count == 30)
        let found = try VariedLines.hashes(of: hashes.count, seed: 2031) {
            try tokenizer.encode($0, addSpecialTokens: false)
        }
        #expect(found == hashes.map(\.string))
    }

    @Test(arguments: styles) func textsEncodeAlike(_ style: String) throws {
        let tokenizer = try Tokenizer(path: "\(Self.folder)/\(style).gguf")
        let cases = try document("cases.json")[style]?.array ?? []
        #expect(cases.count > 25)
        for entry in cases {
            let parts = try #require(entry.array)
            let text = try #require(parts[0].string)
            let whole = try tokenizer.encode(text, addSpecialTokens: true, allowSpecial: true)
            #expect(whole == Goldens.ids(parts[1]), "\(text.debugDescription)")
            let plain = try tokenizer.encode(text, addSpecialTokens: false)
            #expect(plain == Goldens.ids(parts[2]), "\(text.debugDescription)")
        }
    }

    @Test func textsComeBack() throws {
        let tokenizer = try Tokenizer(path: "\(Self.folder)/words.gguf")
        let ids = try tokenizer.encode("  the  of a ", addSpecialTokens: true)
        #expect(tokenizer.decode(ids, skipSpecial: true) == "the of a")
    }

    @Test func whatIsWrongIsNamed() throws {
        let sound: [(key: String, value: GGUFValue)] = [
            ("tokenizer.ggml.model", .string("t5")),
            ("tokenizer.ggml.tokens", .array(.string, ["a", "b", "c"].map { .string($0) })),
            ("tokenizer.ggml.scores", .array(.float32, [1, 2, 3].map { .float32($0) })),
        ]
        _ = try Tokenizer(gguf: GGUFBytes.file(sound))
        let map = "tokenizer.ggml.precompiled_charsmap"
        for (key, value, word) in [
            ("tokenizer.ggml.tokens", .array(.string, [.string("a")]), "scores"),
            ("tokenizer.ggml.scores", .array(.float32, [.float32(1)]), "3 tokens"),
            (
                "tokenizer.ggml.scores",
                .array(.float32, [1, .infinity, 3].map { .float32($0) }), "finite"
            ),
            ("tokenizer.ggml.unknown_token_id", .uint32(3), "from 0 to 2"),
            (map, .array(.int32, [.int32(300)]), "array of bytes"),
            (map, .array(.int32, [.int32(1), .int32(2)]), "ends early"),
        ] as [(String, GGUFValue, String)] {
            let metadata = sound.filter { $0.key != key } + [(key, value)]
            let error = #expect(throws: TokenizationError.self) {
                try Tokenizer(gguf: GGUFBytes.file(metadata))
            }
            #expect(error?.message.contains(word) == true, "\(key): \(error as Any)")
        }
        let short = sound.dropFirst(1).map { entry in
            (
                entry.key,
                GGUFValue.array(
                    entry.key.hasSuffix("tokens") ? .string : .float32,
                    Array((entry.value.array ?? []).prefix(2)))
            )
        }
        let error = #expect(throws: TokenizationError.self) {
            try Tokenizer(gguf: GGUFBytes.file([sound[0]] + short))
        }
        #expect(error?.message.contains("unknown_token_id") == true, "\(error as Any)")
    }

    @Test(arguments: styles) func damagedFilesNeverTrap(_ style: String) throws {
        let sound = try Goldens.bytes("\(Self.folder)/\(style).gguf")
        var random = SeededGenerator(seed: 16)
        for _ in 0..<200 {
            guard let file = try? GGUFFile(bytes: FileBytes(Mutation.of(sound, using: &random))),
                let tokenizer = try? Tokenizer(gguf: file)
            else { continue }
            let text = "a\u{301}  ﬁ\u{301} ｶﾞ <unk> 水\u{1F600}\u{1100}\u{1161}"
            guard let ids = try? tokenizer.encode(text, addSpecialTokens: true, allowSpecial: true)
            else { continue }
            #expect(ids.allSatisfy { $0 >= 0 && $0 < Int32(tokenizer.vocabularySize) })
            _ = tokenizer.decode(ids, skipSpecial: false)
        }
    }
}
