/// How fast waiting work leaves the service, measured while some waits.
struct DrainRate: Sendable {
    /// What an older end counts for at least when another comes.
    private static let memory = 1 - 1.0 / 64
    /// How long an end counts for half, where many come: those that began together end together, in waves.
    private static let halfLife: Duration = .seconds(2)
    /// Of what is told.
    private static let range = 0.1...600

    private var tokens = 0.0
    private var seconds = 0.0
    /// The last end, if something has waited ever since.
    private var since: Instant?

    /// Notes that a part left for good.
    ///
    /// - Parameters:
    ///   - cost: what of its estimated tokens was worked off.
    ///   - isBusy: whether other parts wait; the time before an end counts only then.
    mutating func note(cost: Int, isBusy: Bool, now: Instant) {
        if let since, isBusy {
            let age = now - since
            let memory = max(Self.memory, 1 - 0.69 * (age / Self.halfLife))
            tokens = tokens * memory + Double(cost)
            seconds = seconds * memory + age / .seconds(1)
        }
        // What ends first after a pause began before it: only from then on the ends follow one another.
        since = isBusy ? now : nil
    }

    /// How much leaves in a while; nil: nothing was measured yet.
    func cost(goneIn duration: Duration) -> Int? {
        guard seconds > 0, tokens > 0 else { return nil }
        return Int(min(duration / .seconds(1) * tokens / seconds, 1e15))
    }

    /// How long until so much has left.
    func delay(untilGone cost: Int) -> Duration {
        guard seconds > 0, tokens > 0 else { return .seconds(1) }
        let estimate = Double(cost) * seconds / tokens
        return .milliseconds(
            Int(min(max(estimate, Self.range.lowerBound), Self.range.upperBound) * 1000))
    }
}
