import Foundation
import FuseboxClient
import Wire

/// `fusebox serve` on the embedded demo, as a process of its own.
final class RunningService {
    let endpoint: String
    private let process = Process()
    private let folder: URL

    /// The package's root.
    static var root: String {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        return parts.joined(separator: "/")
    }

    /// The program, beside the tests'.
    static var program: String {
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        return tests.deletingLastPathComponent().appendingPathComponent("fusebox").path
    }

    init(workers: Int = 2, arguments: [String] = []) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        endpoint = "ipc://\(folder.path)/front.sock"
        process.executableURL = URL(fileURLWithPath: Self.program)
        process.arguments =
            [
                "serve", "--workers", "\(workers)", "--threads-per-worker", "1", "--bind", endpoint,
                "--model", Self.root + "/Demo/base", "--adapters", Self.root + "/Demo/adapters",
                "--router", Self.root + "/Router", "--image-folder", "\(folder.path)/images",
            ] + arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    /// Waits until every worker serves and returns their process ids.
    func workers(_ client: FuseboxClient, count: Int = 2) async throws -> [Int32] {
        for _ in 0..<600 {
            if let status = try? await client.status() {
                let ready = status.workers.filter { $0.state == "ready" }
                if ready.count == count { return ready.map(\.pid) }
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw CocoaError(.executableNotLoadable)
    }

    /// Asks the service to end and returns its exit status.
    func stop() -> Int32 {
        if process.isRunning { process.terminate() }
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
        return process.terminationStatus
    }
}
