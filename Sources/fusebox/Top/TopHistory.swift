import Wire

/// What `fusebox top` knows of a service: its latest answer, and what came of those before it.
struct TopHistory {
    /// The mix of a running reply; empty: the base alone.
    typealias Mix = [WireNamedWeight]

    /// Rates that are kept: seconds, about as many as a wide terminal has columns.
    static let rateLimit = 240

    private(set) var status = WireStatusReply()
    /// Why there was no answer to the last question; nil: there was one.
    private(set) var problem: String?
    /// Tokens a second between two answers, the newest last.
    private(set) var rates: [Double] = []
    /// The number of each mix that runs; it keeps it for as long as it does.
    private(set) var numbers: [Mix: Int] = [:]
    private var answeredAt: ContinuousClock.Instant?

    mutating func note(_ answer: WireStatusReply, at now: ContinuousClock.Instant) {
        // A service that was started anew counts anew.
        if let answeredAt, answer.tokens >= status.tokens {
            let seconds = max((now - answeredAt) / .seconds(1), 0.001)
            rates.append(Double(answer.tokens - status.tokens) / seconds)
            if rates.count > Self.rateLimit { rates.removeFirst() }
        }
        answeredAt = now
        status = answer
        problem = nil
        number(answer.workers.flatMap(\.parts).map(\.shares))
    }

    mutating func note(problem: String) {
        self.problem = problem
    }

    private mutating func number(_ running: [Mix]) {
        let mixes = Set(running)
        numbers = numbers.filter { mixes.contains($0.key) }
        var taken = Set(numbers.values)
        for mix in running where numbers[mix] == nil {
            let free = (0...taken.count).first { !taken.contains($0) } ?? taken.count
            numbers[mix] = free
            taken.insert(free)
        }
    }
}
