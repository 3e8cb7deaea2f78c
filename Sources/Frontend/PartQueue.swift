/// The parts that wait for a worker, in order of acceptance; bounded by whoever adds to it.
struct PartQueue: Sendable {
    struct Waiting: Sendable {
        let key: PartKey
        let serial: UInt64
        let cost: Int
    }

    private(set) var parts: [Waiting] = []
    /// Estimated tokens of all of them.
    private(set) var cost = 0
    /// Mean time between ends of parts, which the queue drains by; nil: not measured yet.
    private(set) var pace: Duration?
    private var lastEnd: Instant?

    /// Adds a part where its request's age puts it: a part that comes back after a loss is not
    /// put behind younger ones.
    mutating func insert(_ part: Waiting) {
        let index =
            parts.lastIndex {
                $0.serial < part.serial || $0.serial == part.serial && $0.key.part < part.key.part
            }
            .map { $0 + 1 } ?? 0
        parts.insert(part, at: index)
        cost += part.cost
    }

    mutating func remove(_ key: PartKey) {
        guard let index = parts.firstIndex(where: { $0.key == key }) else { return }
        cost -= parts.remove(at: index).cost
    }

    /// Notes that a part left the service for good.
    ///
    /// The mean forgets old times exponentially.
    mutating func noteEnd(now: Instant) {
        if let lastEnd {
            let gap = now - lastEnd
            pace = pace.map { ($0 * 7 + gap) / 8 } ?? gap
        }
        lastEnd = now
    }

    /// How long until `count` more have left.
    func delay(untilLeft count: Int) -> Duration {
        let delay = (pace ?? .seconds(1)) * count
        return min(max(delay, .milliseconds(100)), .seconds(60))
    }
}
