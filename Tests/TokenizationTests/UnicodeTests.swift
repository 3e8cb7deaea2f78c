import Testing

@testable import Tokenization

@Suite struct UnicodeTests {
    @Test func classesAreThoseOfTheTokenizersPackage() {
        let classes = CharacterClass.lookup
        var counts: [CharacterClass: Int] = [:]
        for value in UInt32(0)..<0x11_0000 { counts[classes[value], default: 0] += 1 }
        // Counted with the package's regular expressions over all code points.
        #expect(counts[.letter] == 141_028)
        #expect(counts[.number] == 1911)
        #expect(counts[.space] == 25)
        #expect(classes[0x17F] == .letter)
        #expect(classes[0x661] == .number)
        #expect(classes[0x200B] == .other)
    }

    @Test func compositionKeepsWhatTheStandardSays() {
        func composed(_ text: String) -> [UInt32] {
            String(decoding: CanonicalComposition.compose(Array(text.utf8)), as: UTF8.self)
                .unicodeScalars.map(\.value)
        }
        #expect(composed("e\u{301}") == [0xE9])
        #expect(composed("q\u{307}\u{323}") == [0x71, 0x323, 0x307])
        #expect(composed("\u{1100}\u{1161}\u{11A8}") == [0xAC01])
        #expect(composed("\u{AC00}\u{11A8}") == [0xAC01])
        #expect(composed("\u{F900}") == [0x8C48])
        #expect(composed("\u{212B}") == [0xC5])
        #expect(composed("\u{958}") == [0x915, 0x93C])
        #expect(composed("") == [])
        // Swift compares strings by canonical equivalence.
        var lines = VariedLines(seed: 17)
        for _ in 0..<500 {
            let line = lines.next()
            let result = String(
                decoding: CanonicalComposition.compose(Array(line.utf8)), as: UTF8.self)
            #expect(result == line)
        }
    }

    @Test func theByteAlphabetIsABijection() {
        var seen: Set<UInt8> = []
        for value in UInt32(0)..<0x200 {
            guard let scalar = Unicode.Scalar(value), let byte = ByteAlphabet.byte(of: scalar)
            else { continue }
            #expect(seen.insert(byte).inserted)
        }
        #expect(seen.count == 256)
        #expect(ByteAlphabet.bytes(of: "Ġa") == [0x20, 0x61])
        #expect(ByteAlphabet.bytes(of: "a b") == nil)
    }
}
