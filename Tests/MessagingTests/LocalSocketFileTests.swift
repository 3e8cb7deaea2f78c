import Glibc
import Messaging
import TestSupport
import Testing

@Suite struct LocalSocketFileTests {
    @Test func theSocketIsItsOwnersAlone() throws {
        let directory = try TemporaryDirectory()
        let context = try Context()
        let router = try RouterSocket(context, testOptions)
        try router.bind(.ipc(path: directory.path + "/sub/a.sock"))
        #expect(permissions(directory.path + "/sub") == 0o700)
        #expect(permissions(directory.path + "/sub/a.sock") & 0o077 == 0)
    }

    @Test func theFileGoesWithTheSocket() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/a.sock"
        let context = try Context()
        try bindForAMoment(.ipc(path: path), context)
        #expect(unsafe access(path, F_OK) != 0)
    }

    private func bindForAMoment(_ endpoint: Endpoint, _ context: Context) throws {
        let router = try RouterSocket(context, testOptions)
        try router.bind(endpoint)
        withExtendedLifetime(router.handle) {}
    }

    @Test func aLivingSocketIsNotTakenOver() throws {
        let directory = try TemporaryDirectory()
        let context = try Context()
        let endpoint = Endpoint.ipc(path: directory.path + "/a.sock")
        let first = try RouterSocket(context, testOptions)
        try first.bind(endpoint)
        let second = try RouterSocket(context, testOptions)
        let code = failureCode { () throws(MessagingError) in try second.bind(endpoint) }
        #expect(code == .addressInUse)
    }

    @Test func aStaleSocketIsReplaced() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/a.sock"
        try leaveStaleSocket(path)
        let context = try Context()
        let router = try RouterSocket(context, testOptions)
        try router.bind(.ipc(path: path))
        let dealer = try DealerSocket(context, testOptions)
        try dealer.connect(.ipc(path: path))
        try send([bytes("alive")], over: dealer)
        try #require(try isReadable(router))
        #expect(try router.receive()?.frames == [bytes("alive")])
    }

    @Test func otherFilesAreLeftAlone() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/a.sock"
        let file = unsafe open(path, O_CREAT | O_WRONLY, 0o600)
        try #require(file >= 0)
        close(file)
        let context = try Context()
        let router = try RouterSocket(context, testOptions)
        let code = failureCode { () throws(MessagingError) in try router.bind(.ipc(path: path)) }
        #expect(code == .invalidEndpoint)
        #expect(unsafe access(path, F_OK) == 0)
    }

    @Test func aDirectoryThatOthersWriteIsRefused() throws {
        let directory = try TemporaryDirectory()
        try #require(unsafe chmod(directory.path, 0o777) == 0)
        let context = try Context()
        let router = try RouterSocket(context, testOptions)
        let code = failureCode { () throws(MessagingError) in
            try router.bind(.ipc(path: directory.path + "/a.sock"))
        }
        #expect(code == .refusedBind)
    }

    @Test func aPortInUseIsAClearError() throws {
        let context = try Context()
        let first = try RouterSocket(context, testOptions)
        let endpoint = try first.bind(Endpoint("tcp://127.0.0.1:*"))
        let second = try RouterSocket(context, testOptions)
        var failure: MessagingError?
        do throws(MessagingError) { try second.bind(endpoint) } catch { failure = error }
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
        let context = try Context()
        let living = try RouterSocket(context, testOptions)
        try living.bind(.ipc(path: folder.path("fusebox-living-\(gone).sock")))
        try folder.write("no socket", to: "fusebox-file-\(gone).sock")

        LocalSocketFile.removeStale(in: folder.path, prefix: "fusebox-")
        #expect(unsafe access(stale, F_OK) != 0)
        for name in kept + ["fusebox-living-\(gone).sock", "fusebox-file-\(gone).sock"] {
            #expect(unsafe access(folder.path(name), F_OK) == 0, "\(name)")
        }
        withExtendedLifetime(living.handle) {}
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
