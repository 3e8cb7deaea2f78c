internal import Glibc
internal import SystemPackage

/// The right to change something, which one process or thread has at a time, for as long as it holds this.
public struct FileLock: ~Copyable, Sendable {
    private let descriptor: FileDescriptor

    /// Waits for the lock; its file is made where it is missing, and stays.
    public init(path: String) throws(TensorError) {
        let descriptor = try Self.open(path)
        guard try Self.lock(descriptor, LOCK_EX, path) else {
            throw TensorError(.unwritable, "\(path): cannot be locked")
        }
        self.descriptor = descriptor
    }

    /// Takes the lock if nobody has it; nil: somebody does.
    public init?(ifFree path: String) throws(TensorError) {
        let descriptor = try Self.open(path)
        guard try Self.lock(descriptor, LOCK_EX | LOCK_NB, path) else { return nil }
        self.descriptor = descriptor
    }

    private static func open(_ path: String) throws(TensorError) -> FileDescriptor {
        do {
            return try FileDescriptor.open(
                FilePath(path), .readWrite, options: [.create, .closeOnExec],
                permissions: .ownerReadWrite)
        } catch {
            throw TensorError(.unwritable, "\(path): cannot be created: \(error)")
        }
    }

    /// False, and the file is closed, when somebody else has the lock.
    private static func lock(
        _ descriptor: FileDescriptor, _ operation: Int32, _ path: String
    ) throws(TensorError) -> Bool {
        while flock(descriptor.rawValue, operation) != 0 {
            let reason = Errno(rawValue: errno)
            if reason == .interrupted { continue }
            try? descriptor.close()
            if reason == .wouldBlock { return false }
            throw TensorError(.unwritable, "\(path): cannot be locked: \(reason)")
        }
        return true
    }

    deinit {
        try? descriptor.close()
    }
}
