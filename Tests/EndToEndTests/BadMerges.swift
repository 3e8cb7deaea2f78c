/// Merges that cannot be done as asked.
extension BadInput {
    static let merges: [BadInput] = [
        BadInput(what: "no adapter", arguments: arguments("cat", []), status: 2),
        BadInput(what: "an unknown method", arguments: arguments("mean", pair), status: 2),
        BadInput(
            what: "two adapters of a name",
            arguments: arguments("cat", ["--adapter", "a=adapter", "--adapter", "a=other"]),
            status: 2),
        BadInput(what: "no density", arguments: arguments("ties", pair), status: 2),
        BadInput(
            what: "a density of more than all",
            arguments: arguments("ties", pair + ["--density", "1.5"]), status: 2),
        BadInput(
            what: "a density for what prunes nothing",
            arguments: arguments("svd", pair + ["--density", "0.5"]), status: 2),
        BadInput(
            what: "a rank for what keeps ranks",
            arguments: arguments("cat", pair + ["--rank", "8"]),
            status: 2),
        BadInput(
            what: "an enormous rank", arguments: arguments("svd", pair + ["--rank", "1000000"]),
            status: 2),
        merge("a rank that the adapters do not have", "svd", pair + ["--rank", "1000"]),
        merge("unequal ranks", "ties", pair + ["--density", "0.5"]),
        merge("a weight of nothing", "cat", ["--adapter", "a=adapter", "--adapter", "b=other@0"]),
        merge("no such adapter", "cat", ["--adapter", "a=adapter", "--adapter", "b=elsewhere"]),
        merge("weights that are not numbers", "cat", pair) { try $0.spoilNumbers(in: tensors) },
        merge("another base: its digest", "cat", pair) {
            try $0.replace(
                "{", with: "{\"fusebox_base_digest\": \"\(String(repeating: "0", count: 64))\",",
                in: configuration)
        },
        merge("another base: more layers", "cat", pair) {
            try $0.replaceInHeader(
                "layers.0.mlp.down_proj", with: "layers.9.mlp.down_proj", in: tensors)
        },
        merge("DoRA", "cat", ["--adapter", "a=adapter"]) { files in
            for name in ["adapter_config.json", "adapter_model.safetensors"] {
                try files.remove("adapter/\(name)")
                try files.copyGolden("adapters/dora/\(name)", to: "adapter/\(name)")
            }
        },
        merge("an output that is one of the adapters", "cat", pair, output: "adapter"),
        merge("an output that is no adapter", "cat", pair, output: "model"),
        merge("an output that is a file", "cat", pair, output: "model/config.json"),
        merge("an output in no folder", "cat", pair, output: "no/such/folder"),
    ]

    private static let pair = ["--adapter", "a=adapter", "--adapter", "b=other"]
    private static let tensors = "adapter/adapter_model.safetensors"
    private static let configuration = "adapter/adapter_config.json"

    private static func arguments(
        _ method: String, _ options: [String], output: String = "merged"
    ) -> [String] {
        ["merge", "--method", method] + options + ["--model", "model", "--output", output]
    }

    private static func merge(
        _ what: String, _ method: String, _ options: [String], output: String = "merged",
        _ spoil: @escaping @Sendable (BadFiles) throws -> Void = { _ in }
    ) -> BadInput {
        BadInput(what: what, arguments: arguments(method, options, output: output)) { files in
            try files.makeModel()
            try files.makeAdapter()
            for name in ["adapter_config.json", "adapter_model.safetensors"] {
                try files.copyGolden("models/llama/adapters/c/\(name)", to: "other/\(name)")
            }
            try spoil(files)
        }
    }
}
