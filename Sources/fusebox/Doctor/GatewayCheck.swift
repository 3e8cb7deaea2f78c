import Frontend
import FuseboxWire
import Messaging
import Tensors

/// The HTTP gateway, where one is wanted: built, at a free port, with keys where others reach it.
struct GatewayCheck {
    let settings: ServeSettings

    var findings: [Finding] {
        guard let address = settings.http else { return [] }
        return listening(at: address) + program
    }

    /// Refuses what the gateway would refuse again at each start.
    func require() throws(CommandError) {
        if let fault = findings.first(where: { $0.grade == .fault }) {
            throw CommandError("\(fault.subject): \(fault.text)")
        }
    }

    private var program: [Finding] {
        do {
            _ = try GatewayProgram()
            return []
        } catch {
            return [.fault("http", "\(error)", repair: "make gateway")]
        }
    }

    private func listening(at address: String) -> [Finding] {
        let (host, port) = Self.parts(of: address)
        guard let port else {
            return [
                .fault(
                    "http", "\"\(address)\" is no address; write HOST:PORT or PORT",
                    repair: ServeLine.with("--http 127.0.0.1:8000"))
            ]
        }
        let isLocal = host.hasPrefix("127.") || host == "::1" || host == "localhost"
        do throws(MessagingError) {
            try Endpoint.tcp(host: host, port: port).checkFree()
            return [.ok("http", "\(host):\(port) is free")] + keys(isLocal: isLocal)
        } catch {
            return [
                .fault(
                    "http", "\(host):\(port): \(error.message)",
                    repair: ServeLine.with("--http \(host):0"))
            ] + keys(isLocal: isLocal)
        }
    }

    private func keys(isLocal: Bool) -> [Finding] {
        guard let path = settings.apiKeys else {
            guard !isLocal else { return [] }
            return [
                .fault(
                    "keys",
                    "others reach the address, and there are none; `fusebox keys new` makes a file for --api-keys",
                    repair: "fusebox keys new --file keys.json me && "
                        + ServeLine.with("--api-keys keys.json"))
            ]
        }
        do {
            let count = try KeyFile(path: path).entries.count
            guard count > 0 else {
                return [
                    .warning(
                        "keys", "\(path) has none: nobody gets in",
                        repair: "fusebox keys new --file \(path.inShell) me")
                ]
            }
            return [.ok("keys", "\(path): \(count)")]
        } catch {
            let mode = error.code == .unsupported
            return [
                .fault(
                    "keys", error.message,
                    repair: mode
                        ? "chmod 600 \(path.inShell)" : "fusebox keys new --file \(path.inShell) me"
                )
            ]
        }
    }

    /// Host and port of `HOST:PORT`, `[V6]:PORT` or `PORT`, the gateway's own where it is empty.
    private static func parts(of address: String) -> (host: String, port: UInt16?) {
        guard !address.isEmpty else { return ("127.0.0.1", 8000) }
        guard let colon = address.lastIndex(of: ":") else { return ("127.0.0.1", UInt16(address)) }
        var host = address[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        return (String(host), UInt16(address[address.index(after: colon)...]))
    }
}
