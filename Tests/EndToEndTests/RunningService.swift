import Foundation
import FuseboxClient
import TestSupport
import Wire

/// `fusebox serve` on the embedded demo, as a process of its own.
final class RunningService {
    let endpoint: String
    let folder: TemporaryFolder
    private let process = Process()

    init(workers: Int = 2, hasRouter: Bool = true, arguments: [String] = []) throws {
        folder = try TemporaryFolder()
        endpoint = "ipc://\(folder.path)/front.sock"
        process.executableURL = BuiltProgram.url
        let demo = BuiltProgram.root + "/Demo"
        process.arguments =
            [
                "serve", "--workers", "\(workers)", "--threads-per-worker", "1", "--bind", endpoint,
                "--model", demo + "/base", "--adapters", demo + "/adapters",
                "--image-folder", "\(folder.path)/images",
            ] + (hasRouter ? ["--router", BuiltProgram.root + "/Router"] : []) + arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    var processID: Int32 { process.processIdentifier }

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
        return process.terminationStatus
    }
}
