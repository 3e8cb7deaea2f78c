import TestSupport
import Testing

@testable import Tokenization

@Suite struct EncodingLimitsTests {
    /// Quadratic work would take hours here.
    @Test(.timeLimit(.minutes(10)), arguments: ["gpt2", "llama3", "llama2"])
    func aMegabyteOfOneKindTakesNoQuadraticTime(_ style: String) throws {
        let tokenizer = try Goldens.tokenizer(style)
        let count = 1 << 20
        for pattern in ["a", "7", " ", " \n", "'", "🤖", "e\u{301}", "\u{300}", "the "] {
            let text = String(repeating: pattern, count: count / pattern.utf8.count)
            let ids = try tokenizer.encode(text, addSpecialTokens: false)
            #expect(!ids.isEmpty)
            #expect(ids.count <= text.utf8.count + 1)
        }
    }

    @Test(arguments: ["gpt2", "llama3", "demo", "smollm"])
    func randomBytesComeBackAsTheyWere(_ style: String) throws {
        let tokenizer = try Goldens.tokenizer(style)
        var random = SeededGenerator(seed: 31)
        for _ in 0..<300 {
            let bytes = (0..<Int.random(in: 0...200, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            let text = String(decoding: bytes, as: UTF8.self)
            let ids = try tokenizer.encode(text, addSpecialTokens: false)
            #expect(Array(tokenizer.decode(ids, skipSpecial: false).utf8) == Array(text.utf8))
        }
    }

    @Test(arguments: Goldens.styles) func randomScalarsNeverTrap(_ style: String) throws {
        let tokenizer = try Goldens.tokenizer(style)
        var random = SeededGenerator(seed: 41)
        for _ in 0..<300 {
            var scalars = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...100, using: &random) {
                if let scalar = Unicode.Scalar(UInt32.random(in: 0...0x10_FFFF, using: &random)) {
                    scalars.append(scalar)
                }
            }
            let ids = try tokenizer.encode(
                String(scalars), addSpecialTokens: true, allowSpecial: true)
            #expect(ids.allSatisfy { $0 >= 0 && $0 < Int32(tokenizer.vocabularySize) })
        }
    }

    @Test func textsThatAreTooLongAreRefused() throws {
        let tokenizer = try Goldens.tokenizer("demo")
        let text = String(repeating: "x", count: Tokenizer.maximumTextByteCount + 1)
        let error = #expect(throws: TokenizationError.self) {
            try tokenizer.encode(text, addSpecialTokens: false)
        }
        #expect(error?.code == .limitExceeded)
    }
}
