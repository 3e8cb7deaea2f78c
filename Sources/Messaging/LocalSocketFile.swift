import FoundationEssentials
import Glibc

/// The file of an ipc endpoint at which this process listens.
///
/// One owner a file: it is made and removed under a lock of its directory, and never removed when it is another's by then.
public final class LocalSocketFile {
    let descriptor: Int32
    private let path: String
    /// The file that this process made, by device and inode.
    private let identity: (dev_t, ino_t)

    /// Listens at a path of which nobody else makes use.
    ///
    /// Makes the directory with mode 0700 where it is missing.
    /// - Throws: `.addressInUse`, `.refusedBind` for a directory in which others could replace the file.
    init(listeningAt path: String) throws(MessagingError) {
        try Self.prepareDirectory(of: path)
        self.path = path
        (descriptor, identity) = try DirectoryLock.holding(Self.directory(of: path)) {
            () throws(MessagingError) in
            try Self.clear(path)
            return try Self.listen(at: path)
        }
    }

    private static func listen(
        at path: String
    ) throws(MessagingError) -> (Int32, (dev_t, ino_t)) {
        let descriptor = socket()
        guard descriptor >= 0 else { throw .failure(errno, "cannot make a socket") }
        // Only the owner may connect. The mask is the process's: for this moment other threads' new files are the owner's
        // alone too.
        let mask = umask(0o077)
        let result = unsafe SocketAddress.with(path) { address, size in
            unsafe bind(descriptor, address, size)
        }
        umask(mask)
        var status = stat()
        guard result == 0, Glibc.listen(descriptor, ListenBacklog.count) == 0,
            unsafe lstat(path, &status) == 0
        else {
            let number = errno
            close(descriptor)
            throw .failure(number, "cannot bind ipc://\(path)")
        }
        return (descriptor, (status.st_dev, status.st_ino))
    }

    /// Removes the file, unless another process has put its own there; the descriptor is the caller's to close after it.
    func remove() {
        try? DirectoryLock.holding(Self.directory(of: path)) {
            var status = stat()
            guard unsafe lstat(path, &status) == 0,
                (status.st_dev, status.st_ino) == identity
            else { return }
            unsafe unlink(path)
        }
    }

    /// Removes what killed processes left in a directory: sockets named `PREFIX…-PID.sock`.
    ///
    /// A socket stays unless it is this user's, its process is gone and nobody answers at it.
    public static func removeStale(in directory: String, prefix: String) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        for name in names where name.hasPrefix(prefix) && name.hasSuffix(".sock") {
            guard let number = name.dropLast(".sock".count).split(separator: "-").last,
                let process = pid_t(number), process > 0, kill(process, 0) != 0, errno == ESRCH
            else { continue }
            let path = "\(directory)/\(name)"
            var status = stat()
            guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK,
                status.st_uid == getuid(), !isListening(path)
            else { continue }
            unsafe unlink(path)
        }
    }

    /// Makes sure that a socket could be here: nothing is, or a dead one in a directory that others cannot change.
    static func checkFree(_ path: String) throws(MessagingError) {
        if let found = try status(directory(of: path)) {
            try checkDirectory(directory(of: path), found)
        }
        _ = try isDead(path)
    }

    /// Whether a dead socket is here; false where nothing is.
    private static func isDead(_ path: String) throws(MessagingError) -> Bool {
        guard let file = try status(path) else { return false }
        guard file.st_mode & S_IFMT == S_IFSOCK else {
            throw MessagingError(
                .invalidEndpoint, "\(path) exists and is no socket; choose another path")
        }
        guard !isListening(path) else { throw .inUse(.ipc(path: path)) }
        return true
    }

    /// Takes a dead socket out of the way, and nothing else.
    private static func clear(_ path: String) throws(MessagingError) {
        guard try isDead(path) else { return }
        guard unsafe unlink(path) == 0 else {
            throw .failure(errno, "cannot remove the dead socket \(path)")
        }
    }

    private static func directory(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    }

    private static func prepareDirectory(of path: String) throws(MessagingError) {
        let directory = directory(of: path)
        guard let found = try status(directory) else {
            guard unsafe mkdir(directory, 0o700) == 0 || errno == EEXIST else {
                throw .failure(errno, "cannot make the directory \(directory) for a socket")
            }
            return
        }
        try checkDirectory(directory, found)
    }

    /// Refuses what is no directory, and one in which others could replace a socket.
    private static func checkDirectory(
        _ directory: String, _ found: stat
    ) throws(MessagingError) {
        guard found.st_mode & S_IFMT == S_IFDIR else {
            throw MessagingError(.invalidEndpoint, "\(directory) is no directory")
        }
        let othersWrite = found.st_mode & (S_IWGRP | S_IWOTH) != 0
        let isSticky = found.st_mode & S_ISVTX != 0
        guard !othersWrite || isSticky, found.st_uid == getuid() || found.st_uid == 0 else {
            throw MessagingError(
                .refusedBind,
                "others could replace a socket in \(directory); use a directory of mode 0700")
        }
    }

    /// What is at the path, links followed; nil when nothing is.
    private static func status(_ path: String) throws(MessagingError) -> stat? {
        var status = stat()
        guard unsafe stat(path, &status) != 0 else { return status }
        guard errno == ENOENT else { throw .failure(errno, "cannot look at \(path)") }
        return nil
    }

    /// Whether a process answers at the socket file; a dead one refuses.
    private static func isListening(_ path: String) -> Bool {
        let descriptor = socket()
        guard descriptor >= 0 else { return true }
        defer { close(descriptor) }
        let result = unsafe SocketAddress.with(path) { address, size in
            unsafe connect(descriptor, address, size)
        }
        return result == 0 || errno != ECONNREFUSED
    }

    private static func socket() -> Int32 {
        let flags = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        return Glibc.socket(AF_UNIX, Int32(flags), 0)
    }
}

/// The system's address of a socket file.
private enum SocketAddress {
    static func with(
        _ path: String, _ body: (UnsafePointer<sockaddr>?, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { target in
            unsafe target.copyBytes(from: path.utf8.prefix(target.count - 1))
        }
        return unsafe withUnsafeBytes(of: address) { bytes in
            unsafe body(
                bytes.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t(bytes.count))
        }
    }
}
