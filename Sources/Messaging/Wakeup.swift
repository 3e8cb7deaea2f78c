import CZeroMQ
import Glibc

/// Wakes a thread that waits in a `Poller`, from any other thread.
public final class Wakeup: Sendable {
    /// An eventfd: signals add up, one read takes them all.
    let descriptor: Int32

    public init() throws(MessagingError) {
        descriptor = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        guard descriptor >= 0 else { throw .failure(errno, "cannot make an eventfd") }
    }

    deinit { close(descriptor) }

    /// Ends the waits until the next drain; it may be called in a signal handler.
    public func signal() {
        _ = eventfd_write(descriptor, 1)
    }

    /// Takes all signals given so far; call it before looking at what they announced.
    public func drain() {
        var count: eventfd_t = 0
        _ = unsafe eventfd_read(descriptor, &count)
    }
}
