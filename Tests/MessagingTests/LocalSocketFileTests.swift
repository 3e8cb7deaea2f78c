import Glibc
import Messaging
import TestSupport
import Testing

@Suite struct LocalSocketFileTests {
    @Test func theSocketIsItsOwnersAlone() throws {
        let directory = try TemporaryDirectory()
        let router = try TestRouter()
        try router.socket.bind(.ipc(path: directory.path + "/sub/a.sock"))
        #expect(permissions(directory.path + "/sub") == 0o700)
        #expect(permissions(directory.path + "/sub/a.sock") & 0o077 == 0)
    }

    @Test func theFileGoesWithTheSocket() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/a.sock"
        let router = try TestRouter()
        try router.socket.bind(.ipc(path: path))
        #expect(unsafe access(path, F_OK) == 0)
        router.socket.close()
        #expect(unsafe access(path, F_OK) != 0)
    }

    @Test func aSuccessorsFileIsNotRemoved() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/a.sock"
        let router = try TestRouter()
        try router.socket.bind(.ipc(path: path))
        // Somebody cleaned up, and the successor came.
        try #require(unsafe unlink(path) == 0)
        let successor = try TestRouter()
        try successor.socket.bind(.ipc(path: path))
        router.socket.close()
        #expect(unsafe access(path, F_OK) == 0)
    }

    @Test func onlyOneOfManyWhoComeAtOnceListens() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/a.sock"
        try leaveStaleSocket(path)
        let counts = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    guard let router = try? TestRouter() else { return 0 }
                    guard (try? router.socket.bind(.ipc(path: path))) != nil else { return 0 }
                    // Held until all have tried.
                    try? await Task.sleep(for: .milliseconds(500))
                    router.socket.close()
                    return 1
                }
            }
            return await group.reduce(0, +)
        }
        #expect(counts == 1)
    }

    @Test func aLivingSocketIsNotTakenOver() throws {
        let directory = try TemporaryDirectory()
        let endpoint = Endpoint.ipc(path: directory.path + "/a.sock")
        let first = try TestRouter()
        try first.socket.bind(endpoint)
        let second = try TestRouter()
        let code = failureCode { () throws(MessagingError) in try second.socket.bind(endpoint) }
        #expect(code == .addressInUse)
    }

    @Test func aStaleSocketIsReplaced() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/a.sock"
        try leaveStaleSocket(path)
        let router = try TestRouter()
        try router.socket.bind(.ipc(path: path))
        let dealer = try DealerSocket(Context(), testOptions)
        try dealer.connect(.ipc(path: path))
        try router.take([bytes("alive")], from: dealer)
        #expect(try router.message()?.frames == [bytes("alive")])
    }

    @Test func otherFilesAreLeftAlone() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/a.sock"
        let file = unsafe open(path, O_CREAT | O_WRONLY, 0o600)
        try #require(file >= 0)
        close(file)
        let router = try TestRouter()
        let code = failureCode { () throws(MessagingError) in
            try router.socket.bind(.ipc(path: path))
        }
        #expect(code == .invalidEndpoint)
        #expect(unsafe access(path, F_OK) == 0)
    }

    @Test func aDirectoryThatOthersWriteIsRefused() throws {
        let directory = try TemporaryDirectory()
        try #require(unsafe chmod(directory.path, 0o777) == 0)
        let router = try TestRouter()
        let code = failureCode { () throws(MessagingError) in
            try router.socket.bind(.ipc(path: directory.path + "/a.sock"))
        }
        #expect(code == .refusedBind)
    }

    @Test func aPortInUseIsAClearError() throws {
        let first = try TestRouter()
        let endpoint = try first.socket.bind(Endpoint("tcp://127.0.0.1:*"))
        let second = try TestRouter()
        var failure: MessagingError?
        do throws(MessagingError) { try second.socket.bind(endpoint) } catch { failure = error }
        #expect(failure?.code == .addressInUse)
        #expect(failure?.message.contains("\(endpoint) is in use") == true)
    }

    @Test func socketsOfKilledProcessesAreRemoved() throws {
        let folder = try TemporaryFolder()
        // Larger than any process's number.
        let gone = Int32.max
        let stale = folder.path("fusebox-workers-\(gone).sock")
        let kept = [
            "fusebox-workers-\(getpid()).sock", "fusebox-\(gone).txt", "other-\(gone).sock",
            "fusebox-workers.sock",
        ]
        for path in [stale] + kept.map(folder.path) { try leaveStaleSocket(path) }
        let living = try TestRouter()
        try living.socket.bind(.ipc(path: folder.path("fusebox-living-\(gone).sock")))
        try folder.write("no socket", to: "fusebox-file-\(gone).sock")

        LocalSocketFile.removeStale(in: folder.path, prefix: "fusebox-")
        #expect(unsafe access(stale, F_OK) != 0)
        for name in kept + ["fusebox-living-\(gone).sock", "fusebox-file-\(gone).sock"] {
            #expect(unsafe access(folder.path(name), F_OK) == 0, "\(name)")
        }
        living.socket.close()
    }

    private func permissions(_ path: String) -> mode_t {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
    }

    /// What a process leaves behind that was killed while it listened.
    private func leaveStaleSocket(_ path: String) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { target in
            unsafe target.copyBytes(from: path.utf8)
        }
        let result = unsafe withUnsafeBytes(of: address) { bytes in
            unsafe Glibc.bind(
                descriptor, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress,
                socklen_t(bytes.count))
        }
        try #require(result == 0)
    }
}
