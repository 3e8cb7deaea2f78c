import Foundation

/// The program under test, as it was built beside the tests.
enum BuiltProgram {
    /// What a run came to.
    struct Outcome {
        let status: Int32
        let output: String
        let error: String
    }

    static var url: URL {
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        return tests.deletingLastPathComponent().appendingPathComponent("fusebox")
    }

    /// The package's root.
    static var root: String {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        return parts.joined(separator: "/")
    }

    /// Runs to the end in a folder, which also holds the sockets of the run.
    static func run(
        _ arguments: [String], in folder: String, input: [UInt8] = []
    ) throws -> Outcome {
        let process = Process()
        process.executableURL = url
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        var environment = ProcessInfo.processInfo.environment
        environment["XDG_RUNTIME_DIR"] = folder
        environment["XDG_STATE_HOME"] = folder
        environment["LC_ALL"] = "C"
        process.environment = environment
        // Files instead of pipes: nothing has to be read while the program runs.
        let streams = try ["input", "output", "error"].map { name in
            let url = URL(fileURLWithPath: "\(folder)/.\(name)")
            try Data(name == "input" ? input : []).write(to: url)
            return url
        }
        process.standardInput = try FileHandle(forReadingFrom: streams[0])
        process.standardOutput = try FileHandle(forWritingTo: streams[1])
        process.standardError = try FileHandle(forWritingTo: streams[2])
        try process.run()
        // Whatever should fail and serves instead must not hold up the tests for ever.
        let guardian = DispatchWorkItem { process.terminate() }
        DispatchQueue.global().asyncAfter(deadline: .now() + 300, execute: guardian)
        process.waitUntilExit()
        guardian.cancel()
        return Outcome(
            status: process.terminationStatus,
            output: String(decoding: try Data(contentsOf: streams[1]), as: UTF8.self),
            error: String(decoding: try Data(contentsOf: streams[2]), as: UTF8.self))
    }
}
