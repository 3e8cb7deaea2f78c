/// What the clock on the wall says at an instant: the form of time that outlives a front.
public struct WallTime: Sendable {
    let instant: Instant
    /// Since 1970.
    let milliseconds: Int64

    public init(instant: Instant, milliseconds: Int64) {
        self.instant = instant
        self.milliseconds = milliseconds
    }

    /// The milliseconds since 1970 of another instant.
    func milliseconds(at other: Instant) -> Int64 {
        let (sum, overflow) = milliseconds.addingReportingOverflow(
            (other - instant).wholeMilliseconds)
        return overflow ? milliseconds : sum
    }

    /// The milliseconds since 1970 that were a while ago.
    func milliseconds(before duration: Duration) -> Int64 {
        milliseconds - duration.wholeMilliseconds
    }

    /// How far away a moment on the wall is; negative when it has passed.
    func duration(until moment: Int64) -> Duration {
        let (difference, overflow) = moment.subtractingReportingOverflow(milliseconds)
        return overflow ? .zero : .milliseconds(difference)
    }
}

extension Duration {
    fileprivate var wholeMilliseconds: Int64 {
        let (thousands, overflow) = components.seconds.multipliedReportingOverflow(by: 1000)
        let (sum, isTooLong) = thousands.addingReportingOverflow(
            components.attoseconds / 1_000_000_000_000_000)
        return overflow || isTooLong ? 0 : sum
    }
}
