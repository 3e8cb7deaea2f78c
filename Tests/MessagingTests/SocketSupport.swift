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

/// Waits at most a minute for a readable socket.
func isReadable(
    _ socket: borrowing some Socket & ~Copyable, within timeout: Duration = .seconds(60)
) throws -> Bool {
    var poller = Poller()
    let token = try poller.add(socket)
    try poller.wait(timeout)
    return poller.isReadable(token)
}

/// Sends as soon as a connection is there.
func send(_ frames: [[UInt8]], over dealer: borrowing DealerSocket) throws {
    var poller = Poller()
    let token = try poller.add(dealer)
    poller.watchWritable(token, true)
    let deadline = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < deadline {
        try poller.wait(.seconds(1))
        guard poller.isWritable(token) else { continue }
        return try dealer.send(frames)
    }
    Issue.record("no connection within a minute")
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
