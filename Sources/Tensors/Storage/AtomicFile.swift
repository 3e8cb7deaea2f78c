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
    public consuming func commit() throws(TensorError) {
        guard fsync(descriptor.rawValue) == 0, unsafe rename(temporaryPath, path) == 0 else {
            throw TensorError(
                .unwritable, "\(path): cannot be completed: \(Errno(rawValue: errno))")
        }
        isCommitted = true
        try Self.synchronizeFolder(of: path)
    }

    /// Removes a file, if it is there, for good.
    public static func remove(path: String) throws(TensorError) {
        guard unsafe unlink(path) == 0 || errno == ENOENT else {
            throw TensorError(
                .unwritable, "\(path): cannot be removed: \(Errno(rawValue: errno))")
        }
        try synchronizeFolder(of: path)
    }

    /// The name itself is durable once the folder is.
    private static func synchronizeFolder(of path: String) throws(TensorError) {
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
