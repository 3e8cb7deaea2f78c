import CSystemShims
import Glibc

/// The system's epoll: which of many descriptors are ready, level-triggered.
@safe
final class EventQueue {
    /// Readable itself while any of its descriptors is ready.
    let descriptor: Int32
    private var events = unsafe Array(repeating: epoll_event(), count: 256)

    init() throws(MessagingError) {
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard descriptor >= 0 else { throw .failure(errno, "cannot make an event queue") }
    }

    deinit { close(descriptor) }

    /// Watches a descriptor, which is told by `key`; it leaves the queue when it is closed.
    func add(_ watched: Int32, key: UInt64) throws(MessagingError) {
        try control(EPOLL_CTL_ADD, watched, key: key, EPOLLIN.rawValue)
    }

    /// Chooses what is told of a descriptor.
    func watch(
        _ watched: Int32, key: UInt64, forInput: Bool = true, forRoom: Bool = false
    ) throws(MessagingError) {
        let input = forInput ? EPOLLIN.rawValue : 0
        let room = forRoom ? EPOLLOUT.rawValue : 0
        try control(EPOLL_CTL_MOD, watched, key: key, input | room)
    }

    private func control(
        _ operation: Int32, _ watched: Int32, key: UInt64, _ flags: UInt32
    ) throws(MessagingError) {
        var event = unsafe epoll_event()
        unsafe event.events = flags
        unsafe event.data.u64 = key
        guard unsafe epoll_ctl(descriptor, operation, watched, &event) == 0 else {
            throw .failure(errno, "cannot watch a descriptor")
        }
    }

    /// Which descriptors are ready now; it does not wait.
    func ready() -> [(key: UInt64, isReadable: Bool, hasRoom: Bool)] {
        let count = unsafe epoll_wait(descriptor, &events, Int32(events.count), 0)
        // Errors and hang-ups show when the descriptor is read.
        let input = ~EPOLLOUT.rawValue
        return (0..<max(0, Int(count))).map { index in
            let event = unsafe events[index]
            return unsafe (
                event.data.u64, event.events & input != 0, event.events & EPOLLOUT.rawValue != 0
            )
        }
    }
}
