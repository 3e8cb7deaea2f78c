internal import Glibc
internal import SystemPackage

/// An open regular file, closed when it goes.
struct RegularFile: ~Copyable {
    let path: String
    let descriptor: FileDescriptor
    /// The size when it was opened.
    let byteCount: Int
    /// What it was when it was opened.
    let identity: FileIdentity

    /// Opens for reading, without waiting for the writer of a pipe: what is no regular file is refused.
    init(path: String) throws(TensorError) {
        let descriptor: FileDescriptor
        do {
            descriptor = try FileDescriptor.open(
                FilePath(path), .readOnly, options: [.closeOnExec, .nonBlocking])
        } catch {
            throw TensorError(.unreadable, "\(path): cannot be opened: \(error)")
        }
        var status = stat()
        let result = unsafe fstat(descriptor.rawValue, &status)
        guard result == 0, status.st_mode & S_IFMT == S_IFREG else {
            try? descriptor.close()
            throw TensorError(
                .unreadable, "\(path): is not a regular file; give the path of a file")
        }
        self.path = path
        self.descriptor = descriptor
        byteCount = status.st_size
        identity = FileIdentity(status)
    }

    deinit {
        try? descriptor.close()
    }

    /// Fills the buffer with the file's next bytes and returns how many there were; fewer only at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(TensorError) -> Int {
        var filled = 0
        while filled < buffer.count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            do {
                let count = try unsafe descriptor.read(into: rest)
                if count == 0 { break }
                filled += count
            } catch {
                throw TensorError(.unreadable, "\(path): cannot be read: \(error)")
            }
        }
        return filled
    }
}
