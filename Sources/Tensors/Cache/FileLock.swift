internal import Glibc
internal import SystemPackage

/// The right to change something, which one process or thread has at a time, for as long as it holds this.
public struct FileLock: ~Copyable {
    private let descriptor: FileDescriptor

    /// Waits for the lock; its file is made where it is missing, and stays.
    public init(path: String) throws(TensorError) {
        let descriptor: FileDescriptor
        do {
            descriptor = try FileDescriptor.open(
                FilePath(path), .readWrite, options: [.create, .closeOnExec],
                permissions: .ownerReadWrite)
        } catch {
            throw TensorError(.unwritable, "\(path): cannot be created: \(error)")
        }
        while flock(descriptor.rawValue, LOCK_EX) != 0 {
            guard errno == EINTR else {
                let reason = Errno(rawValue: errno)
                try? descriptor.close()
                throw TensorError(.unwritable, "\(path): cannot be locked: \(reason)")
            }
        }
        self.descriptor = descriptor
    }

    deinit {
        try? descriptor.close()
    }
}
