/// The workers of a service, their threads, and which processors these have for themselves.
public struct Crew: Equatable, Sendable, CustomStringConvertible {
    public let workerCount: Int
    /// Threads of each worker.
    public let threadCount: Int
    /// For each worker the processors of its threads; empty where there are more threads than processors, so that nobody
    /// may hold on to one.
    public let processors: [[Int]]
    /// How many threads can run at once.
    public let limit: Int

    /// Gives each thread of each worker a processor, if there are enough.
    ///
    /// - Parameters:
    ///   - processors: the numbers of those that may be used, in the order in which threads get them.
    ///   - limit: how many threads can run at once.
    public init(workerCount: Int, threadCount: Int, processors: [Int], limit: Int) {
        self.workerCount = workerCount
        self.threadCount = threadCount
        self.limit = max(1, min(processors.count, limit))
        let isEnough = !processors.isEmpty && workerCount * threadCount <= self.limit
        self.processors =
            isEnough
            ? (0..<workerCount).map { worker in
                Array(processors[worker * threadCount..<(worker + 1) * threadCount])
            } : []
    }

    /// Whether threads outnumber processors: then they are not bound, and who waits sleeps at once.
    public var isCrowded: Bool { processors.isEmpty }

    /// One line for whoever starts the service.
    public var description: String {
        let lists = processors.map { $0.map(String.init).joined(separator: ",") }
        let place =
            isCrowded
            ? "bound to none, idle ones sleep at once"
            : "bound to one each (\(lists.joined(separator: " "))), "
                + (threadCount > 1 ? "idle ones spin" : "none to wait for")
        return "\(Self.count(workerCount, "worker")) of \(Self.count(threadCount, "thread")) on "
            + "\(Self.count(limit, "processor")), \(place)"
    }

    private static func count(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }
}
