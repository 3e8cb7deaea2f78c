import Subprocess
import SystemPackage

/// A program that runs to its end before the workers start, and ends when its task is cancelled.
struct Preparation: Sendable {
    let command: WorkerCommand
    /// Told what it writes to standard error.
    let log: @Sendable (String) -> Void

    /// Runs the program and returns what it said last; empty: nothing.
    ///
    /// - Throws: `ServiceFailure` with its last line when it decides that the workers would fail too. An accident is only
    ///   told: the workers can do without what it prepares.
    func run() async throws -> String {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [
            .send(signal: .terminate, allowedDurationToNextStep: WorkerPool.teardownTime)
        ]
        let result = try await Subprocess.run(
            .path(FilePath(command.executable)), arguments: Arguments(command.arguments),
            platformOptions: options, input: .none, output: .discarded, error: .sequence
        ) { execution in
            var lines: [String] = []
            for try await line in execution.standardError.strings(
                bufferingPolicy: .maxLineLength(4096))
            {
                if let before = lines.popLast() { log(before) }
                lines.append(line)
            }
            return lines.first ?? ""
        }
        let last = result.closureResult
        switch result.terminationStatus {
        case .exited(0): return last
        case .exited:
            let name = "fusebox: "
            throw ServiceFailure(last.hasPrefix(name) ? String(last.dropFirst(name.count)) : last)
        case .signaled(let signal):
            let said = last.isEmpty ? "" : last + "; "
            return "\(said)the model image was not built: signal \(signal) ended its builder"
        }
    }
}
