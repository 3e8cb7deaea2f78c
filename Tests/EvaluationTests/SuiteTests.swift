import Adapters
import Foundation
import Merging
import Tensors
import TestSupport
import Testing

@testable import Evaluation

@Suite struct SuiteTests {
    private let files: SuiteFolder

    init() throws {
        files = try SuiteFolder()
    }

    @Test func aSuiteIsRead() throws {
        _ = try files.write(
            more: #","max_tokens":7,"form":"raw","sampling":{"temperature":1,"seed":3}"#)
        let suite = try files.suite()
        #expect(suite.configurations.map(\.name) == ["base", "a", "b", "sum", "oracle"])
        #expect(suite.reference == "base")
        #expect(suite.adapters.map(\.path) == ["a", "b"].map { files.folder.path("shelf/\($0)") })
        let task = try #require(suite.tasks.first)
        #expect(task.maxTokens == 7 && task.style == .raw && task.sampling.seed == 3)
        #expect(task.rows.map(\.adapters) == [["a"], ["b"], ["a", "b"]])
        #expect(task.data.lines == [1, 2, 4])
        #expect(try files.suite(limit: 2).tasks[0].rows.count == 2)
    }

    /// A merge is made once for all rows that name the same adapters; one adapter stays as it is.
    @Test func aMergeIsMadeOfWhatRowsName() throws {
        let merge = #""merge":{"method":"ties","density":0.5}"#
        _ = try files.write(
            configurations: """
                [{"name":"c","use":"oracle",\(merge)},{"name":"d","use":{"b":1,"a":1},\(merge)},
                 {"name":"e","use":"oracle","weighting":"mean",\(merge)}]
                """)
        let merges = try files.suite().merges
        #expect(merges.map(\.weights) == [["a": 1, "b": 1], ["a": 0.5, "b": 0.5]])
        #expect(merges.allSatisfy { $0.settings.method == .ties && $0.settings.density == 0.5 })
    }

    /// What is wrong, and a word that the message has to have.
    @Test(arguments: [
        (
            #"[{"name":"t","data":"rows.jsonl","metric":["exact_match"]}]"#,
            "did you mean \"metrics\""
        ),
        (
            #"[{"name":"t","data":"rows.jsonl","metrics":["exact_mach"]}]"#,
            "did you mean exact_match"
        ),
        (#"[{"name":"t","data":"rows.jsonl","metrics":[]}]"#, "metrics"),
        (#"[{"name":"t","data":"rows.jsonl","metrics":["bleu","bleu"]}]"#, "two of one name"),
        (#"[{"name":"t","data":"none.jsonl","metrics":["bleu"]}]"#, "none.jsonl"),
        (#"[{"name":"t","data":"rows.jsonl","metrics":["contains"]}]"#, "rows.jsonl:1"),
        (#"[{"name":"t","data":"rows.jsonl","metrics":["bleu"],"max_tokens":0}]"#, "max_tokens"),
        (
            #"[{"name":"t","data":"rows.jsonl","metrics":[{"kind":"pattern","pattern":"("}]}]"#,
            "group"
        ),
        (
            #"[{"name":"t","data":"rows.jsonl","metrics":[{"kind":"attribute","lexicon":"l"}]}]"#,
            "l:"
        ),
        (#"[]"#, "tasks"), (#"{}"#, "tasks"), ("[1]", "task 1"),
        (
            #"[{"name":"t","data":"rows.jsonl","metrics":["bleu"]},{"name":"t","data":"rows.jsonl","metrics":["bleu"]}]"#,
            "two called"
        ),
    ])
    func badTasksAreRefused(tasks: String, word: String) throws {
        _ = try files.write(tasks: tasks)
        try expectRefusal(word)
    }

    @Test(arguments: [
        (#"[{"name":"c","use":{"c":1}}]"#, "no adapter is called"),
        (#"[{"name":"c","use":{"a":65}}]"#, "weight"),
        (#"[{"name":"c","use":"orakel"}]"#, "orakel"),
        (#"[{"name":"c"}]"#, "use"), (#"[{"use":"oracle"}]"#, "name"),
        (#"[{"name":"c","use":"router"}]"#, "router"),
        (#"[{"use":"base","gain":2}]"#, "no meaning"),
        (#"[{"name":"c","use":"oracle","weighting":"paper"}]"#, "paper"),
        (#"[{"name":"c","use":"oracle","nucleus":0.5}]"#, "no meaning"),
        (#"[{"name":"c","use":{"a":1},"coefficients":"t"}]"#, "tables"),
        (#"[{"use":"base","tasks":["u"]}]"#, "none of that name"),
        (#"[{"use":"base","against":["u"]}]"#, "no configuration is called"),
        (#"[{"name":"c","use":"oracle","only":0}]"#, "only"),
        (#"[{"name":"c","use":"oracle","only":[1,1]}]"#, "only"),
        (#"[{"use":"base"},{"use":"base"}]"#, "two called"), ("[]", "configurations"),
        (#"[{"name":"c","use":"oracle","merge":{"method":"tise"}}]"#, "known are cat, linear"),
        (#"[{"name":"c","use":"oracle","merge":{"method":"ties"}}]"#, "needs a density"),
        (#"[{"name":"c","use":"oracle","merge":{"density":1}}]"#, "method"),
        (#"[{"name":"c","use":"oracle","merge":{"method":"cat","ranks":3}}]"#, "mean \"rank\""),
        (#"[{"use":"base","merge":{"method":"cat"}}]"#, "no meaning"),
    ])
    func badConfigurationsAreRefused(configurations: String, word: String) throws {
        _ = try files.write(configurations: configurations)
        try expectRefusal(word)
    }

    @Test(arguments: [
        ("", "has no rows"), ("\n \n", "has no rows"), ("{\"prompt\":\"p\"", ":1: JSON"),
        ("{\"answer\":\"a\"}", "neither"), ("[1]", "no JSON object"),
        ("{\"prompt\":\"\"}", "empty"),
        ("{\"prompt\":\"p\",\"example\":true}", "still the example"),
        ("{\"messages\":[{\"role\":\"assistant\",\"content\":\"c\"}]}", "not the user's"),
        ("{\"prompt\":\"p\",\"answers\":[]}", "answers"),
        (
            "{\"prompt\":\"p\",\"answer\":\"\(String(repeating: "a", count: 70_000))\"}",
            "70000 bytes"
        ),
        ("{\"prompt\":\"p\",\"answer\":\"a\",\"adapters\":[\"c\"]}", "no adapter is called \"c\""),
        ("{\"prompt\":\"p\",\"answer\":\"a\"}", "has no \"adapters\""),
    ])
    func badRowsAreRefusedWithTheirLine(rows: String, word: String) throws {
        try files.folder.write(rows, to: "rows.jsonl")
        _ = try files.write()
        try expectRefusal(word)
    }

    private func expectRefusal(_ word: String) throws {
        let error = try #require(throws: EvaluationError.self) { try files.suite() }
        #expect(error.message.contains(word), "\(error)")
        #expect(error.message.contains(files.folder.path), "\(error)")
    }

    @Test func labelsOfATaskStandInForThoseOfItsRows() throws {
        try files.folder.write(#"{"prompt":"p","answer":"a"}"#, to: "rows.jsonl")
        _ = try files.write(
            tasks: #"[{"name":"t","data":"rows.jsonl","metrics":["bleu"],"adapters":["b"]}]"#)
        #expect(try files.suite().tasks[0].rows[0].adapters == ["b"])
    }

    @Test func damagedFilesAreRefusedOrRead() throws {
        _ = try files.write()
        let suite = try files.folder.read("suite.json")
        let rows = Array(SuiteFolder.rows.utf8)
        var random = SeededGenerator(seed: 11)
        for _ in 0..<1000 {
            if let json = try? JSONValue(parsing: Mutation.of(suite, using: &random)) {
                _ = try? Suite(
                    json, folder: files.folder.path, limit: nil, digest: Digest(of: suite))
            }
            let damaged = Mutation.of(rows, using: &random)
            do {
                let text = try TextLines(bytes: damaged, path: "p", limit: 1 << 20)
                #expect(try !EvaluationData(text, limit: nil).rows.isEmpty)
            } catch {
                #expect("\(error)".hasPrefix("p:"))
            }
        }
    }
}
