import CZeroMQ
import Glibc

/// Waits until one of several sockets, descriptors or wakeups is ready; owned by their thread.
@safe
public struct Poller {
    /// One of the things waited for.
    public struct Token: Hashable, Sendable {
        let index: Int
    }

    private var items: [zmq_pollitem_t] = unsafe []
    // What the items point into must not be freed before them.
    private var sockets: [SocketHandle] = []
    private var routers: [RouterSocket] = []
    private var wakeups: [Wakeup] = []

    public init() {}

    /// Waits for messages to come in at a socket.
    public mutating func add(_ socket: borrowing some Socket & ~Copyable) throws(MessagingError)
        -> Token
    {
        sockets.append(socket.handle)
        unsafe items.append(
            zmq_pollitem_t(
                socket: try socket.handle.pointer(), fd: -1, events: Int16(ZMQ_POLLIN), revents: 0))
        return Token(index: unsafe items.count - 1)
    }

    /// Waits for connections and messages to come in at a router, and for room where some wait to leave.
    public mutating func add(_ router: RouterSocket) -> Token {
        routers.append(router)
        return add(descriptor: router.descriptor)
    }

    /// Waits for signals.
    public mutating func add(_ wakeup: Wakeup) -> Token {
        wakeups.append(wakeup)
        return add(descriptor: wakeup.descriptor)
    }

    /// Waits for a descriptor to be readable; its owner keeps it open as long as the poller is used.
    public mutating func add(descriptor: Int32) -> Token {
        unsafe items.append(
            zmq_pollitem_t(socket: nil, fd: descriptor, events: Int16(ZMQ_POLLIN), revents: 0))
        return Token(index: unsafe items.count - 1)
    }

    /// Chooses whether room to send ends the wait too.
    public mutating func watchWritable(_ token: Token, _ isWatched: Bool) {
        unsafe items[token.index].events = Int16(isWatched ? ZMQ_POLLIN | ZMQ_POLLOUT : ZMQ_POLLIN)
    }

    /// Waits until something is ready or the time is over; nil waits without end.
    ///
    /// A signal to the process ends the wait early, with nothing ready.
    /// - Throws: `.terminated` once the context was shut down, `.closed` when a socket was.
    public mutating func wait(_ timeout: Duration?) throws(MessagingError) {
        for socket in sockets { unsafe _ = try socket.pointer() }
        let milliseconds = timeout.map { Int($0.milliseconds) } ?? -1
        let count = unsafe Int32(clamping: items.count)
        guard unsafe zmq_poll(&items, count, milliseconds) < 0 else { return }
        guard zmq_errno() == EINTR else { throw .last("cannot wait for sockets") }
        for index in unsafe items.indices { unsafe items[index].revents = 0 }
    }

    public func isReadable(_ token: Token) -> Bool {
        unsafe items[token.index].revents & Int16(ZMQ_POLLIN) != 0
    }

    public func isWritable(_ token: Token) -> Bool {
        unsafe items[token.index].revents & Int16(ZMQ_POLLOUT) != 0
    }
}
