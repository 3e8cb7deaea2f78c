import Tensors
import TestSupport
import Testing

@testable import Evaluation

@Suite struct EvaluatorTests {
    private let files: SuiteFolder

    init() throws {
        files = try SuiteFolder()
        _ = try files.write()
    }

    private func values(_ result: EvaluationResult) -> [Double?] {
        result.tasks[0].primary.row.figures.map { $0.map { ($0.value * 3).rounded() / 100 } }
    }

    /// `base`, `a`, `b`, `sum` and `oracle` of three rows whose answers name their adapters.
    @Test func figuresAreOfTheRepliesThatWereMade() throws {
        let engine = FakeEngine()
        let result = try files.run(engine)
        #expect(values(result) == [0, 1, 1, 1, 3])
        #expect(result.tasks[0].primary.row.figures[4]?.difference == 100)
        // Three rows under four mixes; the oracle's are among them.
        #expect(engine.replyCount == 12)
        #expect(result.findings[0].kind == .recommendation)
        #expect(result.findings[0].text.hasPrefix("Use “oracle”: 100.0"))
    }

    /// The third row names both adapters, the others one: its first, its second, or a list of both places.
    @Test func placesAmongARowsAdapters() throws {
        _ = try files.write(
            configurations:
                #"[{"use":"base"},{"name":"one","use":"oracle","only":1},{"name":"two","use":"oracle","only":[2]},{"name":"both","use":"oracle","only":[1,2],"weighting":"mean"}]"#
        )
        let result = try files.run(FakeEngine())
        #expect(values(result) == [0, 2, 0, 3])
        for only in ["[]", "[0]", "[1,1]", "[\"a\"]"] {
            _ = try files.write(
                configurations: #"[{"name":"x","use":"oracle","only":\#(only)}]"#)
            #expect(throws: EvaluationError.self) { try files.suite() }
        }
    }

    /// Killed after any number of runs, the next process does only the rest, and the figures are the same.
    @Test func aRunGoesOnWhereItWasStopped() throws {
        _ = try files.write(
            tasks:
                #"[{"name":"t","data":"rows.jsonl","metrics":["exact_match","answer_perplexity","reply_perplexity"]}]"#
        )
        let whole = FakeEngine()
        let wanted = try files.run(whole, journal: "whole").json
        let count = whole.replyCount + whole.scoreCount
        for runs in 0..<count {
            let name = "journal-\(runs)"
            let first = FakeEngine(runs: runs)
            #expect(throws: EvaluationError.self) { try files.run(first, journal: name) }
            let second = FakeEngine()
            #expect(try files.run(second, journal: name).json == wanted)
            #expect(second.replyCount + second.scoreCount == count - runs)
            let third = FakeEngine()
            #expect(try files.run(third, journal: name).json == wanted)
            #expect(third.replyCount + third.scoreCount == 0)
        }
    }

    @Test func whatASuiteAsksForAnewIsRunAndNothingElse() throws {
        _ = try files.run(FakeEngine())
        _ = try files.write(configurations: #"[{"use":"each"},{"name":"less","use":{"a":0.5}}]"#)
        let engine = FakeEngine()
        _ = try files.run(engine)
        #expect(engine.replyCount == 3)
        _ = try files.write(more: #","max_tokens":5"#)
        let shorter = FakeEngine()
        _ = try files.run(shorter)
        #expect(shorter.replyCount == 12)
    }

    @Test func anotherModelStartsAnew() throws {
        _ = try files.run(FakeEngine())
        let other = FakeEngine(identity: "other")
        _ = try files.run(other)
        #expect(other.replyCount == 12)
    }

    @Test func whatTheContextCannotHoldIsRefusedBeforeAnythingRuns() throws {
        let long = String(repeating: "p", count: 120)
        for (row, metric, word) in [
            (
                #"{"prompt":"\#(long)","answer":"a","adapters":["a"]}"#, "exact_match",
                "max_tokens 64"
            ),
            (
                #"{"prompt":"p","answer":"\#(long)xxxxxxxxxx","adapters":["a"]}"#,
                "answer_perplexity",
                "the answer 130"
            ),
            (
                #"{"prompt":"p","answer":"a","choices":["a","\#(long)xxxxxxxxxx"],"adapters":["a"]}"#,
                "choice", "a choice 130"
            ),
        ] {
            try files.folder.write(SuiteFolder.rows + "\n" + row, to: "rows.jsonl")
            if metric == "choice" { try files.folder.write(row, to: "rows.jsonl") }
            _ = try files.write(
                tasks:
                    #"[{"name":"t","data":"rows.jsonl","metrics":["\#(metric)"],"max_tokens":\#(metric == "exact_match" ? 64 : 8)}]"#
            )
            let engine = FakeEngine()
            let error = try #require(throws: EvaluationError.self) { try files.run(engine) }
            #expect(error.message.contains(word), "\(error)")
            #expect(engine.replyCount + engine.scoreCount == 0)
        }
    }

    @Test func answersThatNoReplyCanBeAreToldOf() throws {
        _ = try files.write(
            tasks: #"[{"name":"t","data":"rows.jsonl","metrics":["exact_match"],"max_tokens":2}]"#)
        let evaluator = try Evaluator(
            files.suite(), chooser: FakeEngine.chooser, engine: FakeEngine(),
            journal: Journal(path: files.folder.path("j")))
        #expect(evaluator.warnings.count == 1)
        #expect(evaluator.warnings[0].contains("1 of 3 rows"))
    }

    @Test func choicesAreJudgedByTheirLikelihood() throws {
        try files.folder.write(
            #"{"prompt":"p","choices":["axx","bxx"],"answer":"bxx","adapters":["b"]}"#,
            to: "rows.jsonl")
        _ = try files.write(tasks: #"[{"name":"t","data":"rows.jsonl","metrics":["choice"]}]"#)
        let engine = FakeEngine()
        let figures = try files.run(engine).tasks[0].primary.row.figures.map { $0?.value }
        // The base and the sum find both alike, and take the first.
        #expect(figures == [0, 0, 100, 0, 100])
        #expect(engine.replyCount == 0)
    }

    @Test func perplexityOfRepliesIsTheBases() throws {
        _ = try files.write(
            tasks: #"[{"name":"t","data":"rows.jsonl","metrics":["reply_perplexity"]}]"#)
        let result = try files.run(FakeEngine())
        for figure in result.tasks[0].primary.row.figures {
            #expect(abs((figure?.value ?? 0) - 2.718281828459045) < 1e-12)
        }
        #expect(result.mean == nil)
    }

    @Test func progressCountsToItsEnd() throws {
        _ = try files.write(
            tasks:
                #"[{"name":"t","data":"rows.jsonl","metrics":["exact_match","reply_perplexity"]}]"#)
        var last: (done: Int, count: Int)?
        _ = try Evaluator(
            files.suite(), chooser: FakeEngine.chooser, engine: FakeEngine(),
            journal: Journal(path: files.folder.path("j"))
        ).run { progress in
            #expect(progress.done >= last?.done ?? 0 && progress.ownDone <= progress.ownCount)
            last = (progress.done, progress.count)
        }
        #expect(last?.done == 24 && last?.count == 24)
    }
}
