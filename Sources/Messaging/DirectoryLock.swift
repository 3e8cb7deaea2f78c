import Glibc

/// A directory in which one process at a time makes and removes sockets.
enum DirectoryLock {
    /// Runs the body while nobody else has the lock; it waits a moment for whoever does, since making a socket takes no
    /// longer.
    ///
    /// - Throws: `.system` when somebody holds on to it, which in a directory that all may enter anybody could.
    static func holding<Result>(
        _ directory: String, _ body: () throws(MessagingError) -> Result
    ) throws(MessagingError) -> Result {
        let descriptor = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .failure(errno, "cannot open \(directory)") }
        defer { close(descriptor) }
        for _ in 0..<200 {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return try body() }
            guard errno == EWOULDBLOCK || errno == EINTR else { break }
            usleep(10_000)
        }
        throw .failure(errno, "cannot lock \(directory) to make a socket in it")
    }
}
