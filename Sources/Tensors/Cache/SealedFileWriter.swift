/// Writes a sealed file, which gets its name when it is complete and on the disk.
public struct SealedFileWriter: ~Copyable {
    /// Where the next appended bytes begin is a multiple of this: a cache line.
    public static let alignment = 64

    /// Written together and at a multiple of itself, so that the system can keep the file on huge pages.
    private static let pieceByteCount = 8 << 20

    private let file: AtomicFile
    private let piece = AlignedBuffer<UInt8>(count: pieceByteCount)
    private var filled = 0
    private var hash = SHA256()
    private var byteCount = 0

    /// Begins a file under a temporary name beside its path.
    public init(path: String) throws(TensorError) {
        file = try AtomicFile(path: path)
    }

    /// Appends bytes to the payload and returns where they begin.
    public mutating func append(_ bytes: UnsafeRawBufferPointer) throws(TensorError) -> Int {
        let padding = (Self.alignment - byteCount % Self.alignment) % Self.alignment
        let zeros = [UInt8](repeating: 0, count: padding)
        try unsafe zeros.span.bytes.withUnsafeBytes { zeros throws(TensorError) in
            try unsafe write(zeros)
        }
        let offset = byteCount
        try unsafe write(bytes)
        return offset
    }

    private mutating func write(_ bytes: UnsafeRawBufferPointer) throws(TensorError) {
        unsafe hash.update(bytes)
        byteCount += bytes.count
        var rest = unsafe bytes[...]
        while unsafe !rest.isEmpty {
            let part = unsafe rest.prefix(Self.pieceByteCount - filled)
            unsafe UnsafeMutableRawBufferPointer(start: piece.pointer + filled, count: part.count)
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: part))
            unsafe filled += part.count
            unsafe rest = rest.dropFirst(part.count)
            if filled == Self.pieceByteCount { try flush() }
        }
    }

    private mutating func flush() throws(TensorError) {
        try unsafe file.write(UnsafeRawBufferPointer(start: piece.pointer, count: filled))
        filled = 0
    }

    /// Ends the file with the directory that is made of the payload's digest.
    public consuming func seal(_ directory: (Digest) -> JSONValue) throws(TensorError) {
        try flush()
        let text = Array(directory(hash.digest).text.utf8)
        let seal =
            SealedFile.magic + LittleEndian.bytes(UInt64(byteCount))
            + LittleEndian.bytes(UInt64(text.count)) + Digest(of: text).bytes
        try file.write(text + seal)
        try file.commit()
    }
}
