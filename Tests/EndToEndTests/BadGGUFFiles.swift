/// Models in GGUF files.
extension BadInput {
    static let ggufFiles = [
        BadInput(
            what: "no file", arguments: ["generate", "--model", "nowhere.gguf", "--prompt", "hi"]),
        gguf("a file of another kind") { try $0.patch([0x50, 0x4B, 3, 4], at: 0, in: file) },
        gguf("an empty file") { try $0.cut(file, to: 0) },
        gguf("a header cut short") { try $0.cut(file, to: 300) },
        gguf("data cut short") { try $0.cut(file, to: 100_000) },
        gguf("an unknown version") { try $0.patch([9], at: 4, in: file) },
        gguf("a big-endian file") { try $0.patch([0, 0, 0, 3], at: 4, in: file) },
        gguf("more tensors than the file can hold") {
            try $0.patch(BadFiles.bytes(UInt64(1) << 60), at: 8, in: file)
        },
        gguf("more metadata than the file can hold") {
            try $0.patch(BadFiles.bytes(UInt64.max), at: 16, in: file)
        },
        gguf("a key longer than the file") {
            try $0.patch(BadFiles.bytes(UInt64(1) << 62), at: 24, in: file)
        },
        gguf("a key with bad UTF-8") { try $0.patch([0xC3, 0x28], at: 32, in: file) },
        gguf("metadata of an unknown kind") {
            try $0.patch([0x63], at: 32 + "general.architecture".utf8.count, in: file)
        },
        gguf("an unknown architecture") {
            try $0.replace(
                BadFiles.text("llama"), with: BadFiles.text("mamba"), in: file)
        },
        gguf("a type of tensor that cannot be") {
            try $0.patchTensor("output_norm.weight", type: 16, in: file)
        },
        gguf("tensors that overlap") {
            try $0.patchTensor("output_norm.weight", offset: 0, in: file)
        },
        gguf("a tensor beyond the file") {
            try $0.patchTensor("output_norm.weight", offset: 1 << 62, in: file)
        },
        gguf("a tensor of another shape") {
            try $0.patchTensor("output_norm.weight", size: 32, in: file)
        },
        gguf("a file without a vocabulary") { _ in },
        gguf("weights that are not numbers") { try $0.spoilNumbers(in: file) },
    ]

    private static let file = "model.gguf"

    private static func gguf(
        _ what: String, _ spoil: @escaping @Sendable (BadFiles) throws -> Void
    ) -> BadInput {
        BadInput(what: what, arguments: ["generate", "--model", file, "--prompt", "hi"]) {
            try $0.copyGolden("models/llama/model.gguf", to: file)
            try spoil($0)
        }
    }
}

extension BadFiles {
    /// A text as GGUF has it in its metadata, behind its length.
    fileprivate static func text(_ text: String) -> String {
        String(decoding: bytes(UInt64(text.utf8.count)) + text.utf8, as: UTF8.self)
    }

    /// Changes the description of a vector: name, rank, size, type, offset.
    fileprivate func patchTensor(
        _ name: String, size: UInt64? = nil, type: UInt32? = nil, offset: UInt64? = nil,
        in file: String
    ) throws {
        try change(file) { bytes in
            guard let found = bytes.firstRange(of: Array(name.utf8)) else { return }
            let place = found.upperBound + 4
            if let size { bytes.replaceSubrange(place..<place + 8, with: Self.bytes(size)) }
            if let type { bytes.replaceSubrange(place + 8..<place + 12, with: Self.bytes(type)) }
            if let offset {
                bytes.replaceSubrange(place + 12..<place + 20, with: Self.bytes(offset))
            }
        }
    }
}
