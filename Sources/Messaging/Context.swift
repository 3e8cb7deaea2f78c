import CZeroMQ
import Glibc

/// The ZeroMQ of this process: its I/O thread and the names of its inproc endpoints.
///
/// One a process. Make it after any fork, and never fork while it lives. Unlike sockets it may be
/// used from every thread.
@safe
public final class Context: Sendable {
    // libzmq's contexts are thread-safe, and this one is only ever handed to libzmq.
    nonisolated(unsafe) let pointer: UnsafeMutableRawPointer

    /// - Throws: `.system` when the process has no file descriptors left.
    public init() throws(MessagingError) {
        guard let pointer = unsafe zmq_ctx_new() else {
            throw .last("cannot make a ZeroMQ context")
        }
        unsafe self.pointer = unsafe pointer
    }

    /// Makes every operation on the context's sockets, also one that waits, throw `.terminated`.
    public func shutdown() {
        unsafe zmq_ctx_shutdown(pointer)
    }

    // Every socket holds its context, so all are closed here, and what they still have to send is
    // bounded by their linger: the wait is short.
    deinit {
        while unsafe zmq_ctx_term(pointer) != 0, zmq_errno() == EINTR {}
    }
}
