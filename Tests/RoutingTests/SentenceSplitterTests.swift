import TestSupport
import Testing

@testable import Routing

@Suite("Sentences")
struct SentenceSplitterTests {
    @Test(
        "Sentences end where they should",
        arguments: [
            ["One. ", "Two! ", "Three? ", "Four"],
            ["Dr. Smith met Mrs. Jones. ", "They talked."],
            ["Use fruit, e.g. apples, i.e. round ones. ", "Then stop."],
            ["J. R. R. Tolkien wrote it. ", "Read it."],
            ["The U.S. Army moved. ", "It was late."],
            ["It costs 3.14 or 1,000.50 dollars. ", "Version 2.0.1 is out."],
            ["What is 7 times 8? ", "Tell me."],
            ["Wait... no. ", "I mean yes... ", "Then go."],
            ["Well… maybe. ", "Sure… ", "Go."],
            ["He said \"Stop!\" and left. ", "She said \"Go.\" ", "Then quiet."],
            ["(He left.) ", "[She stayed.] ", "“Fine.” ", "Good."],
            ["\"Really?\" he asked. ", "\"Yes!\""],
            ["See https://example.com/a.b?c=d. ", "Write to a.b@example.org. ", "Done."],
            ["Run `a. B. c` now. ", "Then `x`."],
            ["Compare, cf. Fig. 3 and No. 5. ", "The answer is no. ", "Why?"],
            ["Meet at 5 p.m. in Oslo. ", "Leave at 6 a.m. ", "Sleep."],
            ["apples, pears, etc. are fruit. ", "Cars, ships, etc. ", "Those move."],
            ["今日は。", "元気ですか？", "「はい。」", "どうも"],
            ["这是3.5元。", "好！", "Good. ", "行"],
            ["यह है। ", "वह है।"],
            ["Yes!! ", "No?! ", "Hm."],
            ["what time is it? ", "how do i get there"],
            ["i went home. ", "then i slept."],
            ["**Bold.** ", "Next."],
            ["Acme Inc. makes it. ", "Acme Inc. ", "Then more."],
            ["Lee et al. [2019] measured it. ", "Cars etc. (see above) move."],
            ["Choose option B. ", "Smith chose C. ", "Then D. E. Lee came."],
            ["You and I. ", "We agree. ", "He and J. Smith do not."],
            ["I live on Main St. ", "The house is on St. Mary's hill."],
            ["Er kam am 3. Mai. ", "Der 2. Platz war frei. ", "Es waren 5. ", "Gut."],
            ["Das ist z. B. ein Apfel, d. h. Obst. ", "Gut."],
            ["Translate \"Go home. Sleep well.\" into French. ", "Now."],
            ["« Oui. » ", "Puis il partit. ", "»Geh.« ", "Er ging. ", "„Gut.“ ", "Ja."],
            ["今日は！？", "「はい。」と言った。", "他说：“好。”", "我说。"],
            ["Great! 😀 ", "See you. 🙏🏽 ", "bye"],
            ["Well . . . perhaps. ", "Bonjour ! ", "Vraiment ?"],
            ["I bought a fig. ", "Count it. ", "See Fig. B here."],
        ])
    func ends(sentences: [String]) {
        #expect(SentenceSplitter.split(sentences.joined()).map(String.init) == sentences)
    }

    @Test(
        "Lines, lists and code",
        arguments: [
            ["A heading\n", "A line\n\n", "Another"],
            ["It goes on\nover a line's end. ", "Here not.\n", "here either"],
            ["Items:\n", "1. First\n", "2. Second. ", "More\n", "- Third\n", "* Fourth"],
            ["1. Open it. ", "2. Close it."],
            ["Do this: 1. Open it. ", "2. Take 2 of 3. ", "3. Close it."],
            ["1. wash it ", "2. dry it ", "3. fold it"],
            ["(1) Wash it. ", "(2) Multiply 3 by 2. ", "(3) Dry it in 5 secs. ", "(4) Fold it."],
            ["Please 1. read it, 2. sum it up, and 3. send it. ", "Thanks."],
            ["Name: a) a river. ", "b) a lake. ", "Which: a) Mars b) Venus"],
            ["Q1. What is it? ", "II. Methods. ", "1.2. Results"],
            ["a. One\r\n", "B. Two\r\n\r\n", "C"],
            ["Look:\n", "```swift\nlet a = 1. \n\nPrint. It\n```\n", "Done. ", "Yes"],
            ["~~~\nOne. Two.\n~~~\n", "three"],
            ["Code:\n", "```\nnot closed. Never\n\nends"],
            ["An unclosed `tick. Stays\n", "Here. ", "Over"],
        ])
    func lines(sentences: [String]) {
        #expect(SentenceSplitter.split(sentences.joined()).map(String.init) == sentences)
    }

