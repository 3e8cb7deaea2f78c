import Messaging
import Subprocess
import Synchronization
import SystemPackage

/// Starts the worker processes and keeps them: one that ends is started again, ever more slowly
/// while starts keep failing, for as long as the service lives.
///
/// Workers are in a process group of their own, so that Ctrl-C at a terminal reaches the front
/// alone, which then lets them finish.
public final class WorkerPool: Sendable {
    static let longestDelay: Duration = .seconds(10)
    /// Failed starts of every place in a row after which a service without any worker ends.
    static let failureLimit = 5
    /// How often the same place's trouble is told.
    static let reportInterval: Duration = .seconds(60)
    /// Bytes of a line that a worker writes; its own lines are far shorter, and a longer one would end the listening.
    static let lineLimit = 1 << 20
    /// What a worker may take to leave after SIGTERM.
    static let teardownTime: Duration = .seconds(2)

    private struct State {
        var processes: [WorkerIdentity: WorkerProcess] = [:]
        /// Failed starts in a row, by place.
        var failures: [Int]
        var wasEverReady = false
        var isStopping = false

        /// Nothing serves, and nothing that was tried of late came to serve.
        var isHopeless: Bool {
            !processes.values.contains(where: \.isReady)
                && failures.allSatisfy { $0 >= WorkerPool.failureLimit }
        }
    }

    /// One for each place.
    private let commands: [WorkerCommand]
    /// The first wait before a process is started again, doubled with each failure in a row.
    private let firstDelay: Duration
    private let post: @Sendable (BrokerEvent) -> Void
    private let log: @Sendable (String) -> Void
    private let state: Mutex<State>

    /// Prepares a pool; `run` starts it.
    ///
    /// - Parameters:
    ///   - commands: one for each process; its identity is added as `--identity`.
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
        state = Mutex(State(failures: commands.map { _ in 0 }))
    }

    /// Keeps the processes until `stop`, or until the task is cancelled, which ends them.
    ///
    /// - Throws: `ServiceFailure` with the workers' own last line when none has ever served, or none is left and none comes.
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

    /// Notes that a process serves; returns its place, or nil for one that somebody else started.
    @discardableResult
    public func noteReady(_ identity: WorkerIdentity) -> Int? {
        state.withLock { state in
            guard let place = state.processes[identity]?.place else { return nil }
            state.processes[identity]?.isReady = true
            state.failures[place] = 0
            state.wasEverReady = true
            return place
        }
    }

    /// Kills a process of this pool; any other is left alone.
    public func kill(_ identity: WorkerIdentity, because reason: String) {
        state.withLock { state in
            state.processes[identity]?.refusal = reason
            _ = state.processes[identity]?.signals.yield(.kill)
        }
    }

    // MARK: - One place

    private func keep(_ place: Int) async throws {
        var report = RepeatedReport(interval: Self.reportInterval)
        while !state.withLock({ $0.isStopping }), !Task.isCancelled {
            let identity = WorkerIdentity.random()
            let end = await runOnce(place, identity)
            let (failures, isStopping, isHopeless) = state.withLock { state in
                if !end.wasReady { state.failures[place] += 1 }
                return (state.failures[place], state.isStopping, state.isHopeless)
            }
            post(.workerExited(place: place, identity: identity, reason: end.reason))
            if isStopping || Task.isCancelled { return }
            try check(end, isHopeless: isHopeless)
            if report.isDue(isNew: end.wasReady) {
                log("worker-\(place): \(end.reason); it is started again")
            }
            try? await Task.sleep(for: delay(failures: failures))
        }
    }

    /// Decides whether there is a point in going on.
    private func check(_ end: WorkerEnd, isHopeless: Bool) throws(ServiceFailure) {
        // A worker that says why it cannot start, or is not taken, will fare alike again.
        if end.isDeliberate, !end.wasReady, !state.withLock({ $0.wasEverReady }) {
            throw ServiceFailure(end.reason)
        }
        guard isHopeless else { return }
        throw ServiceFailure(
            "no worker is left, and none could be started in \(Self.failureLimit) attempts for each place: "
                + end.reason)
    }

    private func runOnce(_ place: Int, _ identity: WorkerIdentity) async -> WorkerEnd {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [
            .send(signal: .terminate, allowedDurationToNextStep: Self.teardownTime)
        ]
        let command = commands[place]
        do {
            let result = try await Subprocess.run(
                .path(FilePath(command.executable)),
                arguments: Arguments(command.arguments + ["--identity", identity.description]),
                platformOptions: options, input: .none, output: .discarded, error: .sequence
            ) { execution in
                let pid = execution.processIdentifier.value
                let (signals, continuation) = AsyncStream.makeStream(of: Signal.self)
                self.state.withLock {
                    $0.processes[identity] = WorkerProcess(place: place, signals: continuation)
                }
                self.post(.workerStarted(place: place, identity: identity, pid: pid))
                async let killer: Void = {
                    for await signal in signals { try? execution.send(signal: signal) }
                }()
                let lastLine = await self.forward(
                    execution.standardError, of: identity, place: place)
                continuation.finish()
                await killer
                return lastLine
            }
            let process = state.withLock { $0.processes.removeValue(forKey: identity) }
            return WorkerEnd(result.terminationStatus, process, lastLine: result.closureResult)
        } catch {
            // The system has no room for it now: no descriptor, no memory, no process number.
            _ = state.withLock { $0.processes.removeValue(forKey: identity) }
            return WorkerEnd(unstartable: "\(error)")
        }
    }

    /// Passes on what a worker says, and returns its last line: if it ends before it is ready,
    /// that line is the reason.
    private func forward(
        _ output: SubprocessOutputSequence, of identity: WorkerIdentity, place: Int
    ) async -> String {
        var last = ""
        do {
            for try await line in output.strings(bufferingPolicy: .maxLineLength(Self.lineLimit)) {
                if !last.isEmpty { log("worker-\(place): \(last)") }
                last = line
            }
        } catch {
            return last
        }
        let isReady = state.withLock { $0.processes[identity]?.isReady ?? false }
        if isReady, !last.isEmpty { log("worker-\(place): \(last)") }
        return last
    }

    private func delay(failures: Int) -> Duration {
        min(firstDelay * (1 << min(failures, 10)), Self.longestDelay)
    }
}

/// Trouble that lasts: told at once when it is new, then now and then.
private struct RepeatedReport {
    let interval: Duration
    private var toldAt: ContinuousClock.Instant?

    init(interval: Duration) {
        self.interval = interval
    }

    mutating func isDue(isNew: Bool) -> Bool {
        let now = ContinuousClock.now
        if !isNew, let toldAt, now - toldAt < interval { return false }
        toldAt = now
        return true
    }
}
