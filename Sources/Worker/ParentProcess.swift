internal import CSystemShims
internal import Glibc
internal import Wire

/// The process that started this one and that it must not outlive.
public enum ParentProcess {
    /// Has the kernel kill this process as soon as its parent ends.
    ///
    /// "Parent" means the thread that started it: that of swift-subprocess lives as long as its process.
    ///
    /// - Parameter pid: the process that should be the parent.
    /// - Throws: when it is not, because it ended before the kernel was asked, and for what the kernel refuses.
    public static func follow(_ pid: Int32) throws(WorkerError) {
        guard fusebox_terminate_with_parent() == 0 else {
            throw WorkerError(
                .internal, "cannot be tied to the process that started it: error \(errno)")
        }
        guard getppid() == pid else {
            throw WorkerError(
                .unavailable, "the process \(pid) that should serve this worker is gone")
        }
    }
}
