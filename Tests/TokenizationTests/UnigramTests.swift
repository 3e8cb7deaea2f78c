import Tensors
import TestSupport
import Testing

@testable import Tokenization

/// What `Tests/Goldens/make_unigram.py` recorded.
@Suite struct UnigramTests {
    static let models = ["words", "bytes", "pairs"]
    static let documents = ["words_json", "bytes_json", "split_json", "lines_json"]

    private static let folder = GoldenFolder.path("unigram")

    private func document(_ name: String) throws -> JSONValue {
        try JSONValue(parsing: Goldens.bytes("\(Self.folder)/\(name)"))
    }

    private func load(_ text: String) throws -> Tokenizer {
        let parts = try TokenizerJSON(JSONValue(parsing: text)).parts()
        return try Tokenizer(parts, chat: .failure(ChatTemplate.missing("here")))
    }

    private func text(_ style: String) throws -> String {
        String(
            decoding: try Goldens.bytes("\(Self.folder)/\(style)/tokenizer.json"), as: UTF8.self)
    }

    @Test(arguments: models + documents) func threeThousandLinesHaveTheIDsOfThePackages(
        _ style: String
    ) throws {
        let tokenizer = try Tokenizer(directory: "\(Self.folder)/\(style)")
        let hashes = try document("lines.json")[style]?.array ?? []
        #expect(hashes.count == 30)
        let found = try VariedLines.hashes(of: hashes.count, seed: 2029) {
            try tokenizer.encode($0, addSpecialTokens: false, allowSpecial: true)
        }
        #expect(found == hashes.map(\.string))
    }

    @Test(arguments: models + documents) func textsThatTablesChangeEncodeAlike(
        _ style: String
    ) throws {
        let tokenizer = try Tokenizer(directory: "\(Self.folder)/\(style)")
        let cases = try #require(document("cases.json")[style]?["ids"]?.object)
        #expect(cases.count > 50)
        let isDocument = Self.documents.contains(style)
        for (text, ids) in cases {
            // SentencePiece finds no special tokens in a text.
            let found = try tokenizer.encode(
                text, addSpecialTokens: isDocument, allowSpecial: isDocument)
            #expect(found == Goldens.ids(ids), "\(text.debugDescription)")
        }
    }

    @Test(arguments: documents) func idsDecodeAlike(_ style: String) throws {
        let tokenizer = try Tokenizer(directory: "\(Self.folder)/\(style)")
        let cases = try document("cases.json")[style]?["decodings"]?.array ?? []
        #expect(cases.count > 60)
        for entry in cases {
            let text = try #require(entry["text"]?.string)
            let decoded = tokenizer.decode(Goldens.ids(entry["ids"]), skipSpecial: true)
            #expect(Array(decoded.utf8) == Array(text.utf8), "\(text.debugDescription)")
        }
    }

