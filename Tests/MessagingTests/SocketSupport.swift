import Glibc
import Messaging
import Testing

/// Options for tests: small frames, quick reconnects.
let testOptions: SocketOptions = {
    var options = SocketOptions(frameByteLimit: 64 << 10)
    options.reconnectInterval = .milliseconds(10)
    options.longestReconnectInterval = .milliseconds(50)
    return options
}()

/// A directory that is removed with its contents when the test is over.
struct TemporaryDirectory: ~Copyable {
    let path: String

    init() throws {
        var template = Array("/tmp/fusebox-test-XXXXXX".utf8CString)
        let made = unsafe mkdtemp(&template).map { unsafe String(cString: $0) }
        path = try #require(made)
    }

    deinit {
        for name in ["a.sock", "b.sock", "sub/a.sock", "sub"] {
            unsafe remove("\(path)/\(name)")
        }
        unsafe remove(path)
    }
}

/// A router that works while its test waits for something else.
final class TestRouter {
    let socket: RouterSocket
    private var arrivals: [RouterSocket.Arrival] = []

    init(_ change: (inout RouterOptions) -> Void = { _ in }) throws {
        var options = RouterOptions(frameByteLimit: 64 << 10)
        change(&options)
        socket = try RouterSocket(options)
    }

    /// Takes one turn.
    func work() {
        socket.collect()
        while let arrival = socket.receive() { arrivals.append(arrival) }
        socket.flush()
    }

    /// Works until the condition holds; false after a minute, or the given time.
    func work(
        within timeout: Duration = .seconds(60), until isOver: () throws -> Bool
    ) throws -> Bool {
        let deadline = ContinuousClock.now + timeout
        while ContinuousClock.now < deadline {
            work()
            if try isOver() { return true }
            usleep(500)
        }
        return false
    }

    /// The next message, and who sent it.
    func message(within timeout: Duration = .seconds(60)) throws -> (peer: Peer, frames: [[UInt8]])?
    {
        while try work(within: timeout, until: { !arrivals.isEmpty }) {
            if case .message(let peer, let frames) = arrivals.removeFirst() {
                return (peer, frames)
            }
        }
        return nil
    }

    /// Whether the peer's leaving is noticed.
    func notices(_ peer: Peer) throws -> Bool {
        try work {
            arrivals.contains { if case .left(peer) = $0 { true } else { false } }
        }
    }

    /// Has a dealer send as soon as a connection is there.
    func take(_ frames: [[UInt8]], from dealer: borrowing DealerSocket) throws {
        let isSent = try work { try Self.isSent(frames, over: dealer) }
        if !isSent { Issue.record("no connection within a minute") }
    }

    private static func isSent(
        _ frames: [[UInt8]], over dealer: borrowing DealerSocket
    ) throws -> Bool {
        do throws(MessagingError) {
            try dealer.send(frames)
            return true
        } catch {
            guard error.code == .wouldBlock else { throw error }
            return false
        }
    }

    /// What a dealer gets next.
    func answer(to dealer: borrowing DealerSocket) throws -> [[UInt8]]? {
        var answer: [[UInt8]]?
        _ = try work { () throws in
            answer = try dealer.receive()
            return answer != nil
        }
        return answer
    }
}

/// Waits at most a minute for a readable socket.
func isReadable(
    _ socket: borrowing some Socket & ~Copyable, within timeout: Duration = .seconds(60)
) throws -> Bool {
    var poller = Poller()
    let token = try poller.add(socket)
    try poller.wait(timeout)
    return poller.isReadable(token)
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// The code of the error that the operation throws, or nil when it throws none.
func failureCode(
    _ operation: () throws(MessagingError) -> Void
) -> MessagingError.Code? {
    do throws(MessagingError) {
        try operation()
        return nil
    } catch {
        return error.code
    }
}
