import CZeroMQ
import Glibc
import Synchronization

/// A plain thread: what owns sockets, since tasks change threads and sockets must not.
public final class OwnerThread: Sendable {
    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }

    private let thread: Mutex<pthread_t?>

    /// Starts the thread.
    ///
    /// - Parameter name: at most 15 bytes are shown by the system's tools.
    /// - Throws: `.system` when the system has no room for another thread.
    public init(_ name: String, _ run: @escaping @Sendable () -> Void) throws(MessagingError) {
        let body = unsafe Unmanaged.passRetained(Body(run))
        var thread = pthread_t()
        let result = unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, body.toOpaque())
        guard result == 0 else {
            unsafe body.release()
            throw .failure(result, "cannot start the thread \(name)")
        }
        unsafe pthread_setname_np(thread, String(decoding: name.utf8.prefix(15), as: UTF8.self))
        self.thread = Mutex(thread)
    }

    deinit {
        if let thread = take() { pthread_detach(thread) }
    }

    /// Waits until the thread has returned; it blocks, so no task may call it.
    public func join() {
        if let thread = take() { pthread_join(thread, nil) }
    }

    private func take() -> pthread_t? {
        thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
    }
}
