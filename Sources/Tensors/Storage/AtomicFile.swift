internal import Glibc
internal import SystemPackage

/// A new file that appears under its name only when it is complete.
///
/// Written beside its place under a temporary name, then synchronized and renamed; dropped without `commit()`, it leaves
/// nothing behind.
public struct AtomicFile: ~Copyable {
    /// How the names of files end that are not complete.
    public static let temporarySuffix = ".partial"

    private let path: String
    private let temporaryPath: String
    private let descriptor: FileDescriptor
    private var isCommitted = false

    /// Creates the temporary file in the folder of `path`.
    ///
    /// - Parameter isPrivate: whether nobody but this user may read it.
    public init(path: String, isPrivate: Bool = false) throws(TensorError) {
        self.path = path
        temporaryPath =
            "\(path).\(getpid()).\(UInt32.random(in: 0 ... .max))\(Self.temporarySuffix)"
        do {
            descriptor = try FileDescriptor.open(
                FilePath(temporaryPath), .writeOnly,
                options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: isPrivate
                    ? .ownerReadWrite : [.ownerReadWrite, .groupRead, .otherRead])
        } catch {
            throw TensorError(.unwritable, "\(path): cannot be created: \(error)")
        }
    }

    deinit {
        try? descriptor.close()
        if !isCommitted { unsafe unlink(temporaryPath) }
    }

    /// Appends bytes.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(TensorError) {
        do {
            _ = try unsafe descriptor.writeAll(bytes)
        } catch {
            throw TensorError(.unwritable, "\(path): cannot be written: \(error)")
        }
    }

    /// Appends bytes.
    public func write(_ bytes: [UInt8]) throws(TensorError) {
        try unsafe bytes.span.bytes.withUnsafeBytes { bytes throws(TensorError) in
            try unsafe write(bytes)
        }
    }

    /// Makes the content durable and gives the file its name, in place of one that was there.
    ///
    /// - Parameter previous: what the one that was there is called from now on; nil: it goes. Whenever the machine stops, one
    ///   of the two is there and whole.
    public consuming func commit(keepingPreviousAs previous: String? = nil) throws(TensorError) {
        guard fsync(descriptor.rawValue) == 0 else { throw incompletable }
        if let previous, unsafe rename(path, previous) != 0, errno != ENOENT {
            throw incompletable
        }
        guard unsafe rename(temporaryPath, path) == 0 else { throw incompletable }
        isCommitted = true
        try Self.synchronizeFolder(of: path)
    }

    private var incompletable: TensorError {
        TensorError(.unwritable, "\(path): cannot be completed: \(Errno(rawValue: errno))")
    }

    /// Copies a regular file, in pieces.
    ///
    /// - Parameter limit: bytes that it may have.
    public static func copy(
        _ source: String, to path: String, limit: Int = 4 << 30
    ) throws(TensorError) {
        let file = try RegularFile(path: source)
        guard file.byteCount <= limit else {
            throw TensorError(
                .limitExceeded,
                "\(source): has \(file.byteCount) bytes, more than the \(limit) allowed")
        }
        let copy = try AtomicFile(path: path)
        let piece = AlignedBuffer<UInt8>(count: 1 << 20)
        var left = limit
        while true {
            let count = try unsafe piece.withUnsafeMutableBufferPointer {
                bytes throws(TensorError) in
                try unsafe file.read(into: UnsafeMutableRawBufferPointer(bytes))
            }
            left -= count
            guard left >= 0 else {
                throw TensorError(.limitExceeded, "\(source): became longer while it was copied")
            }
            try unsafe copy.write(UnsafeRawBufferPointer(start: piece.pointer, count: count))
            guard count == piece.count else { break }
        }
        try copy.commit()
    }

    /// Removes a file, if it is there, for good.
    public static func remove(path: String) throws(TensorError) {
        guard unsafe unlink(path) == 0 || errno == ENOENT else {
            throw TensorError(
                .unwritable, "\(path): cannot be removed: \(Errno(rawValue: errno))")
        }
        try synchronizeFolder(of: path)
    }

    /// Makes a name durable: that it is in its folder.
    public static func synchronizeFolder(of path: String) throws(TensorError) {
        let folder = FilePath(path).removingLastComponent()
        do {
            let descriptor = try FileDescriptor.open(
                folder.isEmpty ? "." : folder, .readOnly, options: [.directory, .closeOnExec])
            defer { try? descriptor.close() }
            guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
        } catch {
            throw TensorError(.unwritable, "\(folder): cannot be synchronized: \(error)")
        }
    }
}
