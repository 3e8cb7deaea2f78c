public import Adapters
internal import FoundationEssentials
public import Tensors

/// Copies of adapters by their digests, in a folder: what was served once can be served again, whatever becomes of the files
/// that it came from.
///
/// An adapter in PEFT's files is a folder named by its digest, one in GGUF a file. Nothing in it is ever changed.
public struct AdapterStore: Sendable {
    private static let incomingPrefix = "incoming-"
    private static let ending = ".gguf"
    /// The files of a PEFT folder that say what it adds.
    private static let names = ["adapter_config.json", "adapter_model.safetensors"]

    public let path: String

    public init(path: String) {
        self.path = path
    }

    /// Copies an adapter, a PEFT folder or a `.gguf` file, and returns the digest of the copy.
    ///
    /// - Throws: what is wrong with the files, or why they cannot be copied.
    public func keep(_ source: String) throws(AdapterError) -> Digest {
        let isFile = source.hasSuffix(Self.ending)
        let incoming =
            "\(path)/\(Self.incomingPrefix)\(UInt64.random(in: 0 ... .max))"
            + (isFile ? Self.ending : "")
        defer { try? FileManager.default.removeItem(atPath: incoming) }
        // What is no adapter has a message of its own.
        _ = try Adapter.digest(path: source)
        do throws(TensorError) {
            if isFile {
                try AtomicFile.copy(source, to: incoming)
            } else {
                try FileBytes.makeFolder(path: incoming)
                for name in Self.names {
                    try AtomicFile.copy("\(source)/\(name)", to: "\(incoming)/\(name)")
                }
            }
        } catch {
            throw AdapterError(.unwritable, error.message)
        }
        let digest = try Adapter.digest(path: incoming)
        guard place(of: digest) == nil else { return digest }
        do {
            try FileManager.default.moveItem(
                atPath: incoming, toPath: "\(path)/\(digest)\(isFile ? Self.ending : "")")
            try AtomicFile.synchronizeFolder(of: "\(path)/\(digest)")
        } catch {
            throw AdapterError(.unwritable, "\(path): the adapter cannot be kept: \(error)")
        }
        return digest
    }

    /// Where an adapter is; nil: it is not here.
    public func place(of digest: Digest) -> String? {
        ["\(path)/\(digest)", "\(path)/\(digest)\(Self.ending)"].first {
            FileManager.default.fileExists(atPath: $0)
        }
    }

    /// Removes everything but these adapters.
    public func prune(keeping digests: Set<Digest>) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        for name in names {
            let stem = name.hasSuffix(Self.ending) ? String(name.dropLast(Self.ending.count)) : name
            guard let digest = Digest(stem) else {
                if name.hasPrefix(Self.incomingPrefix) { remove(name) }
                continue
            }
            if !digests.contains(digest) { remove(name) }
        }
    }

    private func remove(_ name: String) {
        try? FileManager.default.removeItem(atPath: "\(path)/\(name)")
    }
}
