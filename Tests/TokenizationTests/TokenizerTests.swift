import Tensors
import Testing

@testable import Tokenization

@Suite struct TokenizerTests {
    @Test(arguments: Goldens.styles) func tenThousandLinesHaveTheIDsOfTheTokenizersPackage(
        _ style: String
    ) throws {
        let tokenizer = try Goldens.tokenizer(style)
        let wanted = try Goldens.document("lines.json")[style]?.array?.compactMap(\.string) ?? []
        #expect(wanted.count == 100)
        var lines = VariedLines(seed: 2026)
        for (block, hash) in wanted.enumerated() {
            var found = WordHash()
            for _ in 0..<100 {
                for id in try tokenizer.encode(
                    lines.next(), addSpecialTokens: false, allowSpecial: true)
                {
                    found.add(id)
                }
                found.add(-1)
            }
            #expect(found.hexadecimal == hash, "block \(block) of \(style)")
        }
    }

    @Test(arguments: Goldens.styles) func textsWithSpecialTokensEncodeAlike(_ style: String) throws
    {
        let tokenizer = try Goldens.tokenizer(style)
        let cases = try Goldens.document("\(style)/cases.json")["cases"]?.array ?? []
        #expect(cases.count > 100)
        for entry in cases {
            let text = try #require(entry["text"]?.string)
            let ids = try tokenizer.encode(
                text, addSpecialTokens: entry["add"]?.bool == true,
                allowSpecial: entry["allow"]?.bool == true)
            #expect(
                ids == Goldens.ids(entry["ids"]),
                "\(style): \(text.debugDescription) \(entry["allow"] as Any)")
        }
    }

    @Test(arguments: Goldens.styles) func idsDecodeAlikeAtOnceAndOneByOne(_ style: String) throws {
        let tokenizer = try Goldens.tokenizer(style)
        let cases = try Goldens.document("\(style)/cases.json")["decodings"]?.array ?? []
        #expect(cases.count > 60)
        for entry in cases {
            let text = try #require(entry["text"]?.string)
            let ids = Goldens.ids(entry["ids"])
            let decoded = tokenizer.decode(ids, skipSpecial: entry["skip"]?.bool == true)
            #expect(Array(decoded.utf8) == Array(text.utf8), "\(style): \(ids)")
        }
    }
}
