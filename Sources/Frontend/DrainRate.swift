/// How fast waiting work leaves the service, measured while some waits.
struct DrainRate: Sendable {
    /// What an older end counts for when another comes.
    private static let memory = 0.9375

    private var tokens = 0.0
    private var seconds = 0.0
    /// The last end, or the time since when something waits.
    private var since: Instant?

    /// Notes that something waits again.
    mutating func begin(_ now: Instant) {
        since = now
    }

    /// Notes that a part left for good.
    ///
    /// - Parameters:
    ///   - cost: its estimated tokens.
    ///   - isBusy: whether other parts wait; the time before an end counts only then.
    mutating func note(cost: Int, isBusy: Bool, now: Instant) {
        if let since, isBusy {
            tokens = tokens * Self.memory + Double(cost)
            seconds = seconds * Self.memory + (now - since) / .seconds(1)
        }
        since = now
    }

    /// How long until so much has left.
    func delay(untilGone cost: Int) -> Duration {
        let estimate = seconds > 0 && tokens > 0 ? Double(cost) * seconds / tokens : 1
        return .milliseconds(Int(min(max(estimate, 0.1), 60) * 1000))
    }
}
