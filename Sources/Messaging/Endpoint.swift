import Glibc

/// Where a socket listens or connects.
public enum Endpoint: Hashable, Sendable, CustomStringConvertible {
    /// A socket file of this machine.
    case ipc(path: String)
    /// A host name or address, IPv6 without its brackets; port 0 is any free one, to bind only.
    case tcp(host: String, port: UInt16)
    /// A name within the context.
    case inproc(name: String)

    /// Bytes of a path that fit in the system's address of a socket file, its end mark excluded.
    public static let pathByteLimit = 107

    /// Reads `ipc://PATH`, `tcp://HOST:PORT`, `tcp://HOST:*` or `inproc://NAME`.
    public init(_ text: String) throws(MessagingError) {
        if text.hasPrefix("ipc://") {
            self = .ipc(path: String(text.dropFirst(6)))
        } else if text.hasPrefix("inproc://") {
            self = .inproc(name: String(text.dropFirst(9)))
        } else if text.hasPrefix("tcp://"), let colon = text.lastIndex(of: ":") {
            var host = text[..<colon].dropFirst(6)
            let port = text[text.index(after: colon)...]
            guard let number = port == "*" ? 0 : UInt16(port), !port.hasPrefix("+") else {
                throw MessagingError(
                    .invalidEndpoint, "\(text) has no port from 1 to 65535 after its last colon")
            }
            if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
            self = .tcp(host: String(host), port: number)
        } else {
            throw MessagingError(
                .invalidEndpoint, "\(text) is no endpoint; write ipc://PATH or tcp://127.0.0.1:PORT"
            )
        }
        try validate()
    }

    /// Where the service listens and clients look for it unless told otherwise: `fusebox.sock` in
    /// `XDG_RUNTIME_DIR`, or in `/tmp/fusebox-UID`.
    public static var `default`: Endpoint {
        if let directory = unsafe getenv("XDG_RUNTIME_DIR") {
            let path = unsafe String(cString: directory)
            if path.hasPrefix("/") { return .ipc(path: path + "/fusebox.sock") }
        }
        return .ipc(path: "/tmp/fusebox-\(getuid())/fusebox.sock")
    }

    /// Makes sure that at the default endpoint nobody else can listen or look in.
    ///
    /// Other endpoints are trusted because somebody named them.
    /// - Throws: `.untrusted` when the directory is another user's, or open to others; one that is missing is nobody's.
    public func checkTrusted() throws(MessagingError) {
        guard self == .default, case .ipc(let path) = self else { return }
        try Self.checkPrivate(path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ".")
    }

    static func checkPrivate(_ directory: String) throws(MessagingError) {
        var status = stat()
        guard unsafe lstat(directory, &status) == 0 else { return }
        let problem: String
        if status.st_mode & S_IFMT != S_IFDIR {
            problem = "it is no directory"
        } else if status.st_uid != getuid() {
            problem = "it belongs to user \(status.st_uid), not to you (\(getuid()))"
        } else if status.st_mode & 0o077 != 0 {
            let mode = String(status.st_mode & 0o777, radix: 8)
            problem = "others may enter it (its mode is \(mode)); chmod 700 it"
        } else {
            return
        }
        throw MessagingError(
            .untrusted,
            "the default endpoint's directory \(directory) is not yours alone: \(problem), or name another endpoint"
        )
    }

    public var description: String {
        switch self {
        case .ipc(let path): "ipc://\(path)"
        case .tcp(let host, let port):
            "tcp://\(host.contains(":") ? "[\(host)]" : host):\(port == 0 ? "*" : String(port))"
        case .inproc(let name): "inproc://\(name)"
        }
    }

    /// - Throws: `.invalidEndpoint` when no socket could have it.
    func validate() throws(MessagingError) {
        switch self {
        case .ipc(let path):
            // A leading @ would be an abstract name, which every user of the machine may connect
            // to; * would be a file of libzmq's choice.
            guard !path.isEmpty, !path.hasPrefix("@"), path != "*", !path.utf8.contains(0) else {
                throw MessagingError(.invalidEndpoint, "\(self) names no socket file")
            }
            guard path.utf8.count <= Self.pathByteLimit else {
                throw MessagingError(
                    .invalidEndpoint,
                    "the path of \(self) has \(path.utf8.count) bytes, at most "
                        + "\(Self.pathByteLimit) fit; choose a shorter one")
            }
        case .tcp(let host, _):
            let allowed = host.utf8.allSatisfy { byte in
                Character(Unicode.Scalar(byte)).isLetter || Character(Unicode.Scalar(byte)).isNumber
                    || [".", "-", ":", "*"].contains(Unicode.Scalar(byte))
            }
            guard !host.isEmpty, allowed, host.utf8.count <= 253 else {
                throw MessagingError(.invalidEndpoint, "\(self) has no valid host")
            }
        case .inproc(let name):
            guard !name.isEmpty, name.utf8.count <= 255, !name.utf8.contains(0) else {
                throw MessagingError(.invalidEndpoint, "\(self) has no valid name")
            }
        }
    }

    /// Whether only this machine can reach it.
    ///
    /// - Throws: `.refusedBind` otherwise: connections are not authenticated yet.
    func checkBindable() throws(MessagingError) {
        try validate()
        guard case .tcp(let host, _) = self, host != "::1", !Self.isLoopback(host) else { return }
        throw MessagingError(
            .refusedBind,
            "\(self) could be reached from the network, which this version does not protect; "
                + "bind ipc://PATH, tcp://127.0.0.1:PORT or tcp://[::1]:PORT")
    }

    /// Whether the host is an address in 127.0.0.0/8; names do not count, they may resolve to
    /// anything.
    private static func isLoopback(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { part in UInt8(part).map { String($0) == part } ?? false }
    }
}
