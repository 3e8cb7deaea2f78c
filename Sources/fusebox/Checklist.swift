/// What `fusebox serve` says of its start: a line for each step that is done, with the time since the start.
struct Checklist: Sendable {
    static let (green, yellow) = (32, 33)

    private let started = ContinuousClock.now

    func note(_ step: String, _ text: String) {
        write(step, text, colour: nil)
    }

    /// Says what did not go as it should.
    func warn(_ step: String, _ text: String) {
        write(step, text, colour: Self.yellow)
    }

    private func write(_ step: String, _ text: String, colour: Int?) {
        let time = (ContinuousClock.now - started).formatted
        let line = String(repeating: " ", count: max(0, 8 - time.count)) + time
        StandardError.write(line + "  " + step.padding(to: 10) + text, colour: colour)
    }
}
