import TestSupport

/// Tokenizers, prompts, token ids and records that cannot be used.
extension BadInput {
    static let texts: [BadInput] = tokenizers + prompts + ids + records + routers

    // MARK: Tokenizers

    private static func tokenizer(
        _ what: String, _ spoil: @escaping @Sendable (BadFiles) throws -> Void
    ) -> BadInput {
        BadInput(
            what: what, arguments: ["tokenize", "--model", "demo"], input: Array("\"hi\"\n".utf8)
        ) {
            try $0.makeDemo()
            try spoil($0)
        }
    }

    private static let vocabulary = "demo/tokenizer.json"

    private static let tokenizers: [BadInput] = [
        tokenizer("no tokenizer") { try $0.remove(vocabulary) },
        tokenizer("a tokenizer that is no JSON") { try $0.cut(vocabulary, to: 1000) },
        tokenizer("a tokenizer with bad UTF-8") {
            try $0.replace("Ġtrunk", with: [0xC4, 0x22], in: vocabulary)
        },
        tokenizer("an unknown kind of tokenizer") {
            try $0.replace("\"BPE\"", with: "\"WordPiece\"", in: vocabulary)
        },
        tokenizer("an unknown split") {
            try $0.replace("\"Split\"", with: "\"Whitespace\"", in: vocabulary)
        },
        tokenizer("an id given twice") {
            try $0.replace("\"!\": 4", with: "\"!\": 5", in: vocabulary)
        },
        tokenizer("an enormous id") {
            try $0.replace("\"!\": 4", with: "\"!\": 4294967295", in: vocabulary)
        },
        tokenizer("a merge of no tokens") {
            try $0.replace("\"merges\": [", with: "\"merges\": [[\"zzq\", \"q\"],", in: vocabulary)
        },
        tokenizer("settings that are no JSON") {
            try $0.cut("demo/tokenizer_config.json", to: 100)
        },
        BadInput(
            what: "a chat template with an unknown tag",
            arguments: ["generate", "--model", "demo", "--prompt", "hi"]
        ) {
            try $0.makeDemo()
            try $0.replace("{% for", with: "{% foo %}{% for", in: "demo/tokenizer_config.json")
        },
        BadInput(
            what: "a chat template that refuses the chat",
            arguments: ["generate", "--model", "demo", "--prompt", "hi"]
        ) {
            try $0.makeDemo()
            try $0.replace(
                "{% for", with: "{{ raise_exception('Say more') }}{% for",
                in: "demo/tokenizer_config.json")
        },
        BadInput(
            what: "a chat template whose end of turn is no token",
            arguments: ["generate", "--model", "demo", "--prompt", "hi"]
        ) {
            try $0.makeDemo()
            try $0.replace(
                "{{ m['content'] }}", with: "{{ m['content'] }}<|im_end|>",
                in: "demo/tokenizer_config.json")
        },
        BadInput(
            what: "no chat template", arguments: ["generate", "--model", "demo", "--prompt", "hi"]
        ) {
            try $0.makeDemo()
            try $0.remove("demo/tokenizer_config.json")
        },
    ]

    // MARK: Prompts

    private static func prompt(
        _ what: String, _ options: [String], input: [UInt8] = []
    ) -> BadInput {
        BadInput(
            what: what, arguments: ["generate", "--model", "demo"] + options, input: input
        ) { try $0.makeDemo() }
    }

    private static let prompts = [
        prompt("an empty prompt", ["--prompt", ""]),
        prompt("an empty prompt from a pipe", ["--prompt", "-"]),
        prompt(
            "bad UTF-8 from a pipe", ["--prompt", "-"], input: Array("hi\n".utf8) + [0xFF, 10]),
        prompt(
            "2 MiB from a pipe", ["--prompt", "-"], input: [UInt8](repeating: 0x61, count: 2 << 20)),
        prompt(
            "2000 words", ["--prompt", "-"],
            input: Array(String(repeating: "word ", count: 2000).utf8)),
        prompt("more tokens than the context", ["--prompt", "hi", "--max-tokens", "1024"]),
        setting("no tokens", ["--max-tokens", "0"]),
        setting("no probability", ["--top-p", "0"]),
        setting("a penalty that divides by nothing", ["--repetition-penalty", "0"]),
        setting("a temperature below zero", ["--temperature=-1"]),
        setting("a system message beside a raw prompt", ["--raw", "--system", "Be short."]),
        prompt("a model that is nearly there", ["--prompt", "hi", "--model", "dmeo"]),
    ]

