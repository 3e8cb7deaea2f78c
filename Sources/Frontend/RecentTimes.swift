import Wire

/// The latest times that something took, for percentiles.
struct RecentTimes: Sendable {
    /// How many are kept, and for how long they count.
    static let limit = 1024
    static let window: Duration = .seconds(300)

    private var values: [(at: Instant, time: Duration)] = []
    /// The place of the oldest, once there are as many as are kept.
    private var oldest = 0

    mutating func note(_ time: Duration, now: Instant) {
        if values.count < Self.limit {
            values.append((now, time))
        } else {
            values[oldest] = (now, time)
            oldest = (oldest + 1) % Self.limit
        }
    }

    func latency(now: Instant) -> WireLatency {
        let recent = values.filter { now - $0.at <= Self.window }
            .map { Float($0.time / .milliseconds(1)) }.sorted()
        func percentile(_ percent: Int) -> Float {
            recent.isEmpty ? 0 : recent[min(recent.count * percent / 100, recent.count - 1)]
        }
        return WireLatency {
            $0.count = UInt32(clamping: recent.count)
            ($0.p50Ms, $0.p95Ms, $0.p99Ms) = (percentile(50), percentile(95), percentile(99))
        }
    }
}
