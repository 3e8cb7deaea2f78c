/// What a run of the load came to; times in milliseconds.
struct LoadResult: Codable {
    let rate: Int
    let requests: Int
    let failed: Int
    let perSecond: Double
    let median: Double
    let p99: Double
    let p999: Double
    let longest: Double
    let firstP99: Double
}

/// The requests of a run and their times, each counted from when it was due.
struct LoadLog {
    private struct Request {
        let due: Duration
        var hasChunk = false
        var isOver = false
    }

    let rate: Int
    private var requests: [Request] = []
    private var firstTimes: [Double] = []
    private var times: [Double] = []
    private var failed = 0

    init(rate: Int) {
        self.rate = rate
    }

    var openCount: Int { requests.count - times.count - failed }

    private var nextDue: Duration { .nanoseconds(requests.count * 1_000_000_000 / max(rate, 1)) }

    /// Whether the next request is to be sent now.
    func isDue(_ now: Duration, window: Int) -> Bool {
        rate > 0 ? nextDue <= now : openCount < window
    }

    /// Notes a new request and returns its id.
    mutating func begin(_ now: Duration) -> [UInt8] {
        requests.append(Request(due: rate > 0 ? nextDue : now))
        let number = UInt64(requests.count)
        return (0..<16).map { $0 < 8 ? 0x5A : UInt8(truncatingIfNeeded: number >> (8 * (15 - $0))) }
    }

    mutating func noteChunk(_ id: ArraySlice<UInt8>, _ now: Duration) {
        guard let index = index(id), !requests[index].hasChunk else { return }
        requests[index].hasChunk = true
        firstTimes.append((now - requests[index].due) / .milliseconds(1))
    }

    mutating func noteEnd(_ id: ArraySlice<UInt8>, _ now: Duration) {
        guard let index = index(id), !requests[index].isOver else { return }
        requests[index].isOver = true
        times.append((now - requests[index].due) / .milliseconds(1))
    }

    mutating func noteFailure(_ id: ArraySlice<UInt8>) {
        guard let index = index(id), !requests[index].isOver else { return }
        requests[index].isOver = true
        failed += 1
    }

    private func index(_ id: ArraySlice<UInt8>) -> Int? {
        let number = id.dropFirst(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard number >= 1, number <= requests.count else { return nil }
        return Int(number) - 1
    }

    func result(after time: Duration) -> LoadResult {
        let sorted = times.sorted()
        let first = firstTimes.sorted()
        return LoadResult(
            rate: rate, requests: times.count, failed: failed + openCount,
            perSecond: Double(times.count) / (time / .seconds(1)),
            median: Self.quantile(sorted, 0.5),
            p99: Self.quantile(sorted, 0.99), p999: Self.quantile(sorted, 0.999),
            longest: sorted.last ?? 0, firstP99: Self.quantile(first, 0.99))
    }

    private static func quantile(_ sorted: [Double], _ part: Double) -> Double {
        guard !sorted.isEmpty else { return 0 }
        let value = sorted[min(Int(Double(sorted.count) * part), sorted.count - 1)]
        return (value * 1000).rounded() / 1000
    }
}
