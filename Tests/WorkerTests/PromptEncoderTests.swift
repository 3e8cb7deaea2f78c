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
}
