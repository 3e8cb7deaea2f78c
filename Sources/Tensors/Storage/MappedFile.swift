internal import Glibc
internal import SystemPackage

/// A regular file mapped read-only and shared, so that all processes that map it use one copy.
///
/// A mapped file that somebody truncates kills its readers with SIGBUS: map model files, which nobody rewrites in place,
/// and read what users drop in (`FileBytes.Loading.copied`).
@safe public final class MappedFile: Sendable {
    /// The bytes of the file when it was mapped.
    public let byteCount: Int
    let path: String
    let identity: FileIdentity
    private nonisolated(unsafe) let pointer: UnsafeRawPointer?

    /// Maps the whole file; directories, pipes and devices are refused.
    ///
    /// - Parameter onHugePages: whether to ask for them: for files that are read from end to end, again and again.
    public init(path: String, onHugePages: Bool = false) throws(TensorError) {
        let file = try RegularFile(path: path)
        self.path = path
        identity = file.identity
        byteCount = file.byteCount
        guard byteCount > 0 else {
            unsafe pointer = nil
            return
        }
        let mapping = unsafe mmap(
            nil, byteCount, PROT_READ, MAP_SHARED, file.descriptor.rawValue, 0)
        guard let mapping = unsafe mapping, unsafe mapping != MAP_FAILED else {
            throw TensorError(.unreadable, "\(path): cannot be mapped: \(Errno(rawValue: errno))")
        }
        unsafe pointer = UnsafeRawPointer(mapping)
        // Where the system has none for this file, small pages do.
        if onHugePages { unsafe madvise(mapping, byteCount, MADV_HUGEPAGE) }
    }

    deinit {
        if let pointer = unsafe pointer {
            unsafe munmap(UnsafeMutableRawPointer(mutating: pointer), byteCount)
        }
    }

    public func withUnsafeBytes<R, E>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        defer { extendLifetime(self) }
        return unsafe try body(UnsafeRawBufferPointer(start: pointer, count: byteCount))
    }
}
