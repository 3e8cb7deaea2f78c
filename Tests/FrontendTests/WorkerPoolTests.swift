import Synchronization
import Testing

@testable import Frontend

/// Real processes: the shell plays the worker.
@Suite struct WorkerPoolTests {
    private final class Diary: Sendable {
        private let lines = Mutex<[String]>([])

        /// Adds a line; returns how many there are now.
        @discardableResult
        func write(_ line: String) -> Int {
            lines.withLock { lines in
                lines.append(line)
                return lines.count
            }
        }

        var all: [String] { lines.withLock { $0 } }
    }

    private func command(_ script: String) -> WorkerCommand {
        var command = WorkerCommand(arguments: ["-c", script])
        command.executable = "/bin/sh"
        return command
    }

    /// Runs a pool until it is over; `react` sees each start.
    private func run(
        _ script: String, count: Int = 1, diary: Diary = Diary(),
        react: @escaping @Sendable (WorkerPool, WorkerIdentity) -> Void
    ) async throws {
        let (starts, continuation) = AsyncStream.makeStream(of: WorkerIdentity.self)
        let pool = WorkerPool(
            Array(repeating: command(script), count: count),
            post: { event in
                if case .workerStarted(_, let identity, _) = event { continuation.yield(identity) }
                if case .workerExited = event { diary.write("exited") }
            },
            log: { diary.write($0) }, firstDelay: .milliseconds(5))
        try await withThrowingTaskGroup { group in
            group.addTask { for await identity in starts { react(pool, identity) } }
            group.addTask {
                try await pool.run()
                continuation.finish()
            }
            for try await _ in group {}
        }
    }

    @Test func whatTheWorkerSaysIsWhyTheServiceFails() async {
        let error = await #expect(throws: ServiceFailure.self) {
            try await run("echo other >&2; echo 'fusebox: no model at x' >&2; exit 1") { _, _ in }
        }
        #expect(error?.message == "no model at x")
    }

    @Test func workersThatNeverStartAreGivenUp() async {
        let error = await #expect(throws: ServiceFailure.self) {
            try await run("kill -9 $$") { _, _ in }
        }
        #expect(error?.message.contains("5 attempts") == true)
        #expect(error?.message.contains("signal 9") == true)
    }

    @Test func theDeadAreReplaced() async throws {
        let started = Diary()
        try await run("sleep 0.2; exit 3") { pool, identity in
            pool.noteReady(identity)
            if started.write("\(identity)") == 4 { pool.stop() }
        }
        #expect(Set(started.all).count == 4)
    }

    @Test func killedWorkersAreReplaced() async throws {
        let diary = Diary()
        let started = Diary()
        try await run("exec sleep 60", diary: diary) { pool, identity in
            pool.noteReady(identity)
            pool.kill(identity, because: "it hangs")
            if started.write("\(identity)") == 2 { pool.stop() }
        }
        #expect(diary.all.filter { $0 == "exited" }.count == 2)
        #expect(diary.all.contains { $0.contains("it hangs") })
    }

    @Test func refusedWorkersEndTheService() async {
        let error = await #expect(throws: ServiceFailure.self) {
            try await run("exec sleep 60") { pool, identity in
                pool.kill(identity, because: "the worker is not like the others")
            }
        }
        #expect(error?.message == "the worker is not like the others")
    }

    @Test(.timeLimit(.minutes(10))) func cancellingEndsTheProcesses() async throws {
        let diary = Diary()
        let (starts, continuation) = AsyncStream.makeStream(of: Void.self)
        let pool = WorkerPool(
            [command("exec sleep 3600"), command("exec sleep 3600")],
            post: { event in
                if case .workerStarted = event { continuation.yield() }
                if case .workerExited = event { diary.write("exited") }
            }, log: { _ in })
        let task = Task { try await pool.run() }
        var iterator = starts.makeAsyncIterator()
        _ = await iterator.next()
        _ = await iterator.next()
        task.cancel()
        _ = await task.result
        #expect(diary.all == ["exited", "exited"])
    }
}
