/// Read-only bytes of a file or of memory, shared by the tensors in them.
public enum FileBytes: Sendable {
    case mapped(MappedFile)
    case copied(AlignedBuffer<UInt8>)

    /// How a file's bytes are reached.
    public enum Loading: Sendable {
        /// Mapped: shared with other processes, paged in as needed. For files that nobody rewrites in place.
        case mapped
        /// Read into memory: safe against a file that is truncated later.
        case copied
    }

    /// Opens a regular file, which may have at most `limit` bytes when it is copied.
    public init(path: String, loading: Loading, limit: Int = 4 << 30) throws(TensorError) {
        switch loading {
        case .mapped:
            self = .mapped(try MappedFile(path: path))
        case .copied:
            let file = try RegularFile(path: path)
            guard file.byteCount <= limit else {
                throw TensorError(
                    .limitExceeded,
                    "\(path): has \(file.byteCount) bytes, more than the \(limit) allowed")
            }
            guard let buffer = AlignedBuffer<UInt8>(ifPossible: file.byteCount) else {
                throw TensorError(
                    .limitExceeded, "\(path): there is no memory for its \(file.byteCount) bytes")
            }
            let count = try unsafe buffer.withUnsafeMutableBufferPointer {
                bytes throws(TensorError) in
                try unsafe file.read(into: UnsafeMutableRawBufferPointer(bytes))
            }
            guard count == file.byteCount else {
                throw TensorError(
                    .unreadable, "\(path): became shorter while it was read; try again")
            }
            self = .copied(buffer)
        }
    }

    public init(_ bytes: [UInt8]) {
        self = .copied(AlignedBuffer(bytes))
    }

    public var count: Int {
        switch self {
        case .mapped(let file): file.byteCount
        case .copied(let buffer): buffer.count
        }
    }

    public func withUnsafeBytes<R, E>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        switch self {
        case .mapped(let file):
            try unsafe file.withUnsafeBytes(body)
        case .copied(let buffer):
            try unsafe buffer.withUnsafeBufferPointer { bytes throws(E) in
                try unsafe body(UnsafeRawBufferPointer(bytes))
            }
        }
    }

    /// SHA-256 of all bytes; a mapped file's may be remembered.
    public func digest(remembering memory: DigestMemory? = nil) -> Digest {
        if let memory, case .mapped(let file) = self {
            return memory.digest(of: file) { digest() }
        }
        return unsafe withUnsafeBytes { bytes in unsafe Digest(of: bytes) }
    }
}
