/// Models in Hugging Face directories.
extension BadInput {
    static let models: [BadInput] = safetensors + configurations

    private static func model(
        _ what: String, _ spoil: @escaping @Sendable (BadFiles) throws -> Void
    ) -> BadInput {
        BadInput(what: what, arguments: ["generate", "--model", "model", "--prompt", "hi"]) {
            try $0.makeModel()
            try spoil($0)
        }
    }

    private static let weights = "model/model.safetensors"
    private static let head =
        #""lm_head.weight":{"dtype":"BF16","shape":[128,64],"data_offsets":[0,16384]}"#

    private static let safetensors = [
        BadInput(
            what: "no model", arguments: ["generate", "--model", "nowhere", "--prompt", "hi"]),
        model("no weights") { try $0.remove(weights) },
        model("weights in a pickle") { try $0.rename(weights, to: "model/pytorch_model.bin") },
        model("a pickle called safetensors") {
            try $0.write([0x80, 2, 0x8A, 10] + [UInt8](repeating: 0x28, count: 100), to: weights)
        },
        model("an empty file") { try $0.write([UInt8](), to: weights) },
        model("a file cut in half") { try $0.change(weights) { $0.removeLast($0.count / 2) } },
        model("bytes after the last tensor") { try $0.change(weights) { $0 += [0, 0] } },
        model("a header longer than the file") {
            try $0.patch(BadFiles.bytes(UInt64.max), at: 0, in: weights)
        },
        model("a header that is no JSON") {
            try $0.replaceInHeader("\"dtype\"", with: "dtype", in: weights)
        },
        model("a header with bad UTF-8") {
            try $0.replaceInHeader("lm_head", with: [0xC3, 0x28], in: weights)
        },
        model("a tensor described twice") {
            try $0.replaceInHeader(head, with: "\(head),\(head)", in: weights)
        },
        model("tensors that overlap") {
            try $0.replaceInHeader("[16384,32768]", with: "[16382,32766]", in: weights)
        },
        model("a tensor beyond the file") {
            try $0.replaceInHeader(
                "[156160,156288]", with: "[9007199254740864,9007199254740992]", in: weights)
        },
        model("a shape that takes more bytes than there are") {
            try $0.replaceInHeader("[128,64]", with: "[129,64]", in: weights)
        },
        model("a shape whose size overflows") {
            try $0.replaceInHeader("[128,64]", with: "[1099511627776,1099511627776]", in: weights)
        },
        model("a type that is not supported") {
            try $0.replaceInHeader(
                "BF16\",\"shape\":[128,64],\"data_offsets\":[0,16384]",
                with: "F8_E4M3\",\"shape\":[256,64],\"data_offsets\":[0,16384]", in: weights)
        },
        model("weights that are not numbers") { try $0.spoilNumbers(in: weights) },
        model("a tensor of another shape") {
            try $0.replaceInHeader("[128,64]", with: "[64,128]", in: weights)
        },
        model("a tensor that is missing") {
            try $0.replaceInHeader("lm_head.weight", with: "lm_tail.weight", in: weights)
        },
        model("a shard outside the folder") {
            try $0.rename(weights, to: "weights.safetensors")
            try $0.write(
                #"{"weight_map": {"lm_head.weight": "../weights.safetensors"}}"#,
                to: "model/model.safetensors.index.json")
        },
        model("a shard that is missing") {
            try $0.remove(weights)
            try $0.write(
                #"{"weight_map": {"lm_head.weight": "model-00001-of-00001.safetensors"}}"#,
                to: "model/model.safetensors.index.json")
        },
    ]

    private static func configuration(
        _ what: String, _ old: String, _ new: String
    ) -> BadInput {
        model(what) { try $0.replace(old, with: new, in: "model/config.json") }
    }

    private static let configurations = [
        model("a configuration that is no JSON") { try $0.cut("model/config.json", to: 100) },
        model("a configuration with bad UTF-8") {
            try $0.replace("4.46.3", with: [0xFF], in: "model/config.json")
        },
        configuration(
            "an unknown family", "\"model_type\": \"llama\"", "\"model_type\": \"mamba\""),
        configuration("another activation", "\"silu\"", "\"relu\""),
        configuration("an enormous size", "\"hidden_size\": 64", "\"hidden_size\": 1e15"),
        configuration("a size that is missing", "\"hidden_size\"", "\"hidden\""),
        configuration(
            "a scaling that is unknown", "\"rope_scaling\": null",
            "\"rope_scaling\": {\"type\": \"su\", \"factor\": 2}"),
        configuration(
            "another quantization", "\"torch_dtype\"",
            "\"quantization_config\": {\"quant_method\": \"gptq\"}, \"torch_dtype\""),
        BadInput(
            what: "an unknown execution type",
            arguments: ["generate", "--model", "model", "--type", "q3_k", "--prompt", "hi"],
            status: 2),
    ]
}
