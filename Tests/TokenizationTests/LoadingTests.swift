import Tensors
import TestSupport
import Testing

@testable import Tokenization

@Suite struct LoadingTests {
    private func load(_ text: String) throws -> Tokenizer {
        let parts = try TokenizerJSON(JSONValue(parsing: text)).parts()
        return try Tokenizer(parts, chat: .failure(ChatTemplate.missing("here")))
    }

    /// The text of a golden file with one part replaced.
    private func text(_ style: String, _ old: String = "", _ new: String = "") throws -> String {
        let text = String(
            decoding: try Goldens.bytes("\(Goldens.folder)/\(style)/tokenizer.json"), as: UTF8.self)
        guard !old.isEmpty else { return text }
        let bytes = Array(text.utf8)
        let pattern = Array(old.utf8)
        let start = try #require(
            bytes.indices.first { bytes[$0...].starts(with: pattern) }, "\(old) is not in \(style)")
        return String(
            decoding: bytes[..<start] + Array(new.utf8) + bytes[(start + pattern.count)...],
            as: UTF8.self)
    }

    @Test func whatIsNotSupportedIsNamed() throws {
        let cases: [(style: String, old: String, new: String, word: String)] = [
            ("demo", "\"type\":\"BPE\"", "\"type\":\"WordPiece\"", "WordPiece"),
            ("demo", "\"dropout\":null", "\"dropout\":0.1", "dropout"),
            (
                "demo", "\"end_of_word_suffix\":null", "\"end_of_word_suffix\":\"</w>\"",
                "end_of_word_suffix"
            ),
            ("demo", "\\\\p{N}|", "\\\\p{Nd}|", "split pattern"),
            ("demo", "\"behavior\":\"Isolated\"", "\"behavior\":\"Doubled\"", "Doubled"),
            ("demo", "\"normalizer\":null", "\"normalizer\":{\"type\":\"NFKD\"}", "NFKD"),
            (
                "demo", "\"post_processor\":null",
                "\"post_processor\":{\"type\":\"BertProcessing\"}", "BertProcessing"
            ),
            ("smollm", "\"type\":\"Digits\"", "\"type\":\"Punctuation\"", "Punctuation"),
            ("smollm", "\"type\":\"Digits\"", "\"type\":\"ByteLevel\"", "behind ByteLevel"),
            ("llama2", "\"type\":\"Fuse\"", "\"type\":\"WordPiece\"", "WordPiece"),
            ("llama2", "\"stop\":0", "\"stop\":1", "stripping"),
            (
                "llama2", "\"pattern\":{\"String\":\" \"}", "\"pattern\":{\"Regex\":\"( )+\"}",
                "pattern"
            ),
            ("mistral", "\"prepend_scheme\":\"first\"", "\"prepend_scheme\":\"twice\"", "twice"),
            (
                "mistral", "\"pre_tokenizer\":{\"type\":\"Metaspace\"",
                "\"pre_tokenizer\":{\"type\":\"BertPreTokenizer\"", "BertPreTokenizer"
            ),
        ]
        for entry in cases {
            let text = try text(entry.style, entry.old, entry.new)
            let error = #expect(throws: TokenizationError.self) { try load(text) }
            #expect(error?.code == .unsupported, "\(entry)")
            #expect(error?.message.contains(entry.word) == true, "\(error as Any)")
        }
    }

    /// Models have more rows than their vocabularies tokens, and not always at the end.
    @Test func idsWithoutATokenAreNothing() throws {
        let tokenizer = try load(text("demo", "\"!\":4,", "\"!\":40000,"))
        #expect(tokenizer.vocabularySize == 40_001)
        #expect(try tokenizer.encode("!", addSpecialTokens: false) == [40_000])
        #expect(tokenizer.decode([4, 40_000, 30_000], skipSpecial: false) == "!")
    }

    @Test func contradictionsAreRefused() throws {
        let long = String(repeating: "x", count: 1025)
        let cases: [(style: String, old: String, new: String, word: String)] = [
            ("demo", "\"!\":4", "\"!\":5", "unique"),
            ("demo", "\"!\":4", "\"!\":-4", "token id"),
            ("demo", "\"!\":4", "\"!\":1.5", "token id"),
            ("demo", "\"!\":4", "\"!\":99999999999", "token id"),
            ("demo", "\"!\":4", "\"\(long)\":4", "1025 bytes"),
            ("demo", "\"!\":4", "\"!!!!!!!!!!!\":4", "byte 33"),
            ("demo", "\"merges\":[[", "\"merges\":[[\"qqqq\",\"a\"],[", "merge 0"),
            ("demo", "\"merges\":[[", "\"merges\":[7,[", "merge 0"),
            ("demo", "\"id\":3", "\"id\":2", "unique"),
            ("gpt2", "\"merges\":[\"", "\"merges\":[\"a b c\",\"", "merge 0"),
            ("llama2", "\"ids\":[1]", "\"ids\":[100000]", "100000"),
            ("llama2", "\"unk_token\":\"<unk>\"", "\"unk_token\":\"<none>\"", "<none>"),
            ("metaspace", "\"unk_token\":\"<unk>\"", "\"unk_token\":null", "unk_token"),
        ]
        for entry in cases {
            let text = try text(entry.style, entry.old, entry.new)
            let error = #expect(throws: TokenizationError.self) { try load(text) }
            #expect(error?.message.contains(entry.word) == true, "\(entry.new): \(error as Any)")
        }
    }

    @Test func missingFilesAreNamed() {
        let error = #expect(throws: TokenizationError.self) {
            try Tokenizer(directory: "/nonexistent/model")
        }
        #expect(error?.code == .unreadable)
        #expect(error?.message.contains("/nonexistent/model/tokenizer.json") == true)
    }

    @Test(arguments: Goldens.styles) func damagedFilesNeverTrap(_ style: String) throws {
        let original = try Goldens.bytes("\(Goldens.folder)/\(style)/tokenizer.json")
        var random = SeededGenerator(seed: 21)
        let alphabet = Array("{}[]\",:0123456789-.eE\\tfn▁Ġ<> ".utf8)
        var loaded = 0
        for _ in 0..<60 {
            var bytes = original
            // The head holds the settings; the vocabulary behind it is most of the file.
            let bound = Bool.random(using: &random) ? min(3000, bytes.count) : bytes.count
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<bound, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[index] = alphabet.randomElement(using: &random) ?? 0
                case 1:
                    bytes.removeSubrange(
                        index..<min(bytes.count, index + Int.random(in: 1...40, using: &random)))
                case 2:
                    bytes.insert(contentsOf: bytes[index..<min(bytes.count, index + 30)], at: index)
                default: bytes[index] ^= UInt8.random(in: 1...255, using: &random)
                }
                if bytes.count < bound { break }
            }
            guard let document = try? JSONValue(parsing: bytes),
                let parts = try? TokenizerJSON(document).parts(),
                let tokenizer = try? Tokenizer(parts, chat: .failure(ChatTemplate.missing("here")))
            else { continue }
            loaded += 1
            let ids = try tokenizer.encode(
                "a é 🤖 12 <s>", addSpecialTokens: true, allowSpecial: true)
            #expect(ids.allSatisfy { $0 >= 0 && $0 < Int32(tokenizer.vocabularySize) })
            _ = tokenizer.decode(ids, skipSpecial: true)
        }
        #expect(loaded < 60)
    }
}
