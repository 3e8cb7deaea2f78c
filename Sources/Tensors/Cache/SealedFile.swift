/// Bytes in a file, closed by a JSON directory that says what they are, and by a seal.
///
/// The payload begins at byte 0, where it is aligned like the file in memory. The directory follows, then the seal of 64
/// bytes: the magic, offset and byte count of the directory (little-endian `u64`), SHA-256 of the directory. A file that
/// was cut short, extended or is another has no such end; changes of the payload show in its digest.
public struct SealedFile: Sendable {
    public let directory: JSONValue
    /// The whole file; the payload is what comes before the directory.
    public let file: MappedFile
    public let payloadByteCount: Int

    static let magic = Array("fusebox image 1\n".utf8)
    static let sealByteCount = magic.count + 16 + 32

    /// Maps a file and checks its seal and directory; the payload is not read.
    public init(path: String) throws(TensorError) {
        let file = try MappedFile(path: path, onHugePages: true)
        do throws(TensorError) {
            let content = try unsafe file.withUnsafeBytes { bytes throws(TensorError) in
                try unsafe Self.parse(bytes)
            }
            (directory, payloadByteCount) = content
        } catch {
            throw error.at(path)
        }
        self.file = file
    }

    private static func parse(
        _ bytes: UnsafeRawBufferPointer
    ) throws(TensorError) -> (JSONValue, Int) {
        let sealStart = bytes.count - sealByteCount
        guard sealStart >= 0 else {
            throw TensorError(.malformed, "\(bytes.count) bytes are too few for a sealed file")
        }
        let seal = unsafe UnsafeRawBufferPointer(rebasing: bytes[sealStart...])
        guard unsafe seal.prefix(magic.count).elementsEqual(magic) else {
            throw TensorError(.malformed, "has no seal: it is another kind of file, or cut short")
        }
        let numbers = (0..<2).map { index in
            unsafe UInt64(
                littleEndian: seal.loadUnaligned(
                    fromByteOffset: magic.count + 8 * index, as: UInt64.self))
        }
        guard let offset = Int(exactly: numbers[0]), let count = Int(exactly: numbers[1]),
            offset <= sealStart, count == sealStart - offset
        else {
            throw TensorError(
                .malformed,
                "a directory of \(numbers[1]) bytes at \(numbers[0]) does not end where the seal begins, at \(sealStart)"
            )
        }
        let text = unsafe UnsafeRawBufferPointer(rebasing: bytes[offset..<sealStart])
        let digest = unsafe Digest(bytes: seal.suffix(32))
        guard unsafe digest == Digest(of: text) else {
            throw TensorError(.malformed, "the directory does not have the digest of its seal")
        }
        let limits = JSONLimits(depth: 8, byteCount: 64 << 20, stringByteCount: 1 << 20)
        return (try unsafe JSONValue(parsing: text, limits: limits), offset)
    }

    /// SHA-256 of the payload: remembered, if it was computed since the machine started, else all of it is read.
    public func payloadDigest(remembering memory: DigestMemory) -> Digest {
        memory.digest(of: file, term: .boot) {
            unsafe file.withUnsafeBytes { bytes in
                unsafe Digest(of: UnsafeRawBufferPointer(rebasing: bytes[..<payloadByteCount]))
            }
        }
    }
}
