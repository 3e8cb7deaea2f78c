import HTTPTypes

/// Refuses what another site's page in a browser of this machine may send.
///
/// A page cannot set `Host`, so a name that was rebound to this address shows there; `Origin` shows where a page is from.
struct OriginCheck: Sendable {
    /// Names of this service, without ports.
    let hosts: Set<String>

    init(_ settings: GatewaySettings) {
        hosts = Set(["localhost", "127.0.0.1", "::1", settings.host] + settings.hosts)
    }

    func check(_ head: HTTPRequest) throws(APIError) {
        let authority = head.authority ?? ""
        guard hosts.contains(Self.host(of: authority[...])) else {
            throw APIError(
                .forbidden, "forbidden",
                "the host \"\(authority.prefix(64))\" is none of this service's; add it to \"hosts\" of the configuration"
            )
        }
        guard let origin = head.headerFields[.origin] else { return }
        let scheme = origin.hasPrefix("http://") ? 7 : origin.hasPrefix("https://") ? 8 : nil
        guard let scheme, hosts.contains(Self.host(of: origin.dropFirst(scheme))) else {
            throw APIError(
                .forbidden, "forbidden",
                "pages of \"\(origin.prefix(64))\" may not use this service")
        }
    }

    /// What stands before the port, without an address's brackets.
    private static func host(of authority: Substring) -> String {
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            return authority[authority.index(after: authority.startIndex)..<end].lowercased()
        }
        return authority.prefix { $0 != ":" }.lowercased()
    }
}
