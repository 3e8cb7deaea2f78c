/// A moment on the front's own monotonic clock.
///
/// The broker never reads a clock: it is told.
public struct Instant: Comparable, Hashable, Sendable {
    /// The time since the front began.
    public let sinceStart: Duration

    public init(sinceStart: Duration) {
        self.sinceStart = sinceStart
    }

    public static func + (instant: Instant, duration: Duration) -> Instant {
        Instant(sinceStart: instant.sinceStart + duration)
    }

    public static func - (later: Instant, earlier: Instant) -> Duration {
        later.sinceStart - earlier.sinceStart
    }

    public static func < (left: Instant, right: Instant) -> Bool {
        left.sinceStart < right.sinceStart
    }
}

extension Duration {
    /// Whole milliseconds, rounded up, as the wire counts time; never more than a UInt32 holds.
    var wireMilliseconds: UInt32 {
        guard self > .zero else { return 0 }
        let (seconds, attoseconds) = components
        // More than fit anyway; below there is room for all that follows.
        guard seconds <= UInt32.max else { return .max }
        return UInt32(
            clamping: seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
