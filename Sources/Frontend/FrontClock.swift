import FoundationEssentials

/// The front's own monotonic clock.
struct FrontClock: Sendable {
    private let start = ContinuousClock.now

    var now: Instant { Instant(sinceStart: ContinuousClock.now - start) }

    /// Now, with what the clock on the wall says.
    var wallTime: WallTime {
        let seconds = Date().timeIntervalSince1970
        return WallTime(instant: now, milliseconds: Int64(seconds * 1000))
    }
}
