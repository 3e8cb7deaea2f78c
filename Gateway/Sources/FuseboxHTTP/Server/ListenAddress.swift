/// Where to listen.
package struct ListenAddress: Equatable, Sendable {
    package let host: String
    package let port: Int

    /// Reads `HOST:PORT`, `[V6]:PORT` or `PORT`; port 0 takes one that is free.
    package init(_ text: String) throws(GatewayFailure) {
        let colon = text.lastIndex(of: ":")
        let digits = colon.map { text[text.index(after: $0)...] } ?? text[...]
        var host = colon.map { text[..<$0] } ?? "127.0.0.1"
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard let port = Int(digits), (0...65535).contains(port), !host.isEmpty else {
            throw GatewayFailure("the address \"\(text)\" is none; write HOST:PORT or PORT")
        }
        self.host = String(host)
        self.port = port
    }
}
