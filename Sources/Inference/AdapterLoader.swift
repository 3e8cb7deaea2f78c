internal import Adapters
internal import Dispatch
internal import Kernels
internal import Synchronization
internal import Tensors

/// Loads adapters on a thread of its own, one after the other, while steps go on.
final class AdapterLoader: Sendable {
    /// A load that is over.
    struct Load: Sendable {
        let adapter: Digest
        let result: Result<Adapter, AdapterError>
        let seconds: Double
    }

    private struct State {
        var pendingCount = 0
        var finished: [Load] = []
    }

    private let queue = DispatchQueue(label: "fusebox.adapters")
    private let state = Mutex(State())
    private let arrival = DispatchSemaphore(value: 0)
    private let pool: ThreadPool

    /// - Parameter pool: the threads beside which adapters are loaded.
    init(beside pool: ThreadPool) {
        self.pool = pool
    }

    /// Begins a load once those before it are over.
    func begin(_ adapter: ShelvedAdapter) {
        state.withLock { $0.pendingCount += 1 }
        queue.async { [self] in
            pool.release()
            let start = ContinuousClock.now
            let result = Result { () throws(AdapterError) in try adapter.load() }
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            let load = Load(adapter: adapter.digest, result: result, seconds: seconds)
            state.withLock { state in
                state.pendingCount -= 1
                state.finished.append(load)
            }
            arrival.signal()
        }
    }

    /// The loads that are over since the last call.
    func finished() -> [Load] {
        state.withLock { state in
            defer { state.finished.removeAll() }
            return state.finished
        }
    }

    /// Waits until a load is over, unless none is under way or `milliseconds` have passed.
    func wait(milliseconds: Int) {
        let isDue = state.withLock { $0.pendingCount > 0 && $0.finished.isEmpty }
        guard isDue else { return }
        _ = arrival.wait(timeout: .now() + .milliseconds(milliseconds))
    }
}
