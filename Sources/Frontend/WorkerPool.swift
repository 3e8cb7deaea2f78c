import Messaging
import Subprocess
import Synchronization
import SystemPackage

/// Starts the worker processes and keeps them: one that ends is started again, ever more slowly
/// while starts keep failing.
///
/// Workers are in a process group of their own, so that Ctrl-C at a terminal reaches the front
/// alone, which then lets them finish.
public final class WorkerPool: Sendable {
    static let longestDelay: Duration = .seconds(10)
    /// Failed starts in a row, for each place, after which there is no point in going on.
    static let failureLimit = 5
    /// What a worker may take to leave after SIGTERM.
    static let teardownTime: Duration = .seconds(2)

    private struct State {
        var processes: [Int32: WorkerProcess] = [:]
        /// Failed starts since a worker was last ready, over all places.
        var failures = 0
        var wasEverReady = false
        var isStopping = false
    }

    /// One for each place.
    private let commands: [WorkerCommand]
    /// The first wait before a process is started again, doubled with each failure in a row.
    private let firstDelay: Duration
    private let post: @Sendable (BrokerEvent) -> Void
    private let log: @Sendable (String) -> Void
    private let state = Mutex(State())

    /// Prepares a pool; `run` starts it.
    ///
    /// - Parameters:
    ///   - commands: one for each process.
    ///   - post: told of each start and each end of a process.
    ///   - log: told what workers write to standard error, and why they are started again.
    public init(
        _ commands: [WorkerCommand], post: @escaping @Sendable (BrokerEvent) -> Void,
        log: @escaping @Sendable (String) -> Void, firstDelay: Duration = .milliseconds(100)
    ) {
        self.commands = commands
        self.firstDelay = firstDelay
        self.post = post
        self.log = log
    }

    /// Keeps the processes until `stop`, or until the task is cancelled, which ends them.
    ///
    /// - Throws: `ServiceFailure` with the workers' own last line when they fail to start and
    ///   there is no point in trying again.
    public func run() async throws {
        try await withThrowingTaskGroup { group in
            for place in commands.indices {
                group.addTask { try await self.keep(place) }
            }
            // The first failure ends the others too.
            for try await _ in group {}
        }
    }

    /// From now on a worker that leaves is not replaced.
    public func stop() {
        state.withLock { $0.isStopping = true }
    }

    /// Notes that a process serves.
    public func noteReady(_ pid: Int32) {
        state.withLock { state in
            state.processes[pid]?.isReady = true
            state.failures = 0
            state.wasEverReady = true
        }
    }

    /// Kills a process of this pool; any other is left alone.
    public func kill(_ pid: Int32, because reason: String) {
        state.withLock { state in
            state.processes[pid]?.refusal = reason
            _ = state.processes[pid]?.signals.yield(.kill)
        }
    }

    // MARK: - One place

    private func keep(_ place: Int) async throws {
        while !state.withLock({ $0.isStopping }), !Task.isCancelled {
            let end = try await runOnce(place)
            let (failures, isStopping) = state.withLock { state in
                if !end.wasReady { state.failures += 1 }
                return (end.wasReady ? 0 : state.failures, state.isStopping)
            }
            if isStopping || Task.isCancelled { return }
            try check(end, failures: failures)
            log("worker-\(place) \(end.reason); it is started again")
            try? await Task.sleep(for: delay(failures: failures))
        }
    }

    /// Decides whether a failed start is worth another.
    private func check(_ end: WorkerEnd, failures: Int) throws(ServiceFailure) {
        guard failures > 0 else { return }
        // A worker that says why it cannot start, or is not taken, will fare alike again.
        if end.isDeliberate, !state.withLock({ $0.wasEverReady }) {
            throw ServiceFailure(end.reason)
        }
        guard failures >= Self.failureLimit * commands.count else { return }
        throw ServiceFailure("no worker could be started in \(failures) attempts: \(end.reason)")
    }

    private func runOnce(_ place: Int) async throws -> WorkerEnd {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [
            .send(signal: .terminate, allowedDurationToNextStep: Self.teardownTime)
        ]
        let command = commands[place]
        let result = try await Self.launch {
            try await Subprocess.run(
                .path(FilePath(command.executable)), arguments: Arguments(command.arguments),
                platformOptions: options, input: .none, output: .discarded, error: .sequence
            ) { execution in
                let pid = execution.processIdentifier.value
                let (signals, continuation) = AsyncStream.makeStream(of: Signal.self)
                self.state.withLock { $0.processes[pid] = WorkerProcess(signals: continuation) }
                self.post(.workerStarted(place: place, pid: pid))
                async let killer: Void = {
                    for await signal in signals { try? execution.send(signal: signal) }
                }()
                let lastLine = await self.forward(execution.standardError, pid: pid, place: place)
                continuation.finish()
                await killer
                return lastLine
            }
        }
        let pid = result.processIdentifier.value
        let process = state.withLock { $0.processes.removeValue(forKey: pid) }
        post(.workerExited(place: place, pid: pid))
        return WorkerEnd(
            status: result.terminationStatus, wasReady: process?.isReady ?? false,
            refusal: process?.refusal, lastLine: result.closureResult)
    }

    private static func launch<R>(_ body: () async throws -> R) async throws -> R {
        do {
            return try await body()
        } catch let error as SubprocessError {
            throw ServiceFailure("a worker process cannot be started: \(error)")
        }
    }

    /// Passes on what a worker says, and returns its last line: if it ends before it is ready,
    /// that line is the reason.
    private func forward(
        _ output: SubprocessOutputSequence, pid: Int32, place: Int
    ) async -> String {
        var last = ""
        do {
            for try await line in output.strings(bufferingPolicy: .maxLineLength(4096)) {
                if !last.isEmpty { log("worker-\(place): \(last)") }
                last = line
            }
        } catch {
            return last
        }
        let isReady = state.withLock { $0.processes[pid]?.isReady ?? false }
        if isReady, !last.isEmpty { log("worker-\(place): \(last)") }
        return last
    }

    private func delay(failures: Int) -> Duration {
        min(firstDelay * (1 << min(failures, 10)), Self.longestDelay)
    }
}

/// A process of the pool.
private struct WorkerProcess {
    let signals: AsyncStream<Signal>.Continuation
    var isReady = false
    /// Why the front had it killed.
    var refusal: String?
}

/// How a process of the pool ended.
private struct WorkerEnd {
    let status: TerminationStatus
    let wasReady: Bool
    let refusal: String?
    /// What it said last.
    let lastLine: String

    /// Whether it ended by its own decision, or by the front's, rather than by an accident.
    var isDeliberate: Bool {
        if case .exited(let code) = status { code != 0 } else { refusal != nil }
    }

    var reason: String {
        if let refusal { return refusal }
        if !wasReady, !lastLine.isEmpty {
            // It names the program, which whoever reports this does again.
            let name = "fusebox: "
            return lastLine.hasPrefix(name) ? String(lastLine.dropFirst(name.count)) : lastLine
        }
        switch status {
        case .exited(let code): return "ended with status \(code)"
        case .signaled(let signal): return "was ended by signal \(signal)"
        }
    }
}
