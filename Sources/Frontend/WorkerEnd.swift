import Subprocess

/// A process of the pool.
struct WorkerProcess {
    let place: Int
    let signals: AsyncStream<Signal>.Continuation
    var isReady = false
    /// Why the front had it killed.
    var refusal: String?
}

/// How a process of the pool ended, or why there was none.
struct WorkerEnd {
    let wasReady: Bool
    /// Whether it ended by its own decision, or by the front's, rather than by an accident.
    let isDeliberate: Bool
    let reason: String

    init(unstartable problem: String) {
        wasReady = false
        isDeliberate = false
        reason = "no process can be started: \(problem)"
    }

    /// - Parameter lastLine: what it said last.
    init(_ status: TerminationStatus, _ process: WorkerProcess?, lastLine: String) {
        wasReady = process?.isReady ?? false
        if case .exited(let code) = status {
            isDeliberate = code != 0
        } else {
            isDeliberate = process?.refusal != nil
        }
        if let refusal = process?.refusal {
            reason = refusal
        } else if !wasReady, !lastLine.isEmpty {
            // It names the program, which whoever reports this does again.
            let name = "fusebox: "
            reason = lastLine.hasPrefix(name) ? String(lastLine.dropFirst(name.count)) : lastLine
        } else {
            switch status {
            case .exited(let code): reason = "its process ended with status \(code)"
            case .signaled(let signal): reason = "its process was ended by signal \(signal)"
            }
        }
    }
}
