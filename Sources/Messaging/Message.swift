import CZeroMQ
import Glibc

/// One received frame, reused from frame to frame.
///
/// libzmq's message must neither be copied nor move in memory, so it lives on the heap behind a
/// type that cannot be copied.
@safe
struct Message: ~Copyable {
    private let pointer: UnsafeMutablePointer<zmq_msg_t>

    init() {
        unsafe pointer = .allocate(capacity: 1)
        unsafe pointer.initialize(to: zmq_msg_t())
        unsafe zmq_msg_init(pointer)
    }

    deinit {
        unsafe zmq_msg_close(pointer)
        unsafe pointer.deallocate()
    }

    /// Takes the socket's next frame in place of the present one; false when there is none.
    mutating func receive(from socket: UnsafeMutableRawPointer) throws(MessagingError) -> Bool {
        while unsafe zmq_msg_recv(pointer, socket, ZMQ_DONTWAIT) < 0 {
            switch zmq_errno() {
            case EINTR: continue
            case EAGAIN: return false
            default: throw .last("cannot receive")
            }
        }
        return true
    }

    /// Whether the message goes on with another frame.
    var hasMore: Bool { unsafe zmq_msg_more(pointer) != 0 }

    /// A copy of the frame's bytes.
    var bytes: [UInt8] {
        let count = unsafe zmq_msg_size(pointer)
        guard let start = unsafe zmq_msg_data(pointer) else { return [] }
        return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
    }
}
