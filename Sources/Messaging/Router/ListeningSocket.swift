import CSystemShims
import Glibc

/// A socket of the system that takes connections at an endpoint, and the one owner of the endpoint's file.
final class ListeningSocket {
    let descriptor: Int32
    /// As bound: with the port that `tcp://127.0.0.1:*` got.
    let endpoint: Endpoint
    private let file: LocalSocketFile?
    /// Given up for a moment when the process has no other descriptor, so that a connection can be refused.
    private var spare: Int32

    /// - Throws: `.refusedBind` for an endpoint that the network could reach, `.addressInUse`.
    init(_ endpoint: Endpoint) throws(MessagingError) {
        try endpoint.checkBindable()
        switch endpoint {
        case .ipc(let path):
            let file = try LocalSocketFile(listeningAt: path)
            descriptor = file.descriptor
            self.endpoint = endpoint
            self.file = file
        case .tcp(let host, let port):
            let address = try InternetAddress(host: host, port: port)
            descriptor = try address.listen(at: endpoint)
            self.endpoint = .tcp(host: host, port: try InternetAddress.port(of: descriptor))
            file = nil
        case .inproc:
            throw MessagingError(.invalidEndpoint, "\(endpoint) lies within one process")
        }
        spare = Self.openSpare()
    }

    deinit {
        file?.remove()
        close(descriptor)
        if spare >= 0 { close(spare) }
    }

    /// What came of a try to take a connection.
    enum Arrival {
        case connection(Int32)
        /// The process has no descriptor for it; it was closed.
        case refused
        case none
        /// One waits that cannot be taken now, not even to be refused.
        case impossible
    }

    /// Takes the next connection, which neither blocks nor outlives this program in others.
    func accept() -> Arrival {
        let accepted = fusebox_accept(descriptor)
        if accepted >= 0 {
            setOptions(of: accepted)
            return .connection(accepted)
        }
        switch errno {
        case EMFILE, ENFILE: return refuse()
        case ENOBUFS, ENOMEM: return .impossible
        // None waits, or it was given up before it was taken.
        default: return .none
        }
    }

    /// Takes a connection in the place of the spare descriptor, and closes it.
    private func refuse() -> Arrival {
        if spare >= 0 { close(spare) }
        let refused = fusebox_accept(descriptor)
        if refused >= 0 { close(refused) }
        spare = Self.openSpare()
        return refused >= 0 ? .refused : .impossible
    }

    private static func openSpare() -> Int32 { unsafe open("/dev/null", O_RDONLY | O_CLOEXEC) }

    /// Messages leave at once, and a peer whose machine is gone is noticed.
    private func setOptions(of connection: Int32) {
        guard file == nil else { return }
        var on: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        unsafe setsockopt(connection, Int32(IPPROTO_TCP), TCP_NODELAY, &on, size)
        unsafe setsockopt(connection, SOL_SOCKET, SO_KEEPALIVE, &on, size)
    }
}
