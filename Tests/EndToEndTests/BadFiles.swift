import Foundation
import TestSupport
import Testing

/// The folder in which a command meets a bad input: copies of good files with one thing wrong.
struct BadFiles {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    // MARK: Good files

    /// A small model as `model`: `config.json` and `model.safetensors`.
    func makeModel() throws {
        try copyGolden("models/llama/config.json", to: "model/config.json")
        try copyGolden("models/llama/model.safetensors", to: "model/model.safetensors")
    }

    /// An adapter for it as `adapter`.
    func makeAdapter() throws {
        for name in ["adapter_config.json", "adapter_model.safetensors"] {
            try copyGolden("models/llama/adapters/a/\(name)", to: "adapter/\(name)")
        }
    }

    /// The demo's base as `demo`; of its small files there are copies.
    func makeDemo() throws {
        for name in ["config.json", "model.safetensors"] {
            try link("Demo/base/\(name)", to: "demo/\(name)")
        }
        for name in ["tokenizer.json", "tokenizer_config.json"] {
            try copy(BuiltProgram.root + "/Demo/base/\(name)", to: "demo/\(name)")
        }
    }

    func copyGolden(_ golden: String, to name: String) throws {
        try copy(GoldenFolder.path(golden), to: name)
    }

    private func copy(_ path: String, to name: String) throws {
        try makeParent(of: name)
        try FileManager.default.copyItem(atPath: path, toPath: folder.path(name))
    }

    /// Makes a file or folder of the package appear in this one.
    func link(_ path: String, to name: String) throws {
        try makeParent(of: name)
        try FileManager.default.createSymbolicLink(
            atPath: folder.path(name), withDestinationPath: BuiltProgram.root + "/" + path)
    }

    private func makeParent(of name: String) throws {
        let parent = URL(fileURLWithPath: folder.path(name)).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
    }

    // MARK: What goes wrong

    func write(_ text: String, to name: String) throws {
        try makeParent(of: name)
        try folder.write(text, to: name)
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        try makeParent(of: name)
        try folder.write(bytes, to: name)
    }

    func remove(_ name: String) throws { try folder.remove(name) }

    func rename(_ name: String, to other: String) throws {
        try FileManager.default.moveItem(atPath: folder.path(name), toPath: folder.path(other))
    }

    func change(_ name: String, _ body: (inout [UInt8]) throws -> Void) throws {
        var bytes = try folder.read(name)
        try body(&bytes)
        try folder.write(bytes, to: name)
    }

    /// Replaces the first occurrence of a text, which has to be there.
    func replace(_ old: String, with new: [UInt8], in name: String) throws {
        try change(name) { bytes in
            let changed = bytes.replacing(Array(old.utf8), with: new, maxReplacements: 1)
            try #require(changed != bytes, "\(name) has no \(old)")
            bytes = changed
        }
    }

    func replace(_ old: String, with new: String, in name: String) throws {
        try replace(old, with: Array(new.utf8), in: name)
    }

    /// Replaces a text in the header of a safetensors file, which still fits its size then.
    func replaceInHeader(_ old: String, with new: [UInt8], in name: String) throws {
        try replace(old, with: new, in: name)
        let growth = new.count - old.utf8.count
        try change(name) { bytes in
            let size = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) } + growth
            bytes.replaceSubrange(..<8, with: Self.bytes(UInt64(size)))
        }
    }

    func replaceInHeader(_ old: String, with new: String, in name: String) throws {
        try replaceInHeader(old, with: Array(new.utf8), in: name)
    }

    func patch(_ new: [UInt8], at offset: Int, in name: String) throws {
        try change(name) { $0.replaceSubrange(offset..<offset + new.count, with: new) }
    }

    /// Makes the last numbers of a file none, in every floating-point format.
    func spoilNumbers(in name: String) throws {
        try change(name) { bytes in
            bytes.replaceSubrange(
                (bytes.count - 64)..., with: [UInt8](repeating: 0xFF, count: 64))
        }
    }

    func cut(_ name: String, to count: Int) throws {
        try change(name) { $0.removeLast($0.count - count) }
    }

    /// As in the files: the least significant byte first.
    static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
        (0..<number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
}
