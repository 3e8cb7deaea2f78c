/// Adapters that cannot be applied, or not fully.
extension BadInput {
    static let adapters: [BadInput] =
        [
            BadInput(
                what: "no adapter", arguments: arguments(["--adapter", "a=nowhere"])
            ) { try $0.makeModel() },
            adapter("only a pickle") {
                try $0.rename(tensors, to: "adapter/adapter_model.bin")
            },
            adapter("a pickle called safetensors") {
                try $0.write(
                    [0x80, 2, 0x8A, 10] + [UInt8](repeating: 0x28, count: 100), to: tensors)
            },
            adapter("a file cut in half") {
                try $0.change(tensors) { $0.removeLast($0.count / 2) }
            },
            adapter("a header of more than 1 MiB") { files in
                try files.replaceInHeader(
                    "{", with: "{" + String(repeating: " ", count: 1 << 20), in: tensors)
            },
            adapter("weights that are not numbers") { try $0.spoilNumbers(in: tensors) },
            adapter("one factor of a pair") {
                try $0.replaceInHeader("lora_B", with: "lora_C", in: tensors)
            },
            adapter("a pair whose ranks differ") {
                try $0.replaceInHeader("\"shape\":[64,2]", with: "\"shape\":[32,4]", in: tensors)
            },
            adapter("another base: more layers") {
                try $0.replaceInHeader(
                    "layers.0.mlp.down_proj", with: "layers.9.mlp.down_proj", in: tensors)
            },
            adapter("another base: other widths") {
                try $0.replaceInHeader("\"shape\":[64,2]", with: "\"shape\":[32,2]", in: tensors)
                try $0.replaceInHeader("[384,640]", with: "[384,512]", in: tensors)
                try $0.shift(from: 640, by: -128, in: tensors)
            },
            adapter("another base: its digest") {
                try $0.replace(
                    "{",
                    with: "{\"fusebox_base_digest\": \"\(String(repeating: "0", count: 64))\",",
                    in: configuration)
            },
            adapter("DoRA's tensors") {
                try $0.replaceInHeader("lora_B.weight", with: "lora_magnitude_vector", in: tensors)
            },
            adapter("embeddings of single tokens") {
                try $0.replaceInHeader(
                    "model.layers.0.mlp.down_proj.lora_A.weight",
                    with: "model.embed_tokens.trainable_tokens_delta", in: tensors)
            },
            adapter("a tensor nobody knows") {
                try $0.replaceInHeader("lora_A.weight", with: "lora_X.weight", in: tensors)
            },
        ] + configurations
        + [
            BadInput(
                what: "a name that is none",
                arguments: arguments(["--adapter", "My adapter=adapter"]), status: 2),
            BadInput(
                what: "a weight out of range",
                arguments: arguments(["--adapter", "a=adapter@1000"]), status: 2),
        ]

    private static let tensors = "adapter/adapter_model.safetensors"
    private static let configuration = "adapter/adapter_config.json"

    private static func arguments(_ options: [String]) -> [String] {
        ["generate", "--model", "model"] + options + ["--prompt", "hi"]
    }

    private static func adapter(
        _ what: String, _ spoil: @escaping @Sendable (BadFiles) throws -> Void
    ) -> BadInput {
        BadInput(what: what, arguments: arguments(["--adapter", "a=adapter"])) {
            try $0.makeModel()
            try $0.makeAdapter()
            try spoil($0)
        }
    }

    private static func configuration(
        _ what: String, _ old: String, _ new: String
    ) -> BadInput {
        adapter(what) { try $0.replace(old, with: new, in: configuration) }
    }

    private static let configurations = [
        adapter("no configuration") { try $0.remove(configuration) },
        adapter("a configuration that is no JSON") { try $0.cut(configuration, to: 100) },
        adapter("a configuration with bad UTF-8") {
            try $0.replace("tiny/llama", with: [0xFF], in: configuration)
        },
        configuration("another method", "\"LORA\"", "\"IA3\""),
        configuration("DoRA", "\"use_dora\": false", "\"use_dora\": true"),
        configuration(
            "whole modules", "\"modules_to_save\": null", "\"modules_to_save\": [\"lm_head\"]"),
        configuration("a setting nobody knows", "\"use_dora\"", "\"use_mora\": true, \"use_dora\""),
        configuration(
            "a regular expression that is not read", "\"exclude_modules\": null",
            "\"exclude_modules\": \"(?<=k)_proj\""),
        configuration("no alpha", "\"lora_alpha\": 8,", ""),
        configuration("an enormous rank", "\"r\": 4", "\"r\": 1e9"),
        configuration("another rank than the tensors'", "\"r\": 4", "\"r\": 8"),
    ]
}

extension BadFiles {
    /// Moves the data of all tensors from a byte of the data on, and the data with them.
    fileprivate func shift(from first: Int, by distance: Int, in name: String) throws {
        try change(name) { bytes in
            let size = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
            let header = String(decoding: bytes[8..<8 + size], as: UTF8.self)
            let moved = header.replacing(/\[(\d+),(\d+)\]\}/) { match in
                guard let begin = Int(match.1), let end = Int(match.2), begin >= first else {
                    return String(match.0)
                }
                return "[\(begin + distance),\(end + distance)]}"
            }
            bytes.removeSubrange(8 + size + first + distance..<8 + size + first)
            bytes.replaceSubrange(8..<8 + size, with: moved.utf8)
            bytes.replaceSubrange(..<8, with: Self.bytes(UInt64(moved.utf8.count)))
        }
    }
}
