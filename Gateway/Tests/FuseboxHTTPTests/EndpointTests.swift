import HTTPTypes
import Testing

@testable import FuseboxHTTP

@Suite struct EndpointTests {
    @Test func matches() {
        #expect(Endpoint.match(.get, "/v1/models") == .found(.models, parameter: ""))
        #expect(Endpoint.match(.head, "/health") == .found(.health, parameter: ""))
        #expect(
            Endpoint.match(.get, "/v1/models/org/small") == .found(.model, parameter: "org/small"))
        #expect(Endpoint.match(.get, "/v1/models/") == .unknown)
        #expect(Endpoint.match(.post, "/v1/models") == .wrongMethod(allowed: [.get]))
        #expect(
            Endpoint.match(.put, "/fusebox/v1/requests/1")
                == .wrongMethod(allowed: [.get, .delete]))
        #expect(Endpoint.match(.get, "/nothing") == .unknown)
        #expect(Endpoint.match(.get, "") == .unknown)
    }

    @Test("A parameter may stand before the end of a path; only a model's has slashes")
    func parameters() {
        let shelf = "/fusebox/v1/adapters"
        #expect(Endpoint.match(.post, shelf[...]) == .found(.addAdapter, parameter: ""))
        for (method, path, endpoint) in [
            (.put, "", .replaceAdapter), (.delete, "", .removeAdapter), (.get, "", .adapter),
            (.post, "/rollback", .rollBackAdapter), (.post, "/canary", .canaryAdapter),
            (.post, "/promote", .promoteAdapter),
        ] as [(HTTPRequest.Method, String, Endpoint)] {
            #expect(
                Endpoint.match(method, "\(shelf)/a%2Fb\(path)")
                    == .found(endpoint, parameter: "a%2Fb"))
        }
        #expect(
            Endpoint.match(.post, "\(shelf)/rescan") == .found(.rescanAdapters, parameter: ""))
        #expect(
            Endpoint.match(.post, "\(shelf)/rescan/promote")
                == .found(.promoteAdapter, parameter: "rescan"))
        #expect(
            Endpoint.match(.delete, "\(shelf)/x/promote") == .wrongMethod(allowed: [.post]))
        #expect(Endpoint.match(.post, "\(shelf)//promote") == .unknown)
        #expect(Endpoint.match(.put, "\(shelf)/a/b") == .unknown)
    }

    @Test func openEndpoints() {
        #expect(Endpoint.match(.get, "/health").isOpen)
        #expect(Endpoint.match(.get, "/").isOpen)
        #expect(!Endpoint.match(.get, "/metrics").isOpen)
        #expect(!Endpoint.match(.get, "/nothing").isOpen)
    }

    @Test func percentEncoding() {
        #expect("a%2Fb%3D".percentDecoded == "a/b=")
        #expect("%C3%A4".percentDecoded == "ä")
        #expect("%C3".percentDecoded == nil)
        #expect("%".percentDecoded == nil)
        #expect("%4".percentDecoded == nil)
        #expect("%+1".percentDecoded == nil)
        #expect("%zz".percentDecoded == nil)
    }
}

@Suite struct OriginCheckTests {
    private func isTaken(host: String?, origin: String? = nil) -> Bool {
        var settings = GatewaySettings(service: "ipc://x")
        settings.hosts = ["fusebox.example.org"]
        var head = HTTPRequest(method: .get, scheme: "http", authority: host, path: "/")
        head.headerFields[.origin] = origin
        do {
            try OriginCheck(settings).check(head)
            return true
        } catch {
            return false
        }
    }

    @Test func hosts() {
        for host in [
            "localhost", "LOCALHOST:80", "127.0.0.1:8000", "[::1]:8000", "fusebox.example.org",
        ] {
            #expect(isTaken(host: host), "\(host)")
        }
        for host in [
            nil, "", "evil.example", "localhost.evil.example", "[::1", "127.0.0.1.evil", "::1",
        ] {
            #expect(!isTaken(host: host), "\(host ?? "none")")
        }
    }

    @Test func origins() {
        for origin in ["http://localhost:3000", "https://fusebox.example.org"] {
            #expect(isTaken(host: "localhost", origin: origin), "\(origin)")
        }
        for origin in [
            "null", "", "http://evil.example", "file://localhost", "http://localhost.evil",
        ] {
            #expect(!isTaken(host: "localhost", origin: origin), "\(origin)")
        }
    }
}

@Suite struct ListenAddressTests {
    @Test func readsAddresses() throws {
        #expect(try ListenAddress("8000") == ListenAddress("127.0.0.1:8000"))
        #expect(try ListenAddress("[::1]:80").host == "::1")
        #expect(try ListenAddress("0.0.0.0:0").port == 0)
        for wrong in ["", ":80", "a:", "a:b", "a:65536", "a:-1"] {
            #expect(throws: GatewayFailure.self, "\(wrong)") { try ListenAddress(wrong) }
        }
    }
}
