internal import CKernels

/// The processors that this process may use.
public struct Processors: Equatable, Sendable {
    /// The system's numbers, one processor of each core first, so that threads get cores before they share one.
    public let numbers: [Int]
    /// How many threads can run at once: fewer than there are numbers where a control group has a quota of time.
    public let count: Int

    /// - Parameter cores: for each number what the processors of its core have in common.
    init(numbers: [Int], cores: [Int], quota: Int) {
        var taken: [Int: Int] = [:]
        let places = zip(numbers, cores).map { number, core in
            defer { taken[core, default: 0] += 1 }
            return (taken[core, default: 0], number)
        }
        self.numbers = places.sorted { $0 < $1 }.map { $0.1 }
        count = max(1, min(numbers.count, quota))
    }

    /// By the affinity mask of the calling thread and the quota of its control group.
    public static var available: Processors {
        let capacity = 1024
        let numbers = unsafe withUnsafeTemporaryAllocation(of: Int32.self, capacity: capacity) {
            list in
            guard let first = list.baseAddress else { return [Int]() }
            let count = unsafe fb_processors(first, Int32(capacity))
            return unsafe list[..<Int(count)].map { Int($0) }
        }
        return Processors(
            numbers: numbers, cores: numbers.map { Int(fb_processor_core(Int32($0))) },
            quota: Int(fb_processor_quota()))
    }
}
