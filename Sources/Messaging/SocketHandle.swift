import CZeroMQ
import Glibc

/// A libzmq socket and the thread that made it, which alone may use and close it.
///
/// Not Sendable, so the compiler keeps it from other threads; a use on one all the same traps.
@safe
public final class SocketHandle {
    /// Frames in a message, routing frames included; what follows is read and thrown away.
    public static let frameLimit = 16

    private let context: Context
    private let owner: pthread_t
    private var open: UnsafeMutableRawPointer?
    private var frame = Message()

    init(_ context: Context, _ type: Int32, _ options: SocketOptions) throws(MessagingError) {
        self.context = context
        owner = pthread_self()
        unsafe open = unsafe zmq_socket(context.pointer, type)
        guard unsafe open != nil else { throw .last("cannot make a socket") }
        try options.apply(to: self)
    }

    deinit { close() }

    /// Closes at once; what is still to be sent gets the linger in the background.
    func close() {
        guard let socket = unsafe open else { return }
        checkThread()
        unsafe zmq_close(socket)
        unsafe open = nil
    }

    /// The socket for one call of libzmq.
    func pointer() throws(MessagingError) -> UnsafeMutableRawPointer {
        checkThread()
        guard let socket = unsafe open else {
            throw MessagingError(.closed, "the socket is closed")
        }
        return unsafe socket
    }

    private func checkThread() {
        precondition(
            pthread_equal(owner, pthread_self()) != 0,
            "a ZeroMQ socket was used on a thread that did not make it")
    }

    /// Sets an option of libzmq's type `int`, or `int64_t` where the value is an Int64.
    func set(
        _ option: Int32, _ value: some FixedWidthInteger & BitwiseCopyable
    ) throws(MessagingError) {
        let socket = unsafe try pointer()
        let result = unsafe withUnsafeBytes(of: value) { bytes in
            unsafe zmq_setsockopt(socket, option, bytes.baseAddress, bytes.count)
        }
        guard result == 0 else { throw .last("cannot set socket option \(option) to \(value)") }
    }

    func bind(_ endpoint: Endpoint) throws(MessagingError) {
        try endpoint.validate()
        let socket = unsafe try pointer()
        guard unsafe zmq_bind(socket, endpoint.description) == 0 else {
            throw .last("cannot bind \(endpoint)")
        }
    }

    func connect(_ endpoint: Endpoint) throws(MessagingError) {
        try endpoint.validate()
        let socket = unsafe try pointer()
        if case .tcp(let host, _) = endpoint, host.contains(":") { try set(ZMQ_IPV6, Int32(1)) }
        guard unsafe zmq_connect(socket, endpoint.description) == 0 else {
            throw .last("cannot connect to \(endpoint)")
        }
    }

    /// Queues all frames as one message, or none of them.
    ///
    /// - Throws: `.wouldBlock`, `.unreachable`, `.terminated`; it never waits.
    func send(_ frames: [[UInt8]]) throws(MessagingError) {
        for (index, frame) in frames.enumerated() {
            try send(frame, more: index + 1 < frames.count)
        }
    }

    /// Queues one frame; the message leaves with the one that is not followed by `more`.
    func send(_ frame: [UInt8], more: Bool) throws(MessagingError) {
        let socket = unsafe try pointer()
        let flags = ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0)
        var result: Int32
        repeat {
            result = unsafe frame.withUnsafeBytes { bytes in
                unsafe zmq_send(socket, bytes.baseAddress, bytes.count, flags)
            }
        } while result < 0 && zmq_errno() == EINTR
        guard result >= 0 else { throw .last("cannot send") }
    }

    /// Takes the next message, if one is there.
    ///
    /// - Throws: `.tooManyFrames` after throwing such a message away; the socket stays usable.
    func receive() throws(MessagingError) -> [[UInt8]]? {
        let socket = unsafe try pointer()
        guard try unsafe frame.receive(from: socket) else { return nil }
        var frames = [frame.bytes]
        var frameCount = 1
        while frame.hasMore {
            guard try unsafe frame.receive(from: socket) else { break }
            frameCount += 1
            if frameCount <= Self.frameLimit { frames.append(frame.bytes) }
        }
        guard frameCount <= Self.frameLimit else {
            throw MessagingError(
                .tooManyFrames,
                "a message of \(frameCount) frames, at most \(Self.frameLimit) are taken")
        }
        return frames
    }
}
