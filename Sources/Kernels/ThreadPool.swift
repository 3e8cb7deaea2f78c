internal import CKernels
internal import Synchronization

/// Threads that run the chunks of one job at a time; the caller takes part.
///
/// Sendable unchecked: the C pool is set up once, and `run` lets one job in at a time.
@safe public final class ThreadPool: @unchecked Sendable {
    /// Pauses before a thread that waits sleeps: some 50 µs, longer than the gaps between the jobs of a step.
    static let spinCount = 4000

    /// Threads that compute, the caller's included.
    public let threadCount: Int
    /// Whether a thread that waits spins before it sleeps.
    public let isSpinning: Bool
    /// Whether each thread is bound to a processor of its own.
    public let isBound: Bool
    private let pool: OpaquePointer
    private let turn = Mutex<Void>(())

    /// Starts `threadCount - 1` threads.
    ///
    /// - Parameter placement: processors of their own that cannot be had are no error: the threads run anywhere then. The
    ///   calling thread is bound like the others as long as the pool lives; it should be the one that calls `run`.
    public convenience init(
        threadCount: Int, placement: ThreadPlacement = .anywhere
    ) throws(KernelError) {
        let isCrowded = placement == .crowded || threadCount > Processors.available.count
        let own: [Int] = if case .own(let processors) = placement { processors } else { [] }
        try self.init(
            threadCount: threadCount, spinCount: isCrowded ? 0 : Self.spinCount, processors: own)
    }

    /// Starts `threadCount - 1` threads, which take `spinCount` pauses before they sleep.
    init(threadCount: Int, spinCount: Int, processors: [Int] = []) throws(KernelError) {
        let threads = Int32(clamping: max(threadCount, 1))
        let spin = threadCount > 1 ? Int32(clamping: spinCount) : 0
        guard let pool = unsafe fb_pool_create(threads, spin) else {
            throw KernelError.noThreads(threadCount)
        }
        unsafe self.pool = pool
        self.threadCount = Int(threads)
        isSpinning = spin > 0
        let numbers = processors.map { Int32(clamping: $0) }
        isBound = unsafe numbers.count == Int(threads) && fb_pool_bind(pool, numbers) == 1
    }

    deinit {
        unsafe fb_pool_destroy(pool)
    }

    /// Lets the calling thread, which must be none of the pool's, run on all processors of this process: threads begin on
    /// that of whoever starts them.
    public func release() {
        unsafe fb_pool_release(pool)
    }

    /// Runs `body(chunk)` for each chunk in `0..<count`, in any order and in parallel, and returns when all are done.
    ///
    /// A job inside a job runs on the thread that asks for it, since the others are taken.
    public func run(_ count: Int, _ body: (Int) -> Void) {
        run(first: 0, { _ in }, then: count, body)
    }

    /// The same in two stages: all of the first is done before anything of the second, which has at least one chunk,
    /// begins.
    func run(
        first firstCount: Int, _ first: (Int) -> Void, then count: Int, _ body: (Int) -> Void
    ) {
        guard count > 1, threadCount > 1, fb_pool_is_running_chunk() == 0 else {
            for chunk in 0..<firstCount { first(chunk) }
            for chunk in 0..<count { body(chunk) }
            return
        }
        turn.withLock { _ in
            withoutActuallyEscaping(first) { first in
                withoutActuallyEscaping(body) { body in
                    var stages = Stages(first: first, body: body)
                    unsafe withUnsafeMutablePointer(to: &stages) { context in
                        unsafe fb_pool_run(
                            pool, Int32(clamping: firstCount),
                            { context, chunk in
                                unsafe context.assumingMemoryBound(to: Stages.self).pointee
                                    .runFirst(chunk)
                            }, Int32(clamping: count),
                            { context, chunk in
                                unsafe context.assumingMemoryBound(to: Stages.self).pointee
                                    .runBody(chunk)
                            }, context)
                    }
                }
            }
        }
    }

    /// Borrowed by all threads, not copied: counting references to the closures would have them wait for each other.
    private struct Stages: ~Copyable {
        let first: (Int) -> Void
        let body: (Int) -> Void

        borrowing func runFirst(_ chunk: Int32) { first(Int(chunk)) }
        borrowing func runBody(_ chunk: Int32) { body(Int(chunk)) }
    }
}
