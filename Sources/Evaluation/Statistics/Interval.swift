/// A confidence interval.
public struct Interval: Sendable, Equatable {
    public let low: Double
    public let high: Double

    /// The middle part of some values, by linear interpolation between them; nil without finite values.
    init?(of values: [Double], confidence: Double) {
        let sorted = values.filter(\.isFinite).sorted()
        guard let first = sorted.first, let last = sorted.last else { return nil }
        func quantile(_ part: Double) -> Double {
            let place = part * Double(sorted.count - 1)
            let below = Int(place)
            guard below >= 0 else { return first }
            guard below + 1 < sorted.count else { return last }
            return sorted[below] + (sorted[below + 1] - sorted[below]) * (place - Double(below))
        }
        low = quantile((1 - confidence) / 2)
        high = quantile((1 + confidence) / 2)
    }

    public init(low: Double, high: Double) {
        self.low = low
        self.high = high
    }

    /// Whether all of it lies above zero.
    public var isAboveZero: Bool { low > 0 }
    /// Whether all of it lies below zero.
    public var isBelowZero: Bool { high < 0 }
}