    @Test func beginningsOfClustersStandForTheWhole() throws {
        let maps = try document("maps.json")
        let map = try CharacterMap(
            #require(Base64.bytes(of: maps["map"]?.string ?? "")))
        let texts = try #require(maps["texts"]?.object)
        #expect(texts.count > 300)
        for (text, wanted) in texts {
            let found = try map.replaceClusters(in: Array(text.utf8), byteLimit: 1 << 10)
            #expect(found == Array((wanted.string ?? "").utf8), "\(text.debugDescription)")
        }
    }

    /// Counted with the package, by a table with one key, over all scalars behind and before a letter.
    @Test func clustersAreThoseOfTheTokenizersPackage() {
        var (extending, prepended) = (0, 0)
        for scalar in (UInt32(1)..<0x11_0000).lazy.compactMap(Unicode.Scalar.init) {
            if "a\(scalar)".count == 1 { extending += 1 }
            if "\(scalar)c".count == 1 { prepended += 1 }
        }
        #expect(extending == 2619)
        #expect(prepended == 27)
    }

    @Test func scoresAreReadAsThePackageReadsThem() {
        for (written, read) in [
            (-10.425487518310547, -10.425487518310549), (-13.372241973876953, -13.372241973876951),
            (-3.6601955890655518, -3.660195589065552), (-2.5, -2.5), (0, 0), (1e300, 1e300),
            (-7, -7),
        ] {
            #expect(UnigramJSON.asRead(written) == read)
        }
    }

    @Test func base64IsStrict() {
        #expect(Base64.bytes(of: "") == [])
        #expect(Base64.bytes(of: "AAEC/+8=") == [0, 1, 2, 0xFF, 0xEF])
        #expect(Base64.bytes(of: "/w==") == [0xFF])
        for text in [
            "A", "AA", "AAE", "/x==", "====", "A===", "AA=A", "AA-_", "AA==AAAA", "AAE=\n",
        ] {
            #expect(Base64.bytes(of: text) == nil, "\(text)")
        }
    }

    @Test func whatIsWrongIsNamed() throws {
        let cases: [(old: String, new: String, word: String)] = [
            ("\"unk_id\":0", "\"unk_id\":null", "unk_id"),
            ("\"unk_id\":0", "\"unk_id\":5000", "5000"),
            ("\"vocab\":[[", "\"vocab\":[7,[", "entry 0"),
            ("\"vocab\":[[", "\"vocab\":[[\"a\",\"b\"],[", "entry 0"),
            ("\"type\":\"WhitespaceSplit\"", "\"type\":\"Whitespace\"", "Whitespace"),
            ("{\"type\":\"WhitespaceSplit\"}", "{\"type\":\"ByteLevel\"}", "behind ByteLevel"),
            (
                "{\"type\":\"WhitespaceSplit\"}",
                "{\"type\":\"Metaspace\",\"replacement\":\"_\"}", "second prefix space"
            ),
            ("\"precompiled_charsmap\":\"", "\"precompiled_charsmap\":\"*", "base64"),
            ("\"precompiled_charsmap\":\"", "\"precompiled_charsmap\":\"////", "damaged"),
            ("\"type\":\"Precompiled\"", "\"type\":\"NFKD\"", "NFKD"),
            ("{\"type\":\"Fuse\"},", "", "order"),
        ]
        let sound = try text("split_json")
        for entry in cases {
            #expect(sound.contains(entry.old))
            let text = sound.replacing(entry.old, with: entry.new, maxReplacements: 1)
            let error = #expect(throws: TokenizationError.self) { try load(text) }
            #expect(error?.message.contains(entry.word) == true, "\(entry.new): \(error as Any)")
        }
    }

    /// The last of equal pieces counts, and joined neighbours without tokens may be one.
    @Test func fusedNeighboursMayBeAPiece() throws {
        let tokenizer = try load(
            """
            {"model": {"type": "Unigram", "unk_id": 0, "byte_fallback": true, "vocab": [
                ["<unk>", 0], ["a", 1], ["xyz", -100], ["b", -9], ["b", 1], ["<0x78>", 0]]},
             "decoder": {"type": "Fuse"}}
            """)
        func ids(_ text: String) throws -> [Int32] {
            try tokenizer.encode(text, addSpecialTokens: false)
        }
        #expect(try ids("axyzb") == [1, 2, 4])
        #expect(try ids("axxb") == [1, 5, 5, 4])
        #expect(try ids("axyb") == [1, 0, 4])
        #expect(try ids("x<unk>x") == [0])
        #expect(try ids("<unk>a<unk>") == [0, 1, 0])
    }

    // MARK: Tables from outside

    private func map() throws -> [UInt8] {
        try #require(Base64.bytes(of: document("maps.json")["map"]?.string ?? ""))
    }

    @Test func damagedTablesAreRefused() throws {
        let sound = try map()
        let size = sound[..<4].reversed().reduce(0) { $0 << 8 | Int($1) }
        for (damaged, word) in [
            ([], "ends early"), (Array(sound.prefix(4)), "ends early"),
            ([0, 0, 0, 0] + sound.dropFirst(4), "0 bytes"),
            ([3, 0, 0, 0] + sound.dropFirst(4), "3 bytes"),
            ([0xFF, 0xFF, 0xFF, 0xFF] + sound.dropFirst(4), "4294967295 bytes"),
            (Array(sound.prefix(4 + size)), "trie"), (sound + [0xFF], "UTF-8"),
            (Array(sound.prefix(5 + size)), "replacement at byte"),
        ] as [([UInt8], String)] {
            let error = #expect(throws: TokenizationError.self) { try CharacterMap(damaged) }
            #expect(error?.message.contains(word) == true, "\(word): \(error as Any)")
        }
    }

    @Test func tablesOfRandomUnitsNeverTrap() throws {
        let sound = try map()
        var random = SeededGenerator(seed: 14)
        let text = Array("a\u{301}b e\u{301} 水\u{1F600}\u{600}a \u{1100}\u{1161}".utf8)
        var loaded = 0
        for _ in 0..<20_000 {
            guard let map = try? CharacterMap(Mutation.of(sound, using: &random)) else { continue }
            loaded += 1
            _ = try? map.replaceClusters(in: text, byteLimit: 1 << 16)
            for start in text.indices {
                _ = try? map.longestReplacement(in: text.span, from: start)
            }
        }
        #expect(loaded > 100)
    }

    @Test(arguments: models + documents) func damagedFilesNeverTrap(_ style: String) throws {
        let isDocument = Self.documents.contains(style)
        let name = isDocument ? "tokenizer.json" : "tokenizer.model"
        let sound = try Goldens.bytes("\(Self.folder)/\(style)/\(name)")
        var random = SeededGenerator(seed: 15)
        for _ in 0..<200 {
            let bytes = Mutation.of(sound, using: &random)
            let parts =
                isDocument
                ? try? TokenizerJSON(JSONValue(parsing: bytes)).parts()
                : try? SentencePieceVocabulary(SentencePieceFile(bytes), added: [])
                    .parts(isPrefixFirst: true)
            guard let parts,
                let tokenizer = try? Tokenizer(parts, chat: .failure(ChatTemplate.missing("here")))
            else { continue }
            let text = "a\u{301}  ﬁ\u{301} ｶﾞ <unk> 水\u{1F600}\u{1100}\u{1161}"
            guard let ids = try? tokenizer.encode(text, addSpecialTokens: true, allowSpecial: true)
            else { continue }
            #expect(ids.allSatisfy { $0 >= 0 && $0 < Int32(tokenizer.vocabularySize) })
            _ = tokenizer.decode(ids, skipSpecial: false)
        }
    }

    /// A trie may lead in circles, and every character may become a long text.
    @Test func workIsBounded() throws {
        var units = [UInt32](repeating: 0, count: 512)
        units[0] = 0x100 << 10
        units[0x100] = 0x8000_0000
        // "a" ends a text, and leads to where it came from.
        units[0x100 ^ 0x61] = 0x61 << 10 | 0x100 | 0x61
        let trie = units.flatMap { unit in (0..<4).map { UInt8(unit >> (8 * $0) & 0xFF) } }
        let map = try CharacterMap(
            [0, 8, 0, 0] + trie + [UInt8](repeating: 0x78, count: 1 << 16))
        let circles = [UInt8](repeating: 0x61, count: 1 << 10)
        let error = #expect(throws: TokenizationError.self) {
            try map.longestReplacement(in: circles.span, from: 0)
        }
        #expect(error?.code == .malformed)
        let text = Array(String(repeating: "ab", count: 1 << 10).utf8)
        let rules = SentencePieceNormalization(map: map, collapsesBlanks: false, prefix: .never)
        for apply in [
            { try rules.apply(to: text, isFirst: true, byteLimit: 1 << 20) },
            { try map.replaceClusters(in: text, byteLimit: 1 << 20) },
        ] {
            let error = #expect(throws: TokenizationError.self) { _ = try apply() }
            #expect(error?.code == .limitExceeded)
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: models + documents)
    func aMegabyteOfOneKindTakesNoQuadraticTime(_ style: String) throws {
        let tokenizer = try Tokenizer(directory: "\(Self.folder)/\(style)")
        for pattern in ["a", " ", "\u{301}", "e\u{301}", "\u{1100}", "\u{FB01}", "🤖", "\u{200D}"] {
            let text = String(repeating: pattern, count: (1 << 20) / pattern.utf8.count)
            #expect(
                try tokenizer.encode(text, addSpecialTokens: false).count <= text.utf8.count + 2)
        }
    }
}
