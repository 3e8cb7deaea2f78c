/// Suites that cannot be evaluated as they are.
extension BadInput {
    static let evaluations: [BadInput] = [
        BadInput(what: "neither a suite nor a wish for one", arguments: ["evaluate"], status: 2),
        BadInput(what: "no suite", arguments: ["evaluate", "--suite", "nowhere.json"]),
        suite("a suite that is no JSON", #"{"suite": "S""#),
        suite("a suite that compares nothing", #"{"suite": "S", "tasks": []}"#),
        task("a member that is misspelt", #""metric": ["bleu"]"#),
        task("a metric that is not known", #""metrics": ["bleu4"]"#),
        task("an expression that is none", #""metrics": [{"kind": "pattern", "pattern": "(a"}]"#),
        task("no file of rows", #""metrics": ["bleu"], "data": "none.jsonl""#),
        task("an empty file of rows", #""metrics": ["bleu"]"#, rows: "\n"),
        task("a row that is no JSON", #""metrics": ["bleu"]"#, rows: #"{"prompt": "p""#),
        task("a row without an answer", #""metrics": ["bleu"]"#, rows: #"{"prompt": "p"}"#),
        task(
            "rows that are still examples", #""metrics": ["bleu"]"#,
            rows: #"{"prompt": "p", "answer": "a", "example": true}"#),
        task(
            "a row of an adapter that is not there", #""metrics": ["bleu"]"#,
            rows: #"{"prompt": "p", "answer": "a", "adapters": ["hotel"]}"#),
        task(
            "an answer longer than the context", #""metrics": ["answer_perplexity"]"#,
            rows: #"{"prompt": "p", "answer": "\#(String(repeating: "word ", count: 1100))"}"#),
        task("more tokens than the context", #""metrics": ["json"], "max_tokens": 1024"#),
        suite(
            "a mix of an adapter that is not there",
            whole(#""metrics": ["json"]"#, configurations: #"[{"name": "m", "use": {"hotel": 1}}]"#)
        ),
        suite(
            "a router's choice without a router",
            whole(#""metrics": ["json"]"#, configurations: #"[{"name": "r", "use": "router"}]"#)),
        BadInput(
            what: "a journal that is something else", arguments: arguments
        ) {
            try makeSuite(whole(#""metrics": ["json"]"#), rows: row, in: $0)
            try $0.write("my notes\n", to: "out/journal.jsonl")
        },
        BadInput(
            what: "a suite to write without a place for it",
            arguments: ["evaluate", "--init", "--adapters", "shelf"], status: 2),
        BadInput(
            what: "a suite for a folder without adapters",
            arguments: ["evaluate", "--init", "--adapters", "shelf", "--output", "out"]
        ) { try $0.write("", to: "shelf/notes.txt") },
    ]

    private static let arguments = ["evaluate", "--suite", "suite.json", "--output", "out"]
    private static let row = #"{"prompt": "p"}"#

    private static func whole(
        _ task: String, configurations: String = #"[{"use": "base"}]"#
    ) -> String {
        let data = task.contains("\"data\"") ? "" : #", "data": "rows.jsonl""#
        return
            #"{"suite": "S", "model": "demo", "adapters": {"hotels": "hotels"}, "configurations": \#(configurations), "tasks": [{"name": "t", \#(task)\#(data)}]}"#
    }

    private static func task(_ what: String, _ task: String, rows: String = row) -> BadInput {
        suite(what, whole(task), rows: rows)
    }

    private static func suite(_ what: String, _ suite: String, rows: String = row) -> BadInput {
        BadInput(what: what, arguments: arguments) {
            try makeSuite(suite, rows: rows, in: $0)
        }
    }

    private static func makeSuite(_ suite: String, rows: String, in files: BadFiles) throws {
        try files.makeDemo()
        try files.link("Demo/adapters/hotels", to: "hotels")
        try files.write(suite, to: "suite.json")
        try files.write(rows, to: "rows.jsonl")
    }
}
