internal import Glibc

/// What tells whether a file is still the one that was looked at: every write and every replacement changes it.
public struct FileIdentity: Equatable, Sendable {
    /// Inode, size, time of the last write and of the last change of any kind, as one word each.
    public let text: String
    private let changed: timespec

    init(_ status: stat) {
        let (written, changed) = (status.st_mtim, status.st_ctim)
        text =
            "\(status.st_ino) \(status.st_size) \(written.tv_sec).\(written.tv_nsec) \(changed.tv_sec).\(changed.tv_nsec)"
        self.changed = changed
    }

    /// The identity of what is at a path now; nil when nothing is.
    public init?(path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// Whether a later write is sure to show in the times, whose clock ticks at least every 10 ms.
    public var isSettled: Bool {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        let seconds = now.tv_sec.subtractingReportingOverflow(changed.tv_sec)
        guard !seconds.overflow, seconds.partialValue <= 1 else { return !seconds.overflow }
        return seconds.partialValue * 1_000_000_000 + now.tv_nsec - changed.tv_nsec > 20_000_000
    }

    public static func == (left: FileIdentity, right: FileIdentity) -> Bool {
        left.text == right.text
    }
}
