import Glibc
import Messaging
import Testing

/// A TCP connection that speaks whatever a test makes it say.
final class RawConnection {
    /// What a ZMTP 3.0 dealer says first.
    static let greeting: [UInt8] =
        [0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, 3, 0] + bytes("NULL")
        + [UInt8](repeating: 0, count: 48)
    static let ready: [UInt8] =
        [4, 28, 5] + bytes("READY") + [11] + bytes("Socket-Type") + [0, 0, 0, 6] + bytes("DEALER")

    private let descriptor: Int32

    init(_ endpoint: Endpoint, sending bytes: [UInt8]) throws {
        guard case .tcp(_, let port) = endpoint else { throw MessagingError(.closed, "no port") }
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = unsafe withUnsafeBytes(of: address) { bytes in
            unsafe connect(
                descriptor, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress,
                socklen_t(bytes.count))
        }
        try #require(result == 0)
        say(bytes)
    }

    deinit { close(descriptor) }

    /// Says as much as goes at once; the peer may have closed already, which must not end the test process.
    @discardableResult
    func say(_ bytes: [UInt8]) -> Int {
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe Glibc.send(
                descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
        }
    }

    /// What the peer has said by now; nil when it has closed.
    func hear() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = unsafe recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        if count > 0 { return Array(buffer.prefix(count)) }
        return count < 0 && errno == EAGAIN ? [] : nil
    }
}
