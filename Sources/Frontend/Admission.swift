import Wire

/// Whether what comes may wait, and when to come back if not.
struct Admission: Sendable {
    /// What is told is longer than what is estimated by a part in so many: room that comes later than was said is a promise broken.
    private static let caution = 5

    /// When the end of a request is wanted, and how much goes before it.
    struct Deadline: Sendable {
        /// From now on.
        let time: Duration
        /// Estimated tokens: of what runs, and of what waits and has its turn earlier.
        let ahead: Int
    }

    /// Parts and estimated tokens that may wait.
    private let limit: QueueLoad
    private var rate = DrainRate()
    private var appointments = Appointments()

    init(_ configuration: BrokerConfiguration) {
        limit = QueueLoad(parts: configuration.queueLimit, cost: configuration.queueTokenLimit)
    }

    /// Notes that a part left for good; `isBusy`: others wait.
    mutating func note(cost: Int, isBusy: Bool, now: Instant) {
        rate.note(cost: cost, isBusy: isBusy, now: now)
    }

    /// Keeps no room any more for a connection that is gone.
    mutating func forget(_ client: Address) {
        appointments.forget(client)
    }

    mutating func forgetMissed(_ now: Instant) {
        appointments.forgetMissed(now)
    }

    /// Refuses what would make the queue too long, or come too late, with the time after which there is room.
    ///
    /// A full queue still takes what keeps its client below a fair share, so that nobody can shut others out; it is never
    /// more than twice as long for that. Who was sent away and comes back in time finds the room that new ones leave: up to half
    /// of the queue is kept for it.
    mutating func admit(
        _ load: QueueLoad, _ id: RequestID, by deadline: Deadline? = nil, isKept: Bool,
        of client: Address, to queue: FairQueue, now: Instant
    ) throws(Refusal) {
        let due = appointments.due(id)
        let isDue = due.map { $0 <= now } ?? false
        let excess = queue.isEmpty ? 0 : excess(load, by: deadline, isDue: isDue)
        if excess == 0, fits(load, isKept: isKept, isDue: isDue, of: client, in: queue) {
            return appointments.remove(id)
        }
        let delay: Duration
        if let due, due > now {
            delay = due - now
        } else {
            // Who was to find room by now need not wait for those that were sent away after it.
            let others = due == nil ? appointments.load : QueueLoad()
            let surplus = max(
                surplus(queue.load(besides: nil) + load + others, of: load), excess)
            delay = rate.delay(untilGone: surplus + surplus / Self.caution)
            appointments.make(id, load, of: client, due: now + delay, now: now)
        }
        let problem = excess > 0 ? "the deadline cannot be met" : "the queue is full"
        throw Refusal(
            .resourceExhausted, "\(problem): \(queue.count) parts wait; try again later",
            retryAfter: delay)
    }

    /// The estimated tokens that have to go before a request could be answered by its deadline; 0: it will be.
    private func excess(_ load: QueueLoad, by deadline: Deadline?, isDue: Bool) -> Int {
        guard let deadline, let capacity = rate.cost(goneIn: deadline.time) else { return 0 }
        let bearable = capacity - capacity / Self.caution
        let reserved = isDue ? 0 : min(appointments.load.cost, bearable / 2)
        let (before, isTooMuch) = deadline.ahead.addingReportingOverflow(reserved + load.cost)
        return isTooMuch ? bearable : max(0, before - bearable)
    }

    private func fits(
        _ load: QueueLoad, isKept: Bool, isDue: Bool, of client: Address, in queue: FairQueue
    ) -> Bool {
        // One request alone may be over the bounds: it is taken when nothing else waits.
        guard !queue.isEmpty else { return true }
        // What clients that are gone left has bounds of its own, and comes last; none of it may be cancelled that was to be kept.
        let kept = queue.keptCount(of: nil) + queue.keptCount(of: client)
        if isKept, kept + load.parts > limit.parts { return false }
        let waiting = queue.load(besides: nil) + load
        let reserved =
            isDue
            ? QueueLoad()
            : QueueLoad(
                parts: min(appointments.load.parts, limit.parts / 2),
                cost: min(appointments.load.cost, limit.cost / 2))
        let expected = waiting + reserved
        if expected.parts <= limit.parts, expected.cost <= limit.cost { return true }
        let owners = queue.ownerCount + (queue.count(of: client) == 0 ? 1 : 0)
        let isWithinShare =
            (queue.count(of: client) + load.parts) * (owners + 1) <= limit.parts
            && (queue.cost(of: client) + load.cost) * (owners + 1) <= limit.cost
        return isWithinShare && waiting.parts <= 2 * limit.parts && waiting.cost <= 2 * limit.cost
    }

    /// The estimated tokens that have to go before there is room, with some to spare for what is not as estimated.
    private func surplus(_ waiting: QueueLoad, of load: QueueLoad) -> Int {
        let mean = waiting.cost / max(waiting.parts, 1)
        return max(
            waiting.cost - (limit.cost - limit.cost / 8),
            (waiting.parts - (limit.parts - limit.parts / 8)) * mean, load.cost)
    }
}
