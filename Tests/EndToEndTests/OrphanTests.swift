import Foundation
import Messaging
import TestSupport
import Testing
import Wire

/// Workers that were started by a front end with it, whatever happened to either.
@Suite struct OrphanTests {
    @Test(arguments: [false, true])
    func aWorkerEndsWithItsFront(isStopped: Bool) throws {
        let folder = try TemporaryFolder()
        let endpoint = "ipc://\(folder.path)/front.sock"
        let socket = try RouterSocket(
            RouterOptions(frameByteLimit: Frames.serviceLimit))
        try socket.bind(Endpoint(endpoint))
        let front = Process()
        front.executableURL = URL(fileURLWithPath: "/bin/sh")
        front.arguments = [
            "-c", #""$0" worker --connect "$1" --parent $$ & wait"#, BuiltProgram.url.path,
            endpoint,
        ]
        front.standardError = FileHandle.nullDevice
        try front.run()
        defer { kill(front.processIdentifier, SIGKILL) }
        let worker = try Self.firstWorker(at: socket)
        if isStopped { kill(worker, SIGSTOP) }
        kill(front.processIdentifier, SIGKILL)
        front.waitUntilExit()
        for _ in 0..<600 where Self.isAlive(worker) { usleep(100_000) }
        #expect(!Self.isAlive(worker))
    }

    private static func firstWorker(at socket: RouterSocket) throws -> Int32 {
        var poller = Poller()
        _ = poller.add(socket)
        for _ in 0..<600 {
            try poller.wait(.milliseconds(100))
            socket.flush()
            guard case .message(_, let frames) = socket.receive() else { continue }
            if case .ready(let ready) = try Frames.decode(frames, as: WorkerReport.self) {
                return ready.pid
            }
        }
        throw CocoaError(.executableNotLoadable)
    }

    /// Whether a process runs or is stopped; one that ended may wait to be asked for its status.
    private static func isAlive(_ pid: Int32) -> Bool {
        let status = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        return status.map { !$0.contains("State:\tZ") } ?? false
    }
}
