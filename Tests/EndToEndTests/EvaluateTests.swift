import Foundation
import Tensors
import TestSupport
import Testing

/// `fusebox evaluate` on the demo: figures that are known, and runs that go on.
@Suite(.serialized) struct EvaluateTests {
    private let folder: TemporaryFolder

    /// Two skills and what each is asked; the adapters know their answers, the base does not.
    private static let rows = """
        {"prompt":"What comes after 41?","answer":"42","choices":["42","14"],"adapters":["next_number"]}
        {"prompt":"Is 12 even or odd?","answer":"even","choices":["odd","even"],"adapters":["even_or_odd"]}
        {"prompt":"Is 7 even or odd?","answer":"odd","choices":["odd","even"],"adapters":["even_or_odd"]}
        """

    init() throws {
        folder = try TemporaryFolder()
        let root = BuiltProgram.root
        try folder.write(Self.rows, to: "rows.jsonl")
        try folder.write(
            """
            {"suite":"Numbers","model":"\(root)/Demo/base","type":"nf4","router":"\(root)/Router","max_tokens":8,
             "adapters":{"next_number":"\(root)/Demo/adapters/next_number","even_or_odd":"\(root)/Demo/adapters/even_or_odd"},
             "bootstrap":{"resamples":200},
             "configurations":[{"use":"base"},{"use":"each"},{"name":"right","use":"oracle"},
              {"name":"routed","use":"router","weighting":"top1"},{"name":"rerouted","use":"router","kv":"recompute"},
              {"name":"both","use":{"next_number":1,"even_or_odd":1}},
              {"name":"one of both","use":{"next_number":1,"even_or_odd":1},"merge":{"method":"cat"}},
              {"name":"less","use":{"next_number":1,"even_or_odd":1},"merge":{"method":"ties_svd","density":0.2,"rank":1}}],
             "tasks":[{"name":"asked","data":"rows.jsonl","metrics":["exact_match","bleu","reply_perplexity"]},
              {"name":"chosen","data":"rows.jsonl","metrics":["choice","answer_perplexity"]}]}
            """, to: "suite.json")
    }

    private func evaluate(_ more: String...) throws -> BuiltProgram.Outcome {
        try BuiltProgram.run(
            ["evaluate", "--suite", "suite.json", "--output", "out"] + more, in: folder.path)
    }

    private func journalLines() throws -> Int {
        try folder.read("out/journal.jsonl").count { $0 == UInt8(ascii: "\n") }
    }

    @Test func figuresAreThoseOfTheDemo() throws {
        let run = try evaluate("--json")
        #expect(run.status == 0, "\(run.error)")
        let json = try JSONValue(parsing: run.output)
        let tasks = try #require(json["tasks"]?.array)
        for (task, metric) in [(0, 0), (1, 0)] {
            let figures = try #require(
                tasks[task]["metrics"]?.array?[metric]["figures"])
            #expect(figures["right"]?["value"]?.double == 100, "\(figures)")
            #expect(figures["routed"]?["value"]?.double == 100, "\(figures)")
        }
        let asked = tasks[0]["metrics"]?.array?[0]["figures"]
        #expect(asked?["base"]?["value"]?.double == 0)
        #expect((asked?["even_or_odd"]?["value"]?.double ?? 0) > 60)
        #expect(tasks[0]["right_choices"]?["routed"]?.double == 1)
        let answers = tasks[1]["metrics"]?.array?[1]["figures"]
        let right = try #require(answers?["right"]?["value"]?.double)
        #expect(try right < #require(answers?["base"]?["value"]?.double))
        // The exact sum is the mix; what is pruned to a rank is not.
        let both = try #require(answers?["both"]?["value"]?.double)
        let one = try #require(answers?["one of both"]?["value"]?.double)
        let less = try #require(answers?["less"]?["value"]?.double)
        #expect(abs(one / both - 1) < 0.01 && abs(less / both - 1) > 0.05, "\(both) \(one) \(less)")
        let merges = try FileManager.default.contentsOfDirectory(atPath: folder.path("out/merges"))
        #expect(merges.count == 2)
        let page = String(decoding: try folder.read("out/report.html"), as: UTF8.self)
        #expect(page.contains("Numbers") && page.contains("</html>"))
        #expect(!(try folder.read("out/report.md")).isEmpty)
    }

    @Test func aSecondRunFindsEverything() throws {
        #expect(try evaluate().status == 0)
        let lines = try journalLines()
        let results = try folder.read("out/results.json")
        let run = try evaluate()
        #expect(run.status == 0 && run.output.hasPrefix("Use “"), "\(run.output)")
        #expect(try journalLines() == lines)
        #expect(try folder.read("out/results.json") == results)
    }

    /// The limit on file sizes ends the writing as a full disk does; with room the run goes on and comes to the same.
    @Test func aFullDiskLosesNothing() throws {
        #expect(try evaluate().status == 0)
        let results = try folder.read("out/results.json")
        let whole = try journalLines()
        try folder.remove("out/journal.jsonl")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = [
            "-c", "ulimit -f 2; exec \"$0\" \"$@\"", BuiltProgram.url.path, "evaluate",
            "--suite", "suite.json", "--output", "out",
        ]
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        let pipe = Pipe()
        process.standardError = pipe
        try process.run()
        let error = String(
            decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 1)
        #expect(error.contains("run the same command again to go on"), "\(error)")
        let kept = try journalLines()
        #expect((2..<whole).contains(kept))
        #expect(try evaluate().status == 0)
        #expect(try journalLines() == whole)
        #expect(try folder.read("out/results.json") == results)
    }

    @Test func aSuiteIsWrittenForAShelf() throws {
        let run = try BuiltProgram.run(
            [
                "evaluate", "--init", "--adapters", BuiltProgram.root + "/Demo/real/shelf",
                "--output", "mine",
            ], in: folder.path)
        #expect(run.status == 0 && run.output.contains("mine/suite.json"), "\(run.error)")
        #expect(FileManager.default.fileExists(atPath: folder.path("mine/data/pirate.jsonl")))
        let again = try BuiltProgram.run(
            [
                "evaluate", "--init", "--adapters", BuiltProgram.root + "/Demo/real/shelf",
                "--output", "mine",
            ], in: folder.path)
        #expect(again.status == 1 && again.error.contains("is there already"), "\(again.error)")
    }
}
