import Foundation
import Tensors
import TestSupport
import Testing

@testable import Evaluation

@Suite struct JournalTests {
    private let folder: TemporaryFolder
    private let keys = (0..<4).map { Digest(of: [UInt8($0)]) }

    init() throws {
        folder = try TemporaryFolder()
    }

    private func fill() throws {
        let journal = try Journal(path: folder.path("j"))
        try journal.keep(Reply(text: "two\nlines \"q\" é", ids: [1, -2, .max]), for: keys[0])
        try journal.keep(Likelihood(logProbability: -0.1 - 0.2, tokenCount: 3), for: keys[1])
    }

    @Test func whatWasKeptIsFoundAgain() throws {
        try fill()
        let journal = try Journal(path: folder.path("j"))
        #expect(journal.count == 2 && journal.damagedLineCount == 0)
        #expect(journal.reply(keys[0]) == Reply(text: "two\nlines \"q\" é", ids: [1, -2, .max]))
        #expect(journal.likelihood(keys[1])?.logProbability == -0.1 - 0.2)
        #expect(journal.reply(keys[1]) == nil && journal.likelihood(keys[0]) == nil)
    }

    /// Wherever a process dies, what it had finished writing is there, and the journal goes on.
    @Test func aJournalThatWasCutAnywhereGoesOn() throws {
        try fill()
        let whole = try folder.read("j")
        for length in 0..<whole.count {
            try folder.write(Array(whole[..<length]), to: "j")
            let journal = try Journal(path: folder.path("j"))
            #expect(journal.damagedLineCount == 0)
            #expect(journal.count == max(0, whole[..<length].count { $0 == 0x0A } - 1))
            try journal.keep(Likelihood(logProbability: -1, tokenCount: 1), for: keys[2])
        }
        #expect(try Journal(path: folder.path("j")).likelihood(keys[2]) != nil)
    }

    @Test func damagedLinesAreCountedAndLeftOut() throws {
        try fill()
        var text = String(decoding: try folder.read("j"), as: UTF8.self)
        text += "{\"key\":1}\nrubbish\n{\"key\":\"\(keys[3])\",\"logprob\":-1,\"tokens\":-1}\n"
        try folder.write(text, to: "j")
        let journal = try Journal(path: folder.path("j"))
        #expect(journal.damagedLineCount == 3 && journal.count == 2)
    }

    @Test func twoProcessesDoNotShareOne() throws {
        let first = try Journal(path: folder.path("j"))
        let error = try #require(throws: EvaluationError.self) {
            try Journal(path: folder.path("j"))
        }
        #expect(error.message.contains("another evaluation"))
        withExtendedLifetime(first) {}
    }

    @Test(arguments: [
        "x", "{\"a\":1}\n", "{\"format\":\"fusebox-evaluation-journal\",\"version\":2}\n",
    ])
    func otherFilesStayAsTheyAre(content: String) throws {
        try folder.write(content, to: "j")
        #expect(throws: EvaluationError.self) { try Journal(path: folder.path("j")) }
        #expect(try folder.read("j") == Array(content.utf8))
    }

    @Test func damagedJournalsAreRefusedOrRead() throws {
        try fill()
        let whole = try folder.read("j")
        var random = SeededGenerator(seed: 3)
        for _ in 0..<300 {
            try folder.write(Mutation.of(whole, using: &random), to: "j")
            guard let journal = try? Journal(path: folder.path("j")) else { continue }
            #expect(journal.count <= 4)
        }
    }
}
