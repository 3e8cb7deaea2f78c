import Tensors
import TestSupport
import Testing

@testable import Tokenization

@Suite struct NormalizerTests {
    /// What `Tests/Goldens/make_starts.py` recorded.
    @Test func theStartOfATextIsThatOfTheTokenizersPackage() throws {
        let golden = try JSONValue(
            parsing: Goldens.bytes(GoldenFolder.path("starts/cases.json")))
        let cases = golden["cases"]?.array ?? []
        let texts = (golden["texts"]?.array ?? []).compactMap(\.string)
        #expect(cases.count > 40 && texts.count > 20)
        for entry in cases {
            let document = try #require(entry["tokenizer"])
            let tokenizer = try Tokenizer(
                TokenizerJSON(document).parts(), chat: .failure(ChatTemplate.missing("here")))
            let wanted = entry["ids"]?.array ?? []
            try #require(wanted.count == texts.count)
            for (text, ids) in zip(texts, wanted) {
                let found = try tokenizer.encode(
                    text, addSpecialTokens: false, allowSpecial: true)
                #expect(
                    found == Goldens.ids(ids),
                    "\(text.debugDescription) \(document["normalizer"]?.text ?? "")")
            }
        }
    }

    /// What `Tests/Goldens/make_normalizers.py` recorded.
    @Test func tenThousandLinesAndAllCharactersAreThoseOfTheTokenizersPackage() throws {
        let golden = try JSONValue(
            parsing: Goldens.bytes(GoldenFolder.path("normalizers/hashes.json")))
        let cases = golden.array ?? []
        #expect(cases.count == 6)
        for entry in cases {
            let document = try #require(entry["normalizer"])
            let normalizer = try Normalizer(JSONFields(document, "normalizer"))
            func add(_ text: String, to hash: inout WordHash) throws {
                let found = try normalizer.apply(to: Array(text.utf8), byteLimit: 1 << 20)
                for scalar in String(decoding: found.bytes, as: UTF8.self).unicodeScalars {
                    hash.add(Int32(bitPattern: scalar.value))
                }
                hash.add(-1)
            }
            var lines = VariedLines(seed: 2032)
            for (block, hash) in (entry["lines"]?.array ?? []).enumerated() {
                var found = WordHash()
                for _ in 0..<100 { try add(lines.next(), to: &found) }
                #expect(found.hexadecimal == hash.string, "block \(block) of \(document.text)")
            }
            var found = WordHash()
            for value in UInt32(0)..<0x11_0000 {
                guard let scalar = Unicode.Scalar(value) else { continue }
                try add(String(Character(scalar)), to: &found)
            }
            #expect(found.hexadecimal == entry["characters"]?.string, "\(document.text)")
        }
    }
}
