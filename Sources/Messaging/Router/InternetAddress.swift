import Glibc

/// A numeric address and a port, as the system takes them.
struct InternetAddress {
    private let family: Int32
    private var version4 = sockaddr_in()
    private var version6 = sockaddr_in6()

    /// - Throws: `.invalidEndpoint` for a host that is no address.
    init(host: String, port: UInt16) throws(MessagingError) {
        if unsafe inet_pton(AF_INET, host, &version4.sin_addr) == 1 {
            family = AF_INET
            version4.sin_family = sa_family_t(AF_INET)
            version4.sin_port = port.bigEndian
        } else if unsafe inet_pton(AF_INET6, host, &version6.sin6_addr) == 1 {
            family = AF_INET6
            version6.sin6_family = sa_family_t(AF_INET6)
            version6.sin6_port = port.bigEndian
        } else {
            throw MessagingError(.invalidEndpoint, "\(host) is no address of this machine")
        }
    }

    /// Listens; the endpoint is for messages.
    func listen(at endpoint: Endpoint) throws(MessagingError) -> Int32 {
        let type =
            Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
            | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(family, type, 0)
        guard descriptor >= 0 else { throw .failure(errno, "cannot make a socket") }
        var on: Int32 = 1
        unsafe setsockopt(
            descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        guard bind(descriptor) == 0, Glibc.listen(descriptor, ListenBacklog.count) == 0 else {
            let number = errno
            close(descriptor)
            guard number == EADDRINUSE else { throw .failure(number, "cannot bind \(endpoint)") }
            throw .inUse(endpoint)
        }
        return descriptor
    }

    private func bind(_ descriptor: Int32) -> Int32 {
        func bind<Address>(_ address: Address) -> Int32 {
            unsafe withUnsafeBytes(of: address) { bytes in
                unsafe Glibc.bind(
                    descriptor, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress,
                    socklen_t(bytes.count))
            }
        }
        return family == AF_INET ? bind(version4) : bind(version6)
    }

    /// The port that a socket listens at.
    static func port(of descriptor: Int32) throws(MessagingError) -> UInt16 {
        var address = sockaddr_in6()
        var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let result = unsafe withUnsafeMutableBytes(of: &address) { bytes in
            unsafe getsockname(
                descriptor, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress, &size)
        }
        guard result == 0 else { throw .failure(errno, "cannot read the bound endpoint") }
        // The port lies at the same place in both kinds of addresses.
        return UInt16(bigEndian: address.sin6_port)
    }
}

/// How many connections may wait to be taken.
enum ListenBacklog {
    static let count: Int32 = 512
}
