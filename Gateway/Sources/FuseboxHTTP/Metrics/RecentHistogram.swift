/// Values of the last five minutes, for percentiles that follow what happens.
struct RecentHistogram: Sendable {
    static let window: Duration = .seconds(300)
    private static let slotTime: Duration = .seconds(10)
    private static let slotCount = 30
    /// 2^(1/4) apart from 0.1 ms to 200 s, so that a percentile is within 10 %.
    private static let bounds: [Double] = (0..<84).reduce(into: []) { bounds, _ in
        bounds.append((bounds.last ?? 0.000_1) * 1.189_207_115)
    }

    private let started: ContinuousClock.Instant
    private var slots = Array(
        repeating: Histogram(bounds: RecentHistogram.bounds), count: RecentHistogram.slotCount)
    /// The number of the newest slot since the start.
    private var newest = 0

    init(now: ContinuousClock.Instant) {
        started = now
    }

    mutating func record(_ value: Double, times: UInt64 = 1, now: ContinuousClock.Instant) {
        advance(to: now)
        slots[newest % Self.slotCount].record(value, times: times)
    }

    /// `{"p50", "p95", "p99"}` in milliseconds, null without values.
    mutating func quantiles(now: ContinuousClock.Instant) -> [(name: String, seconds: Double?)] {
        advance(to: now)
        return [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)].map { name, share in
            (name, Histogram.quantile(share, of: slots))
        }
    }

    private mutating func advance(to now: ContinuousClock.Instant) {
        let slot = Int((now - started) / Self.slotTime)
        // What is older than the window goes, once however long nothing came.
        for skipped in 0..<min(max(0, slot - newest), Self.slotCount) {
            slots[(slot - skipped) % Self.slotCount].clear()
        }
        newest = max(newest, slot)
    }
}
