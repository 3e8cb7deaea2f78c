/// The front's own monotonic clock.
struct FrontClock: Sendable {
    private let start = ContinuousClock.now

    var now: Instant { Instant(sinceStart: ContinuousClock.now - start) }
}
