internal import CKernels
internal import Synchronization

/// Threads that run the chunks of one job at a time; the caller takes part.
///
/// Sendable unchecked: the C pool is set up once, and `run` lets one job in at a time.
@safe public final class ThreadPool: @unchecked Sendable {
    /// Threads that compute, the caller's included.
    public let threadCount: Int
    private let pool: OpaquePointer
    private let turn = Mutex<Void>(())

    /// Starts `threadCount - 1` threads.
    ///
    /// - Parameter spinCount: pauses that an idle thread takes before it sleeps; 0 where other processes need the cores.
    public init(threadCount: Int, spinCount: Int = 4000) throws(KernelError) {
        let threads = Int32(clamping: max(threadCount, 1))
        let spin = threadCount > 1 ? Int32(clamping: spinCount) : 0
        guard let pool = unsafe fb_pool_create(threads, spin) else {
            throw KernelError.noThreads(threadCount)
        }
        unsafe self.pool = pool
        self.threadCount = Int(threads)
    }

    deinit {
        unsafe fb_pool_destroy(pool)
    }

    /// Runs `body(chunk)` for each chunk in `0..<count`, in any order and in parallel, and returns when all are done.
    ///
    /// A job inside a job runs on the thread that asks for it, since the others are taken.
    public func run(_ count: Int, _ body: (Int) -> Void) {
        guard count > 1, threadCount > 1, fb_pool_is_running_chunk() == 0 else {
            for chunk in 0..<count { body(chunk) }
            return
        }
        turn.withLock { _ in
            withoutActuallyEscaping(body) { body in
                var body = body
                unsafe withUnsafeMutablePointer(to: &body) { context in
                    unsafe fb_pool_run(
                        pool, Int32(clamping: count),
                        { context, chunk in
                            unsafe context.assumingMemoryBound(to: ((Int) -> Void).self).pointee(
                                Int(chunk))
                        }, context)
                }
            }
        }
    }
}
