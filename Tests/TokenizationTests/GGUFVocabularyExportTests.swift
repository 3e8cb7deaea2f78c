import Tensors
import TestSupport
import Testing

@testable import Tokenization

/// The vocabulary that is written into a GGUF file gives the ids of the tokenizer that it was made from.
@Suite struct GGUFVocabularyExportTests {
    @Test(arguments: [
        ("gpt2", "gpt-2"), ("llama3", "llama-bpe"), ("demo", "qwen2"), ("smollm", "smollm"),
    ])
    func byteLevelVocabulariesSurvive(_ style: String, _ kind: String) throws {
        let folder = "\(Goldens.folder)/\(style)"
        let source = try Tokenizer(directory: folder)
        let file = try written(folder, count: source.vocabularySize + 3)
        #expect(file.metadata["tokenizer.ggml.pre"]?.string == kind)
        try expectSameIDs(source, Tokenizer(gguf: file))
    }

    /// A SentencePiece vocabulary merges a token from each of its parts; one that does not has no place in GGUF.
    @Test func scoresStandForMergesOfAllParts() throws {
        let temporary = try TemporaryFolder()
        let document = try #require(Goldens.document("llama2/tokenizer.json").object)
        let folder = temporary.path("llama2")
        try FileBytes.makeFolder(path: folder)
        let text = JSONValue.object(Self.withAllMerges(document)).text
        let file = try AtomicFile(path: folder + "/tokenizer.json")
        try file.write(Array(text.utf8))
        try file.commit()
        let source = try Tokenizer(directory: folder)
        let gguf = try written(folder, count: source.vocabularySize)
        #expect(gguf.metadata["tokenizer.ggml.model"]?.string == "llama")
        try expectSameIDs(source, Tokenizer(gguf: gguf))
    }

    @Test(arguments: ["llama2", "gemma"])
    func sentencePieceModelsSurvive(_ style: String) throws {
        let folder = GoldenFolder.path("sentencepiece/\(style)")
        let source = try Tokenizer(directory: folder)
        let file = try written(folder, count: source.vocabularySize + 3)
        let tokenizer = try Tokenizer(gguf: file)
        #expect(tokenizer.parts.tokenNames["unk_token"] == "<unk>")
        #expect(tokenizer.parts.prefixIDs == source.parts.prefixIDs)
        let hashes = try JSONValue(
            parsing: Goldens.bytes(GoldenFolder.path("sentencepiece/lines.json")))
        let recorded = try #require(hashes[style]?.array)
        let found = try VariedLines.hashes(of: recorded.count, seed: 2028) {
            try tokenizer.encode($0, addSpecialTokens: false)
        }
        #expect(found == recorded.map(\.string))
    }

    @Test(arguments: [
        "tokenizers/prefixed", "tokenizers/metaspace", "sentencepiece/bpe_unknown",
        "sentencepiece/unigram", "unigram/pairs",
    ])
    func othersAreRefused(_ style: String) throws {
        let folder = GoldenFolder.path(style)
        let export = try GGUFVocabularyExport(directory: folder)
        #expect {
            try export.metadata(vocabularySize: 2000, endOfTextIDs: [])
        } throws: { error in
            (error as? TokenizationError)?.code == .unsupported
        }
    }

    @Test func moreTokensThanTheModelHasAreRefused() throws {
        let export = try GGUFVocabularyExport(directory: "\(Goldens.folder)/demo")
        #expect(throws: TokenizationError.self) {
            try export.metadata(vocabularySize: 100, endOfTextIDs: [])
        }
    }

    @Test func endsOfTextAreKept() throws {
        let folder = "\(Goldens.folder)/llama3"
        let export = try GGUFVocabularyExport(directory: folder)
        let metadata = try export.metadata(vocabularySize: 2000, endOfTextIDs: [7, 9])
        let values = Dictionary(metadata) { first, _ in first }
        #expect(values["tokenizer.ggml.eos_token_id"]?.int == 7)
        #expect(values["tokenizer.ggml.eot_token_id"]?.int == 9)
    }

    private func written(_ folder: String, count: Int) throws -> GGUFFile {
        let temporary = try TemporaryFolder()
        let export = try GGUFVocabularyExport(directory: folder)
        var writer = GGUFWriter()
        for (key, value) in try export.metadata(vocabularySize: count, endOfTextIDs: []) {
            try writer.add(key, value)
        }
        try writer.write(to: temporary.path("vocabulary.gguf"))
        return try GGUFFile(path: temporary.path("vocabulary.gguf"), loading: .copied)
    }

    /// llama.cpp knows no case folding, so that ſ is no s in contractions; such lines are left out.
    private func expectSameIDs(_ source: Tokenizer, _ written: Tokenizer) throws {
        var lines = VariedLines(seed: 7)
        var count = 0
        for _ in 0..<1000 {
            let line = lines.next()
            guard !line.unicodeScalars.contains("\u{17F}") else { continue }
            let expected = try source.encode(line, addSpecialTokens: false, allowSpecial: true)
            let found = try written.encode(line, addSpecialTokens: false, allowSpecial: true)
            #expect(expected == found, "\(line.debugDescription)")
            count += 1
        }
        #expect(count > 800)
    }

    /// The document with every pair of tokens that makes a third as a merge, in the order of the third's first one.
    private static func withAllMerges(_ document: JSONObject) -> JSONObject {
        let model = document["model"]?.object ?? JSONObject()
        let tokens = Set((model["vocab"]?.object ?? JSONObject()).map { Array($0.key.utf8) })
        var merged: [[UInt8]] = []
        for merge in model["merges"]?.array ?? [] {
            let halves =
                merge.array?.compactMap(\.string)
                ?? merge.string?.split(separator: " ").map(String.init)
            merged.append(Array((halves ?? []).joined().utf8))
        }
        var pairs: [JSONValue] = []
        for word in merged {
            for place in word.indices.dropFirst() {
                let (left, right) = (Array(word[..<place]), Array(word[place...]))
                guard tokens.contains(left), tokens.contains(right) else { continue }
                pairs.append(
                    .array([left, right].map { .string(String(decoding: $0, as: UTF8.self)) }))
            }
        }
        var newModel = JSONObject()
        for (key, value) in model {
            _ = newModel.append(key, key == "merges" ? .array(pairs) : value)
        }
        var result = JSONObject()
        for (key, value) in document {
            _ = result.append(key, key == "model" ? .object(newModel) : value)
        }
        return result
    }
}
