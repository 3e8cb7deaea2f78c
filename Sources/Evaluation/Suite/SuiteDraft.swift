public import Adapters
internal import Tensors

/// A suite for a folder of adapters, with rows to be replaced by the user's own.
public struct SuiteDraft: Sendable {
    private let adapters: [String]
    private let shelf: String
    private let model: String?
    private let router: String?

    /// Adapters that get a task each; more would be tedious to fill in.
    private static let taskLimit = 32

    /// - Parameters:
    ///   - shelf: the folder of adapters; paths are written as they are, so that they should be absolute.
    /// - Throws: for a folder without adapters.
    public init(
        shelf: String, adapters: [AdapterPlace], model: String?, router: String?
    ) throws(EvaluationError) {
        guard !adapters.isEmpty else {
            throw EvaluationError(
                .suite, "\(shelf): holds no folder with an adapter_config.json and no .gguf file")
        }
        self.shelf = shelf
        self.model = model
        self.router = router
        self.adapters = adapters.map(\.name)
    }

    /// The files by their names in the suite's folder.
    public var files: [(name: String, text: String)] {
        var files = [("suite.json", suite)]
        for name in tasked { files.append(("data/\(name).jsonl", rows(for: [name]))) }
        if let pair { files.append(("data/together.jsonl", rows(for: pair))) }
        return files
    }

    private var tasked: [String] { Array(adapters.prefix(Self.taskLimit)) }

    /// Two adapters to begin with.
    private var pair: [String]? { adapters.count > 1 ? Array(adapters.prefix(2)) : nil }

    private var suite: String {
        var lines = [
            "\"suite\": \(Self.text("Which adapters and mixes to use"))", "\"version\": 1",
            "\"adapters\": \(Self.text(shelf))",
        ]
        if let model { lines.append("\"model\": \(Self.text(model))") }
        if let router { lines.append("\"router\": \(Self.text(router))") }
        lines += ["\"max_tokens\": 64", "\"reference\": \"base\""]
        lines.append("\"configurations\": \(Self.list(configurations))")
        lines.append("\"tasks\": \(Self.list(tasks))")
        return "{\n " + lines.joined(separator: ",\n ") + "\n}\n"
    }

    private var configurations: [String] {
        var list = [#"{"use": "base"}"#, #"{"use": "each"}"#]
        list.append(#"{"name": "the right adapters, sum", "use": "oracle", "weighting": "sum"}"#)
        list.append(#"{"name": "the right adapters, mean", "use": "oracle", "weighting": "mean"}"#)
        if pair != nil {
            list.append(
                #"{"name": "the right adapters, merged", "use": "oracle", "merge": {"method": "ties_svd", "density": 0.5}}"#
            )
        }
        if router != nil {
            for (name, more) in [
                ("router, top-1", #""weighting": "top1""#),
                ("router, top-p", #""weighting": "renormalized""#),
                ("router, sum", #""weighting": "sum""#),
                ("router, sum, recompute", #""weighting": "sum", "kv": "recompute""#),
            ] { list.append(#"{"name": "\#(name)", "use": "router", \#(more)}"#) }
        }
        return list
    }

    private var tasks: [String] {
        let names = tasked + (pair == nil ? [] : ["together"])
        return names.map { name in
            #"{"name": \#(Self.text(name)), "data": \#(Self.text("data/\(name).jsonl")), "metrics": ["exact_match", "rouge_l", "answer_perplexity"]}"#
        }
    }

    private func rows(for names: [String]) -> String {
        let what = names.joined(separator: " and ")
        return (1...2).map { number in
            JSONValue.object([
                "prompt": .string("Request \(number) for \(what)"),
                "answer": .string("A good reply to it"),
                "adapters": .array(names.map { .string($0) }), "example": .bool(true),
            ]).text + "\n"
        }.joined()
    }

    private static func text(_ text: String) -> String { JSONValue.string(text).text }

    private static func list(_ elements: [String]) -> String {
        "[\n  " + elements.joined(separator: ",\n  ") + "\n ]"
    }
}
