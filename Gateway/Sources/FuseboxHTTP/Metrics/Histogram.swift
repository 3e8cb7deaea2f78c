/// How often values fell below each of some bounds.
struct Histogram: Sendable {
    /// Seconds, as OpenTelemetry advises for the durations of GenAI servers.
    static let seconds: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300,
    ]
    /// Tokens, as OpenTelemetry advises.
    static let tokens: [Double] = (0...10).map { Double(1 << (2 * $0)) }

    let bounds: [Double]
    /// Of each bound, and of what is above all.
    private(set) var counts: [UInt64]
    private(set) var sum: Double = 0

    init(bounds: [Double]) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    var count: UInt64 { counts.reduce(0, +) }

    mutating func record(_ value: Double, times: UInt64 = 1) {
        let place = bounds.firstIndex { value <= $0 } ?? bounds.count
        counts[place] += times
        sum += value * Double(times)
    }

    mutating func clear() {
        self = Histogram(bounds: bounds)
    }

    /// The value that a share of all is not above, interpolated within its bounds; nil without values.
    static func quantile(_ share: Double, of histograms: [Histogram]) -> Double? {
        guard let first = histograms.first else { return nil }
        var counts = first.counts
        for histogram in histograms.dropFirst() {
            for (place, count) in histogram.counts.enumerated() { counts[place] += count }
        }
        let total = counts.reduce(0, +)
        guard total > 0 else { return nil }
        let wanted = share * Double(total)
        var below = 0.0
        for (place, count) in counts.enumerated() where count > 0 {
            if below + Double(count) >= wanted {
                let low = place == 0 ? 0 : first.bounds[place - 1]
                let high = place < first.bounds.count ? first.bounds[place] : low
                return low + (high - low) * max(0, wanted - below) / Double(count)
            }
            below += Double(count)
        }
        return first.bounds.last
    }
}
