import Journal
import TestSupport
import Testing
import Wire

@testable import Frontend

/// Crowds before a full queue: who is told when to come back finds room then.
@Suite struct CrowdTests {
    /// A queue with workers that take what their parts ask, more or less.
    private struct Service {
        static let limit = 64
        let slots: Int
        /// All replies have the same length, so that those which begin together end together.
        let isEven: Bool
        var admission: Admission
        var queue = FairQueue()
        var random: SeededGenerator
        var now: Duration = .zero
        var running: [(end: Duration, cost: Int)] = []
        var nextID = 0

        init(slots: Int, isEven: Bool, seed: UInt64) {
            self.slots = slots
            self.isEven = isEven
            random = SeededGenerator(seed: seed)
            var configuration = BrokerConfiguration()
            configuration.queueLimit = Self.limit
            admission = Admission(configuration)
        }

        var instant: Instant { Instant(sinceStart: now) }

        /// Asks for a place; the time after which to come back when there is none.
        mutating func ask(_ number: Int, from client: Address) -> Duration? {
            let id = RequestID(number)
            let load = QueueLoad(parts: 1, cost: cost(of: number))
            do throws(Refusal) {
                try admission.admit(load, id, isKept: false, of: client, to: queue, now: instant)
            } catch {
                return error.retryAfter
            }
            queue.insert(
                FairQueue.Waiting(
                    key: PartKey(request: id, part: 0), serial: UInt64(number), cost: load.cost,
                    priority: .normal, isSuspect: false, isEncoding: false, isKept: false),
                of: client)
            return nil
        }

        private func cost(of number: Int) -> Int { isEven ? 120 : 40 + number * 37 % 160 }

        mutating func step(to time: Duration) {
            now = time
            let over = running.filter { $0.end <= time }
            running.removeAll { $0.end <= time }
            for part in over {
                admission.note(cost: part.cost, isBusy: !queue.isEmpty, now: instant)
            }
            while running.count < slots,
                let choice = queue.next(of: { _ in true }, where: { _, _ in true })
            {
                queue.take(choice)
                // A reply ends somewhere before its limit.
                let share = isEven ? 1 : Double.random(in: 0.5...1.5, using: &random)
                let milliseconds = Double(choice.part.cost) * share
                running.append((time + .milliseconds(Int(milliseconds)), choice.part.cost))
            }
            admission.forgetMissed(instant)
        }

        mutating func run(for milliseconds: Int) {
            for _ in 0..<milliseconds { step(to: now + .milliseconds(1)) }
        }
    }

    /// A service that had more than enough to do for a while, and has done it.
    private func measured(slots: Int, isEven: Bool = false, seed: UInt64) -> Service {
        var service = Service(slots: slots, isEven: isEven, seed: seed)
        for number in 0..<20_000 {
            if number % (100 / slots) == 0 {
                _ = service.ask(1_000_000 + number, from: Address(name: [1]))
            }
            service.run(for: 1)
        }
        service.run(for: 60_000)
        return service
    }

    /// - Parameter seed: 0: replies of one length.
    @Test(arguments: [1, 4, 16, 64], [0, 1, 2, 3] as [UInt64])
    func whoComesBackFindsRoom(slots: Int, seed: UInt64) {
        var service = measured(slots: slots, isEven: seed == 0, seed: seed)
        let start = service.now
        var due: [(time: Duration, number: Int)] = []
        var isFirst: Set<Int> = []
        for number in 0..<Service.limit * 10 {
            guard let delay = service.ask(number, from: Address(name: [2, UInt8(number % 8)]))
            else {
                continue
            }
            due.append((service.now + delay, number))
            isFirst.insert(number)
        }
        let refused = isFirst.count
        #expect(refused > Service.limit * 8)
        var atOnce = 0
        var longest = 0
        var millisecond = 0
        while !due.isEmpty, service.now - start < .seconds(3600) {
            millisecond += 1
            service.step(to: start + .milliseconds(millisecond))
            longest = max(longest, service.queue.count)
            // Newcomers who take no for an answer, six times as many as there is room for.
            if millisecond % max(20 / slots, 1) == 0 {
                _ = service.ask(2_000_000 + millisecond, from: Address(name: [2, 0]))
            }
            let coming = due.filter { $0.time <= service.now }
            due.removeAll { $0.time <= service.now }
            for (_, number) in coming {
                let first = isFirst.remove(number) != nil
                if let delay = service.ask(number, from: Address(name: [2, UInt8(number % 8)])) {
                    due.append((service.now + delay, number))
                } else if first {
                    atOnce += 1
                }
            }
        }
        #expect(due.isEmpty, "everybody is served in the end")
        #expect(Double(atOnce) >= 0.8 * Double(refused), "\(atOnce) of \(refused)")
        #expect(longest <= 2 * Service.limit)
    }

    @Test func whoComesTooEarlyIsToldTheSameTime() {
        var service = measured(slots: 1, seed: 1)
        var number = 0
        while service.ask(number, from: Address(name: [2])) == nil { number += 1 }
        let first = service.ask(number, from: Address(name: [2]))
        service.step(to: service.now + .milliseconds(50))
        #expect(
            service.ask(number, from: Address(name: [2])) == first.map { $0 - .milliseconds(50) })
    }

    @Test func whoDoesNotComeKeepsNobodyOutForLong() {
        var service = measured(slots: 1, seed: 1)
        for number in 0..<1000 { _ = service.ask(number, from: Address(name: [2])) }
        // They never come back: the queue empties down to the half that was kept, and that is open to all.
        let before = service.queue.count
        service.run(for: before * 150)
        #expect(taken(&service, from: 5000) >= Service.limit / 2 - 1)
        service.run(for: 1_000_000)
        #expect(taken(&service, from: 6000) >= Service.limit - 1)
    }

    /// How many of two hundred who ask now find room.
    private func taken(_ service: inout Service, from first: Int) -> Int {
        (first..<first + 200).count { service.ask($0, from: Address(name: [2])) == nil }
    }

    @Test func appointmentsAreBounded() {
        var appointments = Appointments()
        let load = QueueLoad(parts: 1, cost: 10)
        let now = Instant(sinceStart: .zero)
        for number in 0..<Appointments.limit {
            appointments.make(
                RequestID(number), load, of: Address(name: [1]), due: now + .seconds(1), now: now)
        }
        #expect(appointments.load.parts == Appointments.clientLimit)
        for number in 0..<Appointments.limit {
            appointments.make(
                RequestID(Appointments.limit + number), load, of: Address(name: [2]),
                due: now + .seconds(1), now: now)
        }
        #expect(appointments.load.parts == Appointments.limit)
        // A crowd that has gone makes room for the next one.
        appointments.forget(Address(name: [1]))
        #expect(appointments.load.parts == Appointments.clientLimit)
        #expect(appointments.due(RequestID(0)) == nil)
        appointments.forgetMissed(now + .seconds(3))
        #expect(appointments.load == QueueLoad())
    }
}

extension RequestID {
    fileprivate init(_ number: Int) {
        let digits = String(number + 1, radix: 16)
        let zeros = String(repeating: "0", count: 32 - digits.count)
        self = RequestID(zeros + digits) ?? .none
    }
}
