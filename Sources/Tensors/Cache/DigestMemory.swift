/// Remembers the digests of files from run to run, so that large ones are hashed once.
///
/// A file whose inode, size or times are others is hashed again. Every file has a record of its own, so that processes do
/// not disturb each other; a record that is damaged, or cannot be written, is as good as none.
public struct DigestMemory: Sendable {
    /// How long a digest is believed.
    public enum Term: Sendable {
        /// As long as the file is the same.
        case unlimited
        /// Until the machine starts again, so that what rots on the disk is found.
        case boot
    }

    private static let suffix = ".digest"

    private static let longestRecord = 64 << 10

    private let folder: PrivateFolder

    /// A memory whose records are in a folder, which may be missing.
    public init(folder: String) {
        self.folder = PrivateFolder(path: folder)
    }

    /// The digest of a file, as it is remembered or as it is computed now.
    func digest(
        of file: MappedFile, term: Term = .unlimited, computing compute: () -> Digest
    ) -> Digest {
        let record = recordPath(file.path)
        let validity = [file.identity.text, term == .boot ? Self.bootIdentifier : ""]
        if let known = Self.recall(record, validity) { return known }
        let digest = compute()
        if let now = FileIdentity(path: file.path), now == file.identity, now.isSettled {
            Self.remember(digest, validity, path: file.path.resolvedPath, in: record)
        }
        return digest
    }

    /// Forgets files that are gone or have changed.
    public func forgetStale() {
        for name in folder.names where name.hasSuffix(Self.suffix) {
            let lines = Self.lines(of: "\(folder.path)/\(name)") ?? []
            if lines.count != 5 || FileIdentity(path: lines[4])?.text != lines[2] {
                folder.remove(name)
            }
        }
    }

    private func recordPath(_ path: String) -> String {
        "\(folder.path)/\(Digest(of: Array(path.resolvedPath.utf8)))\(Self.suffix)"
    }

    private static func recall(_ record: String, _ validity: [String]) -> Digest? {
        guard let lines = lines(of: record), lines.count == 5, Array(lines[2...3]) == validity
        else { return nil }
        return Digest(lines[1])
    }

    /// The lines of a record: the digest of all that follows it, then digest, identity, boot and path of the file.
    private static func lines(of record: String) -> [String]? {
        guard let bytes = try? FileBytes.array(path: record, limit: longestRecord),
            let end = bytes.firstIndex(of: UInt8(ascii: "\n")),
            let text = String(validating: bytes, as: UTF8.self),
            Digest(String(decoding: bytes[..<end], as: UTF8.self))
                == Digest(of: Array(bytes[(end + 1)...]))
        else { return nil }
        return text.split(separator: "\n", maxSplits: 4, omittingEmptySubsequences: false)
            .map(String.init)
    }

    private static func remember(
        _ digest: Digest, _ validity: [String], path: String, in record: String
    ) {
        let body = ([digest.description] + validity + [path]).joined(separator: "\n")
        guard let file = try? AtomicFile(path: record),
            (try? file.write(Array("\(Digest(of: Array(body.utf8)))\n\(body)".utf8))) != nil
        else { return }
        try? file.commit()
    }

    /// What is another after every start of the machine; empty where the system does not tell.
    private static let bootIdentifier: String = {
        guard let file = try? RegularFile(path: "/proc/sys/kernel/random/boot_id") else {
            return ""
        }
        let text = AlignedBuffer<UInt8>(count: 64)
        let count = try? unsafe text.withUnsafeMutableBufferPointer { bytes throws(TensorError) in
            try unsafe file.read(into: UnsafeMutableRawBufferPointer(bytes))
        }
        return String(
            decoding: (0..<(count ?? 0)).map { text[$0] }.filter { $0 > 32 }, as: UTF8.self)
    }()
}
