import Foundation
import TestSupport
import Testing

@testable import Routing

/// The splitter against texts whose sentences are marked by hand (`Goldens/routing/sentences.txt`).
@Suite("Marked sentences")
struct MarkedSentencesTests {
    /// A text and what it is an example of.
    struct Marked {
        let kind: String
        let sentences: [String]
    }

    static func texts() throws -> [Marked] {
        let path = GoldenFolder.path("routing/sentences.txt")
        var kind = ""
        var texts: [Marked] = []
        for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
            if line.hasPrefix("# ") {
                kind = String(line.dropFirst(2))
                continue
            }
            let text = line.replacing("⏎", with: "\n").replacing("\\r\\n", with: "\r\n")
            texts.append(Marked(kind: kind, sentences: text.split(separator: "¦").map(String.init)))
        }
        return texts
    }

    /// The places at which sentences begin, in scalars; the first is left out.
    private static func beginnings(_ sentences: [some StringProtocol]) -> Set<Int> {
        var place = 0
        return Set(
            sentences.dropLast().map { sentence in
                place += sentence.unicodeScalars.count
                return place
            })
    }

    @Test("At most one text in forty is cut otherwise, and the sentences' ends have an F1 of 0.98")
    func agreement() throws {
        let texts = try Self.texts()
        #expect(texts.count >= 300)
        var (found, missed, invented) = (0, 0, 0)
        var wrong: [String] = []
        for text in texts {
            let expected = Self.beginnings(text.sentences)
            let pieces = SentenceSplitter.split(text.sentences.joined())
            let actual = Self.beginnings(pieces)
            found += expected.intersection(actual).count
            missed += expected.subtracting(actual).count
            invented += actual.subtracting(expected).count
            if actual != expected { wrong.append("\(text.kind): \(pieces.joined(separator: "¦"))") }
        }
        let score = 2 * Double(found) / Double(2 * found + missed + invented)
        #expect(wrong.count <= texts.count / 40, "\(wrong.joined(separator: "\n"))")
        #expect(score >= 0.98)
    }

    @Test("A stream that comes scalar by scalar finds the same")
    func streamed() throws {
        for text in try Self.texts() {
            let whole = text.sentences.joined()
            var splitter = StreamingSentenceSplitter()
            var sentences = whole.unicodeScalars.flatMap { splitter.push(String($0)) }
            sentences += splitter.finish()
            #expect(sentences == SentenceSplitter.split(whole).map(String.init))
        }
    }
}
