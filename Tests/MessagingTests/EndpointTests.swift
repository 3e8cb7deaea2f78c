import Glibc
import Testing

@testable import Messaging

@Suite struct EndpointTests {
    @Test(arguments: [
        ("ipc:///run/user/1000/fusebox.sock", Endpoint.ipc(path: "/run/user/1000/fusebox.sock")),
        ("tcp://127.0.0.1:5555", .tcp(host: "127.0.0.1", port: 5555)),
        ("tcp://127.0.0.1:*", .tcp(host: "127.0.0.1", port: 0)),
        ("tcp://[::1]:80", .tcp(host: "::1", port: 80)),
        ("tcp://node-3.example.org:65535", .tcp(host: "node-3.example.org", port: 65535)),
        ("inproc://control", .inproc(name: "control")),
    ])
    func readsAndWritesTheSameText(text: String, endpoint: Endpoint) throws {
        #expect(try Endpoint(text) == endpoint)
        #expect(endpoint.description == text)
    }

    @Test(arguments: [
        "", "fusebox.sock", "udp://127.0.0.1:1", "ipc://", "ipc://@abstract", "ipc://*",
        "tcp://127.0.0.1", "tcp://127.0.0.1:", "tcp://127.0.0.1:65536", "tcp://127.0.0.1:-1",
        "tcp://127.0.0.1:+1", "tcp://:5555", "tcp://a;b:5", "inproc://",
        "ipc:///" + String(repeating: "x", count: 107),
    ])
    func refusesWhatNoSocketCouldHave(text: String) {
        let error = #expect(throws: MessagingError.self) { try Endpoint(text) }
        #expect(error?.code == .invalidEndpoint)
    }

    @Test func takesTheLongestPathThatFits() throws {
        let path = "/" + String(repeating: "x", count: 106)
        #expect(try Endpoint("ipc://" + path) == .ipc(path: path))
    }

    @Test(arguments: [
        "tcp://0.0.0.0:5555", "tcp://*:5555", "tcp://192.168.1.1:5555", "tcp://localhost:5555",
        "tcp://[::]:5555", "tcp://127.0.0.1.example.org:5555", "tcp://127.1:5555",
        "tcp://127.0.0.256:5555", "tcp://127.00.0.1:5555", "tcp://eth0:5555",
    ])
    func refusesToBindWhatTheNetworkCouldReach(text: String) throws {
        let router = try TestRouter()
        let endpoint = try Endpoint(text)
        var code: MessagingError.Code?
        do throws(MessagingError) { try router.socket.bind(endpoint) } catch { code = error.code }
        #expect(code == .refusedBind)
    }

    @Test(arguments: ["tcp://127.0.0.1:*", "tcp://127.3.2.1:*", "tcp://[::1]:*"])
    func bindsLoopback(text: String) throws {
        let router = try TestRouter()
        let endpoint = try Endpoint(text)
        do throws(MessagingError) {
            guard case .tcp(_, let port) = try router.socket.bind(endpoint) else {
                Issue.record("not a tcp endpoint")
                return
            }
            #expect(port != 0)
        } catch {
            // Some machines have no IPv6 at all.
            guard text.contains("::1"), case .system = error.code else { throw error }
        }
    }

    @Test func theDefaultsDirectoryHasToBeTheUsersAlone() throws {
        let directory = try TemporaryDirectory()
        try Endpoint.checkPrivate(directory.path)
        try Endpoint.checkPrivate(directory.path + "/missing")
        try #require(unsafe chmod(directory.path, 0o750) == 0)
        let open = failure { () throws(MessagingError) in try Endpoint.checkPrivate(directory.path)
        }
        #expect(open?.code == .untrusted)
        #expect(open?.message.contains("mode is 750") == true)
        #expect(open?.message.contains("chmod 700") == true)
        let link = directory.path + "/a.sock"
        try #require(unsafe symlink("/", link) == 0)
        let linked = failure { () throws(MessagingError) in try Endpoint.checkPrivate(link) }
        #expect(linked?.message.contains("no directory") == true)
        // Whoever runs this, some directory is another's.
        if getuid() == 0 {
            try #require(unsafe chmod(directory.path, 0o700) == 0)
            try #require(unsafe chown(directory.path, 65534, 65534) == 0)
            let foreign = failure { () throws(MessagingError) in
                try Endpoint.checkPrivate(directory.path)
            }
            #expect(foreign?.message.contains("belongs to user 65534") == true)
        }
    }

    private func failure(_ body: () throws(MessagingError) -> Void) -> MessagingError? {
        do throws(MessagingError) {
            try body()
            return nil
        } catch {
            return error
        }
    }

    @Test func theDefaultIsALocalSocketFile() throws {
        guard case .ipc(let path) = Endpoint.default else {
            Issue.record("the default is \(Endpoint.default)")
            return
        }
        #expect(path.hasPrefix("/") && path.hasSuffix("/fusebox.sock"))
    }
}