    @Test("Trimmed sentences leave out what has nothing visible")
    func trimmed() {
        #expect(SentenceSplitter.sentences(of: "  One.  \n\n Two. \u{3000}") == ["One.", "Two."])
        #expect(SentenceSplitter.sentences(of: " \n ") == [])
        #expect(SentenceSplitter.split("") == [])
        #expect(SentenceSplitter.split(" \n ") == [" \n "])
    }

    @Test("Pieces of any text cover it, and a stream in any cuts finds the same", arguments: 0..<40)
    func coverage(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        for _ in 0..<150 {
            let text = Self.text(using: &random)
            let pieces = SentenceSplitter.split(text)
            #expect(pieces.joined().unicodeScalars.elementsEqual(text.unicodeScalars))
            #expect(pieces.allSatisfy { !$0.isEmpty })
            #expect(
                Self.streamed(text, using: &random).elementsEqual(pieces.map(String.init)) {
                    $0.utf8.elementsEqual($1.utf8)
                })
        }
    }

    /// Quadratic work would take hours here.
    @Test("Time grows with the text, not with its square", .timeLimit(.minutes(10)))
    func linear() {
        for unit in ["a", "a. ", "`", "...", "(\"", "a.b.", "\n", "```\n", "B. The ", "1. ", "« "] {
            let text = String(repeating: unit, count: 500_000)
            #expect(!SentenceSplitter.split(text).isEmpty, "\(unit)")
        }
    }

    /// Pieces that matter to the rules, thrown together.
    private static func text(using random: inout SeededGenerator) -> String {
        let parts = [
            ".", "..", "!", "?", "…", "。", "\"", "”", ")", "(", "`", "```", "~~~", "\n", "\r\n",
            "\r", " ", "  ", "\t",
            "a", "B", "Mr", "e.g", "3", "14", "word", "The", "U.S", "http://x.y/z", "é", "😀", "👩‍👩‍👧",
            "\u{301}", "\u{0}",
            "今", "」", "-", "*", "1.", "\u{2028}", "\u{200B}", "i", "1)", "2.", "(2)", "«", "»", "「",
            "“",
            "„", "z.", "B.", "Mai", "am", "et al.", "St.", "Fig.", ":", "to",
        ]
        var text = ""
        for _ in 0..<Int.random(in: 0...60, using: &random) {
            if Int.random(in: 0..<12, using: &random) == 0,
                let scalar = Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &random))
            {
                text.unicodeScalars.append(scalar)
            } else {
                text += parts.randomElement(using: &random) ?? ""
            }
        }
        return text
    }

    private static func streamed(_ text: String, using random: inout SeededGenerator) -> [String] {
        var splitter = StreamingSentenceSplitter()
        var sentences: [String] = []
        var scalars = text.unicodeScalars[...]
        while !scalars.isEmpty {
            let piece = scalars.prefix(Int.random(in: 1...5, using: &random))
            sentences += splitter.push(String(piece))
            scalars = scalars.dropFirst(piece.count)
        }
        return sentences + splitter.finish()
    }

    @Test("A stream knows of an end when the next visible character arrives")
    func streaming() {
        var splitter = StreamingSentenceSplitter()
        #expect(splitter.push("It is 3") == [])
        #expect(splitter.push(".") == [])
        #expect(splitter.push("14. ") == [])
        #expect(splitter.push("N") == ["It is 3.14. "])
        #expect(splitter.unfinished == "N")
        #expect(splitter.push("ext") == [])
        #expect(splitter.finish() == ["Next"])
        #expect(splitter.finish() == [])
    }

    @Test("Where a stop is in doubt a stream knows when the next word has arrived")
    func doubt() {
        var splitter = StreamingSentenceSplitter()
        #expect(splitter.push("He lives in the U.S. The") == [])
        #expect(splitter.push(" ") == ["He lives in the U.S. "])
        #expect(splitter.push("house is in the U.S. The") == [])
        #expect(splitter.finish() == ["The house is in the U.S. ", "The"])
        #expect(splitter.push("The U.S. Armybarracksandmore") == [])
        #expect(splitter.finish() == ["The U.S. Armybarracksandmore"])
    }
}
