import Subprocess
import SystemPackage

/// A program that is kept running beside the service: one that ends is started again, ever more slowly while it keeps ending.
///
/// It is in a process group of its own, so that Ctrl-C at a terminal reaches the front alone.
public struct Companion: Sendable {
    static let firstDelay: Duration = .milliseconds(100)
    static let longestDelay: Duration = .seconds(10)
    /// One that ran for so long did not fail to start.
    static let stableTime: Duration = .seconds(10)
    /// How often the same trouble is told.
    static let reportInterval: Duration = .seconds(60)
    /// What it may take to leave after SIGTERM.
    static let teardownTime: Duration = .seconds(5)

    private let name: String
    private let executable: String
    private let arguments: [String]
    private let log: @Sendable (String) -> Void

    /// Prepares one; `run` starts it.
    ///
    /// - Parameters:
    ///   - name: by which the log calls it.
    ///   - log: told what it writes to standard error, and why it is started again.
    public init(
        name: String, executable: String, arguments: [String],
        log: @escaping @Sendable (String) -> Void
    ) {
        self.name = name
        self.executable = executable
        self.arguments = arguments
        self.log = log
    }

    /// Keeps it running until the task is cancelled, which ends it.
    public func run() async {
        var delay = Self.firstDelay
        var toldAt: ContinuousClock.Instant?
        while !Task.isCancelled {
            let started = ContinuousClock.now
            let end = await runOnce()
            let now = ContinuousClock.now
            if Task.isCancelled { return }
            if now - started >= Self.stableTime { delay = Self.firstDelay }
            if toldAt.map({ now - $0 >= Self.reportInterval }) ?? true {
                log("\(name) \(end); it is started again")
                toldAt = now
            }
            try? await Task.sleep(for: delay)
            delay = min(delay * 2, Self.longestDelay)
        }
    }

    /// Runs it to its end, and says how that came.
    private func runOnce() async -> String {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [
            .send(signal: .terminate, allowedDurationToNextStep: Self.teardownTime)
        ]
        do {
            let result = try await Subprocess.run(
                .path(FilePath(executable)), arguments: Arguments(arguments),
                platformOptions: options, input: .none, output: .discarded, error: .sequence
            ) { execution in
                for try await line in execution.standardError.strings(
                    bufferingPolicy: .maxLineLength(WorkerPool.lineLimit))
                {
                    log("\(name): \(line)")
                }
            }
            return "ended: \(result.terminationStatus)"
        } catch {
            return "cannot be run: \(error)"
        }
    }
}
