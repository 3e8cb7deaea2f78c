/// Rows and settings that cannot be learned from.
extension BadInput {
    static let trainings = [
        rows("no rows", ""),
        rows("a row that is no JSON", "{\"prompt\": \"a\", \"answer\""),
        rows("a row without an answer", "{\"prompt\": \"a\"}"),
        rows("an empty answer", "{\"prompt\": \"a\", \"answer\": \"\"}"),
        rows(
            "a chat that ends with the user",
            "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}]}"),
        rows(
            "an answer longer than the context",
            "{\"prompt\": \"a\", \"answer\": \"\(String(repeating: "word ", count: 3000))\"}"),
        rows(
            "a learning rate at which the loss is no number", good,
            ["--learning-rate", "1e30", "--clip", "1e30"]),
        rows("a target that the base does not have", good, ["--targets", "qkv_proj"]),
        rows("an adapter of another base to start from", good, ["--start", "adapter"]),
        rows("layers that the base does not have", good, ["--layers", "2-400"]),
        rows(
            "a row beside an adapter that nobody names",
            "{\"prompt\": \"a\", \"answer\": \"b\", \"beside\": [\"hotels\"]}"),
        rows(
            "an adapter of another base beside",
            "{\"prompt\": \"a\", \"answer\": \"b\", \"beside\": [\"other\"]}",
            ["--beside", "other=adapter"]),
        rows("nothing to resume", good, ["--resume"]),
        rows("a rank of nothing", good, ["--rank", "0"]),
        BadInput(
            what: "one adapter to combine",
            arguments: [
                "adapters", "combine", "--model", demo, "--adapter", demoAdapter, "--data",
                "rows.jsonl", "--output", "table",
            ]
        ) { try $0.makeRows(good) },
        BadInput(
            what: "the same adapter twice",
            arguments: [
                "adapters", "combine", "--model", demo, "--adapter", demoAdapter, "--adapter",
                demoAdapter, "--data", "rows.jsonl", "--output", "table",
            ]
        ) { try $0.makeRows(good) },
    ]

    private static let good = """
        {"prompt": "Say one.", "answer": "One."}
        {"prompt": "Say two.", "answer": "Two."}

        """
    private static let demo = "demo"
    private static let demoAdapter = "hotels"

    private static func rows(
        _ what: String, _ text: String, _ options: [String] = []
    ) -> BadInput {
        BadInput(
            what: what,
            arguments: [
                "adapters", "train", "--model", demo, "--data", "rows.jsonl", "--output", "out",
                "--batch", "1",
            ] + options
        ) {
            try $0.makeRows(text)
            if options.contains(where: { $0.hasSuffix("adapter") }) { try $0.makeAdapter() }
        }
    }
}

extension BadFiles {
    /// The demo's base, one of its adapters, and rows.
    fileprivate func makeRows(_ text: String) throws {
        try makeDemo()
        try link("Demo/adapters/hotels", to: "hotels")
        try write(Array(text.utf8), to: "rows.jsonl")
    }
}
