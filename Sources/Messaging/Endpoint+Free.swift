internal import Glibc

extension Endpoint {
    /// Makes sure that something could listen here; nothing is left behind.
    ///
    /// - Throws: `.endpointInUse` where something does; where a socket could not be, or others could replace it.
    public func checkFree() throws(MessagingError) {
        switch self {
        case .ipc(let path):
            try checkTrusted()
            try LocalSocketFile.checkFree(path)
        case .tcp(let host, let port):
            let address = try InternetAddress(
                host: host == "localhost" ? "127.0.0.1" : host, port: port)
            close(try address.listen(at: self))
        case .inproc:
            break
        }
    }
}
