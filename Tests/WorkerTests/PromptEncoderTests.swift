import TestSupport
import Testing
import Tokenization
import Wire

@testable import Worker

/// What becomes of a marker in each form of a prompt.
@Suite struct PromptEncoderTests {
    private let encoder: PromptEncoder
    private static let text = "<|endoftext|>hi"

    init() throws {
        encoder = PromptEncoder(tokenizer: try DemoWorker.model().tokenizer)
    }

    @Test func aMarkerIsATokenInRawTextAlone() throws {
        let raw = try encoder.encode(WirePrompt { $0.raw = Self.text })
        let plain = try encoder.encode(WirePrompt { $0.plain = Self.text })
        let chat = try encoder.encode(WirePrompt { $0.text = Self.text })
        let marker = try #require(raw.first)
        #expect(try encoder.encode(WirePrompt { $0.raw = "hi" }) == Array(raw.dropFirst()))
        #expect(!plain.contains(marker))
        #expect(encoder.tokenizer.decode(plain, skipSpecial: true) == Self.text)
        // The template has its own, and the user's words add none.
        let empty = try encoder.encode(WirePrompt { $0.text = "hi" })
        #expect(chat.count { $0 == marker } == empty.count { $0 == marker })
    }

    @Test func whatIsPutAroundATextCanBeLeftOut() throws {
        let encoder = PromptEncoder(
            tokenizer: try Tokenizer(path: GoldenFolder.path("tokenizers/llama2")))
        let begin = try #require(encoder.tokenizer.beginOfText)
        #expect(begin == "<s>" && encoder.tokenizer.endOfText == nil, "the files name no end")
        for prompt in [WirePrompt { $0.raw = "hi" }, WirePrompt { $0.plain = "hi" }] {
            let whole = try encoder.encode(prompt)
            let bare = try encoder.encode(prompt, addSpecialTokens: false)
            #expect(whole.count == bare.count + 1 && whole.dropFirst() == bare[...])
        }
        let marker = WirePrompt { $0.raw = begin }
        #expect(try encoder.encode(marker, addSpecialTokens: false) == [1])
    }
}
