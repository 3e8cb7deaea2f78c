import TestSupport
import Testing
import Tokenization
import Training

@testable import fusebox

/// Rows become the tokens that the model sees when it is served.
@Suite struct TrainingRowsTests {
    private let folder: TemporaryFolder
    private let tokenizer: Tokenizer

    init() throws {
        folder = try TemporaryFolder()
        tokenizer = try Tokenizer(path: BuiltProgram.root + "/Demo/base")
    }

    private func examples(
        _ text: String, learnsPrompts: Bool = false, isPlain: Bool = false
    ) throws -> [TrainingExample] {
        let path = try folder.write(Array(text.utf8), to: "rows.jsonl")
        return try TrainingRows(
            path: path, tokenizer: tokenizer, contextLength: 1024, learnsPrompts: learnsPrompts,
            isPlain: isPlain, adapters: ["tone", "domain"]
        ).examples()
    }

    private let row = #"{"prompt": "Say one.", "answer": "One."}"#

    @Test func anAnswerFollowsThePromptAsServed() throws {
        let prompt = try tokenizer.encode(
            chat: [ChatTurn(role: "user", content: "Say one.")], addGenerationPrompt: true)
        let answer = try tokenizer.encode("One.", addSpecialTokens: false)
        let example = try #require(try examples(row).first)
        #expect(example.firstLearned == prompt.count)
        #expect(Array(example.tokens[..<prompt.count]) == prompt)
        #expect(Array(example.tokens[prompt.count...].dropLast()) == answer)
        #expect(example.tokens.last.map(tokenizer.endOfTextIDs.contains) == true)
        let whole = try #require(try examples(row, learnsPrompts: true).first)
        #expect(whole.tokens == example.tokens && whole.firstLearned == 1)
    }

    @Test func otherAdaptersAreOnWhereARowSaysSo() throws {
        let rows = [#"["domain", "tone"]"#, #"["domain"]"#, "[]", "null"].map {
            #"{"prompt": "Say one.", "answer": "One.", "beside": \#($0)}"#
        }
        let examples = try examples(rows.joined(separator: "\n"))
        #expect(examples.map(\.beside) == [[0, 1], [1], [], []])
        #expect(Set(examples.map(\.tokens)).count == 1)
        for wrong in [#"["other"]"#, #""tone""#, "[1]"] {
            #expect(throws: CommandError.self) {
                try self.examples(#"{"prompt": "a", "answer": "b", "beside": \#(wrong)}"#)
            }
        }
    }

    @Test func formsOfOneRow() throws {
        let messages =
            #"{"messages": [{"role": "user", "content": "Say one."}, {"role": "assistant", "content": "One."}]}"#
        #expect(try examples(messages) == examples(row))
        #expect(try examples("\u{FEFF}\r\n\(row)\r\n\n\(row)") == examples("\(row)\n\(row)"))
        let plain = try #require(try examples(row, isPlain: true).first)
        let prompt = try tokenizer.encode("Say one.", addSpecialTokens: true)
        #expect(plain.firstLearned == prompt.count && plain.tokens.starts(with: prompt))
        let text = try #require(try examples(#"{"text": "Once."}"#).first)
        let all = try tokenizer.encode("Once.", addSpecialTokens: true)
        #expect(text.firstLearned == 1 && Array(text.tokens.dropLast()) == all)
    }

    @Test func markersInRowsStayText() throws {
        let end = try #require(tokenizer.endOfTextIDs.min())
        let marker = tokenizer.decode([end], skipSpecial: false)
        func ends(_ word: String) throws -> Int {
            let rows = #"{"prompt": "a \#(word) b", "answer": "c \#(word) d"}"#
            return try #require(try examples(rows).first).tokens.count { $0 == end }
        }
        #expect(try ends(marker) == ends("word"))
    }
}
