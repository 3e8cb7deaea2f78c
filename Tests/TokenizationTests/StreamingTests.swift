import TestSupport
import Testing

@testable import Tokenization

@Suite struct StreamingTests {
    @Test(arguments: Goldens.styles) func randomIDsStreamToWhatTheyDecodeTo(_ style: String) throws
    {
        let tokenizer = try Goldens.tokenizer(style)
        var random = SeededGenerator(seed: 11)
        for _ in 0..<300 {
            let ids = (0..<Int.random(in: 1...60, using: &random)).map { _ in
                Int32.random(in: -2..<Int32(tokenizer.vocabularySize + 2), using: &random)
            }
            let skip = Bool.random(using: &random)
            var decoder = StreamingDecoder(tokenizer, skipSpecial: skip)
            var pieces = ids.map { decoder.push($0) }
            pieces.append(decoder.finish())
            #expect(pieces.joined() == tokenizer.decode(ids, skipSpecial: skip))
        }
    }

    @Test(arguments: Goldens.styles) func textComesInWholeCharacters(_ style: String) throws {
        let tokenizer = try Goldens.tokenizer(style)
        var lines = VariedLines(seed: 3)
        for _ in 0..<100 {
            let line = lines.next()
            let ids = try tokenizer.encode(line, addSpecialTokens: false)
            var decoder = StreamingDecoder(tokenizer)
            let hasUnknown = style == "metaspace"
            for id in ids {
                let piece = decoder.push(id)
                if !hasUnknown { #expect(!piece.unicodeScalars.contains("\u{FFFD}")) }
            }
            #expect(decoder.finish().isEmpty)
        }
    }

    @Test func aStateIsRebuiltByPushingTheIDsAgain() throws {
        let tokenizer = try Goldens.tokenizer("llama2")
        let ids = try tokenizer.encode("a 🤖 b 水曜日 c", addSpecialTokens: true)
        for cut in ids.indices {
            var original = StreamingDecoder(tokenizer)
            for id in ids[..<cut] { _ = original.push(id) }
            var rebuilt = StreamingDecoder(tokenizer)
            for id in ids[..<cut] { _ = rebuilt.push(id) }
            #expect(ids[cut...].map { original.push($0) } == ids[cut...].map { rebuilt.push($0) })
        }
    }

    @Test func byteTokensOfACharacterAreHeldBack() throws {
        let tokenizer = try Goldens.tokenizer("llama2")
        let ids = try tokenizer.encode("🤖", addSpecialTokens: false)
        var decoder = StreamingDecoder(tokenizer)
        #expect(ids.map { decoder.push($0) } == ["", "", "", "", "🤖"])
        #expect(
            tokenizer.decode(Array(ids.dropLast()), skipSpecial: true) == "\u{FFFD}\u{FFFD}\u{FFFD}"
        )
    }
}
