import Tensors
import TestSupport

@testable import Evaluation

/// A suite with its rows in a folder of its own.
struct SuiteFolder {
    let folder: TemporaryFolder

    static let configurations =
        #"[{"use":"base"},{"use":"each"},{"name":"sum","use":{"a":1,"b":1}},{"name":"oracle","use":"oracle"}]"#

    static let rows = """
        {"prompt":"x","answer":"ax","adapters":["a"]}
        {"prompt":"y","answer":"by","adapters":["b"]}

        {"prompt":"z","answer":"abz","adapters":["a","b"]}
        """

    init() throws {
        folder = try TemporaryFolder()
        try folder.write(Self.rows, to: "rows.jsonl")
    }

    /// Writes a suite; texts that are given take the place of the usual ones.
    func write(
        configurations: String = Self.configurations,
        tasks: String = #"[{"name":"t","data":"rows.jsonl","metrics":["exact_match"]}]"#,
        adapters: String = #"{"a":"shelf/a","b":"shelf/b"}"#, more: String = ""
    ) throws -> String {
        try folder.write(
            """
            {"suite":"S","adapters":\(adapters),"configurations":\(configurations),"tasks":\(tasks),\
            "bootstrap":{"resamples":200}\(more)}
            """, to: "suite.json")
    }

    func suite(limit: Int? = nil) throws -> Suite {
        try Suite(path: folder.path("suite.json"), limit: limit)
    }

    func run(_ engine: FakeEngine, journal name: String = "journal.jsonl") throws
        -> EvaluationResult
    {
        let journal = try Journal(path: folder.path(name))
        return try Evaluator(
            suite(), chooser: FakeEngine.chooser, engine: engine, journal: journal
        ).run { _ in }
    }
}
