import FoundationEssentials
import Glibc

/// The file of an ipc endpoint, which libzmq would replace without asking.
public enum LocalSocketFile {
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

    /// Makes sure that binding takes nothing away from anybody and that nobody can take the file.
    ///
    /// Makes the directory with mode 0700 where it is missing.
    static func prepare(_ path: String) throws(MessagingError) {
        try prepareDirectory(of: path)
        guard let file = try status(path) else { return }
        guard file.st_mode & S_IFMT == S_IFSOCK else {
            throw MessagingError(
                .invalidEndpoint, "\(path) exists and is no socket; choose another path")
        }
        guard !isListening(path) else {
            throw MessagingError(
                .addressInUse,
                "ipc://\(path) is in use: stop the other service or choose another endpoint")
        }
    }

    private static func prepareDirectory(of path: String) throws(MessagingError) {
        let directory = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        guard let found = try status(directory) else {
            guard unsafe mkdir(directory, 0o700) == 0 || errno == EEXIST else {
                throw .failure(errno, "cannot make the directory \(directory) for a socket")
            }
            return
        }
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

    /// Whether a process answers at the socket file; a stale file refuses.
    private static func isListening(_ path: String) -> Bool {
        let descriptor = socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return true }
        defer { Glibc.close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { target in
            unsafe target.copyBytes(from: path.utf8.prefix(target.count - 1))
        }
        let result = unsafe withUnsafeBytes(of: address) { bytes in
            unsafe connect(
                descriptor, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress,
                socklen_t(bytes.count))
        }
        return result == 0 || errno != ECONNREFUSED
    }
}
