import Testing

@testable import Routing

@Suite struct RoutedTextTests {
    @Test func shortTextsAreReadWhole() {
        let text = RoutedText(" One sentence. Another one!\nA line ")
        #expect(text.sentences == ["One sentence.", "Another one!", "A line"])
        #expect(text.unreadByteCount == 0)
        #expect(RoutedText("").sentences.isEmpty && RoutedText("").unreadByteCount == 0)
    }

    @Test func ofManySentencesTheEndsAreRead() {
        let sentences = (0..<500).map { "Sentence \($0)." }
        let text = RoutedText(sentences.joined(separator: " "))
        #expect(text.sentences == Array(sentences.prefix(64) + sentences.suffix(64)))
        let read = (sentences.prefix(64) + sentences.suffix(64)).reduce(0) { $0 + $1.utf8.count }
        let spaces = 64 + 63
        let all = sentences.reduce(0) { $0 + $1.utf8.count } + 499
        #expect(text.unreadByteCount == all - read - spaces)
    }

    @Test(arguments: ["é", "日", "😀", "e\u{301}"])
    func ofLongTextsTheEndsAreReadAndNoCharacterIsHalved(_ character: String) {
        for shift in 0..<4 {
            let middle = String(repeating: character, count: 100_000)
            let text = RoutedText(
                String(repeating: "x", count: shift) + "The beginning. " + middle + " The end.")
            #expect(text.sentences.first?.contains("The beginning.") == true)
            #expect(text.sentences.last?.contains("The end.") == true)
            #expect(!text.sentences.joined().contains("\u{FFFD}"))
            let read = text.sentences.reduce(0) { $0 + $1.utf8.count }
            #expect(read <= RoutedText.byteLimit + 8)
            #expect(
                text.unreadByteCount > 100_000 * character.utf8.count - RoutedText.byteLimit - 8)
        }
    }
}
