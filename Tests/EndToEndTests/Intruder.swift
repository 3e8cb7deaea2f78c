import Glibc
import Messaging
import Testing
import Wire

/// A peer that sends a front whatever it likes, over a socket of its own.
///
/// Used on one thread, as its socket is.
final class Intruder {
    private let socket: DealerSocket
    private var poller = Poller()

    /// Sends bad messages one after the other and returns what the front refused each with.
    ///
    /// After each of them a good request has to be answered over the same socket.
    static func provoke(_ endpoint: String, _ messages: [BadMessage]) throws -> [WireFailed?] {
        let intruder = try Intruder(endpoint)
        return try messages.map { try intruder.provoke($0) }
    }

    private init(_ endpoint: String) throws {
        var options = SocketOptions(frameByteLimit: 8 << 20)
        options.reconnectInterval = .milliseconds(10)
        socket = try DealerSocket(Context(), options)
        _ = try poller.add(socket)
        try socket.connect(Endpoint(endpoint))
    }

    private func provoke(_ message: BadMessage) throws -> WireFailed? {
        try send(message.frames)
        var failure: WireFailed?
        while message.reaction == .refusal, failure == nil {
            guard let event = try receive(isConnected: true) else { break }
            if case .failed(let failed) = event { failure = failed }
        }
        let request = BadMessage.submit { _ in }
        // What is sent while the connection ends goes with it.
        for _ in 0..<(message.reaction == .disconnection ? 100 : 1) {
            try send(try Frames.encode(ClientVerb.submit(request)))
            while let event = try receive(isConnected: message.reaction != .disconnection) {
                switch event {
                case .failed(let failed): failure = failed
                case .done(let done) where done.request == request.request: return failure
                default: continue
                }
            }
        }
        Issue.record("no answer after \(message.what)")
        return failure
    }

    private func send(_ frames: [[UInt8]]) throws {
        for _ in 0..<1000 {
            do throws(MessagingError) {
                try socket.send(frames)
                return
            } catch {
                guard error.code == .wouldBlock else { throw error }
            }
            try poller.wait(.milliseconds(20))
        }
        Issue.record("the front takes no message")
    }

    private func receive(isConnected: Bool) throws -> ClientEvent? {
        for _ in 0..<(isConnected ? 1000 : 5) {
            if let frames = try socket.receive() { return try Frames.decode(frames) }
            try poller.wait(.milliseconds(20))
        }
        return nil
    }

    /// Writes bytes to a front's socket file that no ZeroMQ peer would, and reads until it ends the connection.
    static func shout(_ text: String, at path: String) throws {
        let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { target in
            unsafe target.copyBytes(from: path.utf8)
        }
        let result = unsafe withUnsafeBytes(of: address) { bytes in
            unsafe Glibc.connect(
                descriptor, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress,
                socklen_t(bytes.count))
        }
        try #require(result == 0)
        let bytes = Array(text.utf8)
        _ = unsafe Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        var buffer = [UInt8](repeating: 0, count: 256)
        while unsafe read(descriptor, &buffer, buffer.count) > 0 {}
    }
}
