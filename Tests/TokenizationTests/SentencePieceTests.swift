import Tensors
import TestSupport
import Testing

@testable import Tokenization

@Suite struct SentencePieceTests {
    static let styles = ["llama2", "gemma", "unigram", "unigram_words", "bpe_unknown"]

    private func path(_ style: String) -> String { GoldenFolder.path("sentencepiece/\(style)") }

    private func parts(_ bytes: [UInt8]) throws -> Tokenizer.Parts {
        try SentencePieceVocabulary(SentencePieceFile(bytes), added: []).parts(isPrefixFirst: true)
    }

    @Test(arguments: styles) func threeThousandLinesHaveTheIDsOfSentencePiece(
        _ style: String
    ) throws {
        let tokenizer = try Tokenizer(directory: path(style))
        let hashes = try JSONValue(parsing: Goldens.bytes(path("lines.json")))[style]?.array ?? []
        #expect(hashes.count == 30)
        var lines = VariedLines(seed: 2028)
        for (block, hash) in hashes.enumerated() {
            var found = WordHash()
            for _ in 0..<100 {
                for id in try tokenizer.encode(lines.next(), addSpecialTokens: false) {
                    found.add(id)
                }
                found.add(-1)
            }
            #expect(found.hexadecimal == hash.string, "block \(block) of \(style)")
        }
    }

    @Test(arguments: [true, false]) func filesBesideAddTokens(isLegacy: Bool) throws {
        let folder = try TemporaryFolder()
        for name in ["tokenizer.model", "added_tokens.json", "special_tokens_map.json"] {
            try folder.write(Goldens.bytes(path("llama2/\(name)")), to: name)
        }
        let config = String(
            decoding: try Goldens.bytes(path("llama2/tokenizer_config.json")), as: UTF8.self)
        try folder.write(
            config.replacing("\"legacy\": false", with: "\"legacy\": \(isLegacy)"),
            to: "tokenizer_config.json")
        let tokenizer = try Tokenizer(directory: folder.path)
        let cases = try JSONValue(parsing: Goldens.bytes(path("llama2/cases.json"))).array ?? []
        #expect(cases.count == 20)
        for entry in cases where entry["legacy"]?.bool == isLegacy {
            let text = try #require(entry["text"]?.string)
            let ids = try tokenizer.encode(text, addSpecialTokens: true, allowSpecial: true)
            #expect(ids == Goldens.ids(entry["ids"]), "\(text.debugDescription)")
            #expect(
                tokenizer.decode(Array(ids.dropFirst()), skipSpecial: false)
                    == entry["decoded"]?.string, "\(text.debugDescription)")
        }
    }

    @Test func whatIsNotKnownIsNamed() throws {
        let sound = try Goldens.bytes(path("llama2/tokenizer.model"))
        // A message that is appended is merged with the one before.
        for (more, word) in [
            ([0x12, 2, 0x18, 3], "words or characters"), ([0x12, 3, 0xC0, 0x01, 1], "at the end"),
            ([0x1A, 3, 0x12, 1, 0], "ends early"), ([0x1A, 2, 0x28, 0], "stay blanks"),
            ([0x12, 3, 0xC0, 0x02, 5], "unknown one"), ([0x0A, 0], "empty token"),
            ([0x0A, 5, 0x0A, 1, 0x61, 0x18, 9], "unknown kind 9"), ([0x0B], "kind 3"),
            ([0x0A, 3, 0x0A, 1, 0xFF], "UTF-8"), ([0x0A, 100], "bytes"),
            ([0x80], "inside a number"),
            ([0x0A, 8, 0x0A, 1, 0x61, 0x15, 0, 0, 0x80, 0x7F], "finite"),
        ] as [([UInt8], String)] {
            let error = #expect(throws: TokenizationError.self) { try parts(sound + more) }
            #expect(error?.message.contains(word) == true, "\(more): \(error as Any)")
        }
        #expect(throws: TokenizationError.self) { try parts([]) }
    }

    @Test func damagedModelsNeverTrap() throws {
        var random = SeededGenerator(seed: 12)
        for style in Self.styles {
            let sound = try Goldens.bytes(path("\(style)/tokenizer.model"))
            for _ in 0..<300 {
                guard let parts = try? parts(Mutation.of(sound, using: &random)) else { continue }
                let tokenizer = try Tokenizer(
                    parts, chat: .failure(ChatTemplate.missing("here")))
                let ids = try tokenizer.encode("The héllo 水 \u{1F600}", addSpecialTokens: true)
                _ = tokenizer.decode(ids, skipSpecial: false)
            }
        }
    }
}
