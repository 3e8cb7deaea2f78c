/// Runs tasks on a loop that somebody else turns, such as a connection's: their steps then change no threads.
public final class LoopExecutor: TaskExecutor {
    private let schedule: @Sendable (@escaping @Sendable () -> Void) -> Void

    /// - Parameter schedule: has the loop call what it is given, once.
    public init(_ schedule: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void) {
        self.schedule = schedule
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        schedule { [self] in unsafe job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}
