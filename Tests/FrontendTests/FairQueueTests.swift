import Journal
import Testing
import Wire

@testable import Frontend

@Suite struct FairQueueTests {
    private let hog = Address(name: [1])
    private let polite = Address(name: [2])

    private func part(
        _ serial: UInt64, cost: Int = 100, _ priority: PriorityClass = .normal
    ) throws -> FairQueue.Waiting {
        let bytes = (0..<16).map { UInt8(truncatingIfNeeded: serial >> (8 * UInt64($0 % 8))) | 1 }
        return FairQueue.Waiting(
            key: PartKey(request: try #require(RequestID(bytes: bytes)), part: Int(serial)),
            serial: serial, cost: cost, priority: priority, isSuspect: false,
            isEncoding: false, isKept: false)
    }

    /// Takes everything; the serials in the order in which they went.
    private func drain(
        _ queue: inout FairQueue,
        where isFit: (FairQueue.Waiting, Address?) -> Bool = { _, _ in true }
    ) -> [UInt64] {
        var serials: [UInt64] = []
        while let choice = queue.next(of: { _ in true }, where: isFit) {
            queue.take(choice)
            serials.append(choice.part.serial)
        }
        return serials
    }

    @Test func oneLineKeepsItsOrderAndLossesGoBackToTheirPlace() throws {
        var queue = FairQueue()
        for serial in [3, 1, 2, 0] as [UInt64] { queue.insert(try part(serial), of: hog) }
        #expect(queue.count == 4)
        #expect(queue.load(besides: nil) == QueueLoad(parts: 4, cost: 400))
        #expect(drain(&queue) == [0, 1, 2, 3])
        #expect(queue.isEmpty && queue.load(besides: nil) == QueueLoad() && queue.ownerCount == 0)
    }

    @Test func whoHasMuchWaitingHoldsUpNobody() throws {
        var queue = FairQueue()
        for serial in 0..<900 as Range<UInt64> { queue.insert(try part(serial), of: hog) }
        queue.insert(try part(1000), of: polite)
        let order = drain(&queue)
        // A turn's worth of the other's parts at most goes before it.
        #expect(try #require(order.firstIndex(of: 1000)) <= 512 / 100 + 1)
    }

    @Test func turnsAreSharedByTokensNotByParts() throws {
        var queue = FairQueue()
        for serial in 0..<40 as Range<UInt64> {
            queue.insert(try part(serial, cost: 2000), of: hog)
        }
        for serial in 100..<500 as Range<UInt64> {
            queue.insert(try part(serial, cost: 200), of: polite)
        }
        let first = drain(&queue).prefix(220)
        let dear = first.count { $0 < 40 }
        let cheap = first.count - dear
        #expect(abs(dear * 2000 - cheap * 200) <= 4000)
    }

    @Test func higherPrioritiesGoFirstAndStarveNobody() throws {
        var queue = FairQueue()
        for serial in 0..<400 as Range<UInt64> {
            queue.insert(try part(serial, cost: 256, .low), of: hog)
            queue.insert(try part(1000 + serial, cost: 256, .normal), of: hog)
            queue.insert(try part(2000 + serial, cost: 256, .high), of: polite)
        }
        queue.insert(try part(3000, cost: 256, .high), of: hog)
        let order = drain(&queue)
        #expect(
            order.prefix(9).contains(3000), "one of high priority waits for others of high alone")
        let first = order.prefix(420)
        let counts = (0..<3).map { priority in first.count { Int($0) / 1000 == priority } }
        #expect(abs(counts[2] - 16 * counts[0]) <= 24, "\(counts)")
        #expect(abs(counts[1] - 4 * counts[0]) <= 8, "\(counts)")
    }

    @Test func ofThoseThatAreGoneHigherPrioritiesComeFirst() throws {
        var queue = FairQueue()
        queue.insert(try part(1, .low), of: nil)
        queue.insert(try part(2), of: nil)
        queue.insert(try part(3, .high), of: polite)
        queue.move(try part(3, .high).key, to: nil)
        queue.insert(try part(4), of: nil)
        #expect(queue.abandoned.map(\.serial) == [3, 2, 4, 1])
        #expect(drain(&queue) == [3, 2, 4, 1])
    }

    @Test func goneClientsComeLast() throws {
        var queue = FairQueue()
        for serial in 0..<3 as Range<UInt64> { queue.insert(try part(serial), of: nil) }
        for serial in 10..<13 as Range<UInt64> { queue.insert(try part(serial), of: polite) }
        #expect(drain(&queue) == [10, 11, 12, 0, 1, 2])
    }

    @Test func aPartMovesWithItsClient() throws {
        var queue = FairQueue()
        for serial in 0..<3 as Range<UInt64> { queue.insert(try part(serial), of: hog) }
        queue.move(try part(1).key, to: nil)
        queue.move(try part(2).key, to: polite)
        #expect(queue.count(of: hog) == 1 && queue.count(of: nil) == 1)
        #expect(queue.cost(of: polite) == 100)
        #expect(drain(&queue).last == 1)
    }

    @Test func whoAsksAgainAfterItsOldRequestKeepsItsTurn() throws {
        var queue = FairQueue()
        queue.insert(try part(9, cost: 9000), of: polite)
        for serial in 0..<900 as Range<UInt64> { queue.insert(try part(serial), of: hog) }
        var order: [UInt64] = []
        for round in 0..<200 {
            // The same client attaches again and again, now and then over another connection.
            let owner = round % 50 == 0 ? Address(name: [3, UInt8(round)]) : polite
            queue.move(try part(9).key, to: owner)
            guard let choice = queue.next(of: { _ in true }, where: { _, _ in true }) else { break }
            queue.take(choice)
            order.append(choice.part.serial)
        }
        #expect(order.contains(9))
    }

    @Test func whatDoesNotFitHoldsUpNothingElse() throws {
        var queue = FairQueue()
        for serial in 0..<4 as Range<UInt64> { queue.insert(try part(serial, cost: 5000), of: hog) }
        queue.insert(try part(9), of: polite)
        #expect(drain(&queue) { waiting, _ in waiting.serial != 0 } == [9, 1, 2, 3])
        #expect(drain(&queue) == [0])
    }

    @Test func theDrainRateIsThatOfBusyTimes() {
        var rate = DrainRate()
        #expect(rate.delay(untilGone: 5000) == .seconds(1))
        var now = Instant(sinceStart: .zero)
        for _ in 0..<100 {
            now = now + .milliseconds(100)
            rate.note(cost: 50, isBusy: true, now: now)
        }
        // 500 tokens a second.
        #expect(isAboutTenSeconds(rate.delay(untilGone: 5000)))
        // A quiet night says nothing about how fast work leaves.
        now = now + .seconds(30_000)
        rate.note(cost: 50, isBusy: false, now: now)
        #expect(isAboutTenSeconds(rate.delay(untilGone: 5000)))
        now = now + .seconds(30_000)
        rate.note(cost: 50, isBusy: true, now: now)
        #expect(isAboutTenSeconds(rate.delay(untilGone: 5000)), "nor does the first end after it")
        now = now + .milliseconds(100)
        rate.note(cost: 50, isBusy: true, now: now)
        #expect(isAboutTenSeconds(rate.delay(untilGone: 5000)))
        #expect(rate.delay(untilGone: 1) == .milliseconds(100))
        #expect(rate.delay(untilGone: .max) == .seconds(600))
    }

    private func isAboutTenSeconds(_ delay: Duration) -> Bool {
        (.milliseconds(9999) ... .milliseconds(10_001)).contains(delay)
    }
}