    private static func setting(_ what: String, _ options: [String]) -> BadInput {
        BadInput(
            what: what, arguments: ["generate", "--model", "demo", "--prompt", "hi"] + options,
            status: 2)
    }

    // MARK: Token ids

    private static func ids(_ what: String, _ tokens: String) -> BadInput {
        BadInput(
            what: what, arguments: ["score", "--model", "demo", "--tokens", "tokens.json"]
        ) {
            try $0.makeDemo()
            try $0.write(tokens, to: "tokens.json")
        }
    }

    private static func line(_ what: String, _ text: [UInt8], _ options: [String] = []) -> BadInput
    {
        BadInput(
            what: what, arguments: ["tokenize", "--model", "demo"] + options, input: text + [10]
        ) { try $0.makeDemo() }
    }

    private static let ids = [
        BadInput(
            what: "no file of ids",
            arguments: ["score", "--model", "demo", "--tokens", "nowhere.json"]),
        ids("ids that are no JSON", "{\"input_ids\": [[1, 2]"),
        ids("no sequences", "{\"input_ids\": []}"),
        ids("an empty sequence", "{\"input_ids\": [[]]}"),
        ids("an id beyond the vocabulary", "{\"input_ids\": [[1, 4096]]}"),
        ids("an id below zero", "{\"input_ids\": [[1, -1]]}"),
        ids("an enormous id", "{\"input_ids\": [[1, 1e300]]}"),
        ids(
            "more ids than the context",
            "{\"input_ids\": [[\(Array(repeating: "1", count: 1025).joined(separator: ","))]]}"),
        line("a line that is no JSON", Array("hi".utf8)),
        line("a line with bad UTF-8", [0x22, 0xFF, 0x22]),
        line(
            "an id to decode beyond the vocabulary", Array("{\"ids\": [4096]}".utf8), ["--decode"]),
    ]

    // MARK: Records

    private static func record(
        _ what: String, options: [String] = [],
        _ spoil: @escaping @Sendable (BadFiles) throws -> Void
    ) -> BadInput {
        BadInput(
            what: what, arguments: ["replay", "reply.json", "--model", "demo"] + options
        ) { files in
            try files.makeDemo()
            try files.makeReply()
            try spoil(files)
        }
    }

    private static let records = [
        BadInput(what: "no record", arguments: ["replay", "nowhere.json", "--model", "demo"]),
        record("a record that is no JSON") { try $0.cut("reply.json", to: 100) },
        record("a record without a provenance") { try $0.write("{}", to: "reply.json") },
        record("a record of another base") {
            try $0.replace(
                "{\"base\":\"",
                with: "{\"base\":\"00\(String(repeating: "0", count: 62))\",\"was\":\"",
                in: "reply.json")
        },
        record("a record of an unknown type") {
            try $0.replace("\"type\":\"q8_0\"", with: "\"type\":\"q3_k\"", in: "reply.json")
        },
        record("a record with an id beyond the vocabulary") {
            try $0.replace(
                "\"prompt_tokens\":[", with: "\"prompt_tokens\":[4096,", in: "reply.json")
        },
        record("a record of an adapter that is not there") {
            try $0.replace(
                "\"mix\":[",
                with:
                    "\"mix\":[{\"name\":\"a\",\"adapter\":\"\(String(repeating: "1", count: 64))\",\"weight\":1}",
                in: "reply.json")
        },
    ]

    // MARK: Routers

    private static func rows(_ what: String, _ text: [UInt8]) -> BadInput {
        BadInput(
            what: what,
            arguments: ["router", "train", "--data", "rows.jsonl", "--output", "router"]
        ) { try $0.write(text, to: "rows.jsonl") }
    }

    private static let routers = [
        BadInput(
            what: "no router", arguments: ["router", "explain", "--router", "nowhere", "hi"]),
        BadInput(
            what: "a router that is no JSON",
            arguments: ["router", "explain", "--router", "router", "hi"]
        ) {
            try $0.write("[", to: "router/router.json")
            try $0.write("", to: "router/router.safetensors")
        },
        rows("a row that is no JSON", Array("{\"text\": \"a\"".utf8)),
        rows("a row with bad UTF-8", Array("{\"text\": \"".utf8) + [0xFF] + Array("\"}".utf8)),
        rows("a row without an adapter", Array("{\"text\": \"a\"}".utf8)),
    ]
}

extension BadFiles {
    /// A reply of the demo as `reply.json`.
    fileprivate func makeReply() throws {
        let run = try BuiltProgram.run(
            ["generate", "--model", "demo", "--prompt", "hi", "--max-tokens", "2", "--json"],
            in: folder.path)
        try write(run.output, to: "reply.json")
    }
}
