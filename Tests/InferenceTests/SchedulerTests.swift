import TestSupport
import Testing

@testable import Inference

@Suite struct SchedulerTests {
    private func plan(
        _ scheduler: inout Scheduler, _ remaining: [Int: Int], chunk: Int = .max
    ) -> [Scheduler.Share] {
        var shares: [Scheduler.Share] = []
        scheduler.plan(into: &shares, chunk: chunk) { remaining[$0] ?? 0 }
        return shares
    }

    @Test func decodingComesFirstAndPrefillTakesTheRest() {
        var scheduler = Scheduler(rowCapacity: 10, slotCount: 4)
        for id in 1...4 { scheduler.enqueue(id) }
        scheduler.admit { _ in true }
        let shares = plan(&scheduler, [1: 6, 2: 1, 3: 30, 4: 1])
        #expect(
            shares == [
                .init(sequence: 2, tokenCount: 1), .init(sequence: 4, tokenCount: 1),
                .init(sequence: 1, tokenCount: 6), .init(sequence: 3, tokenCount: 2),
            ])
    }

    @Test func prefillBesideDecodingIsBounded() {
        var scheduler = Scheduler(rowCapacity: 20, slotCount: 4)
        for id in 1...3 { scheduler.enqueue(id) }
        scheduler.admit { _ in true }
        var shares: [Scheduler.Share] = []
        scheduler.plan(into: &shares, chunk: 5) { [1: 30, 2: 1, 3: 1][$0] ?? 0 }
        #expect(
            shares == [
                .init(sequence: 2, tokenCount: 1), .init(sequence: 3, tokenCount: 1),
                .init(sequence: 1, tokenCount: 5),
            ])
        scheduler.plan(into: &shares, chunk: 0) { [1: 30, 2: 1, 3: 1][$0] ?? 0 }
        #expect(shares.map(\.tokenCount) == [1, 1, 1], "prompts always go on")
        scheduler.plan(into: &shares, chunk: 5) { [1: 7, 2: 1, 3: 30][$0] ?? 0 }
        #expect(shares.map(\.tokenCount) == [1, 7, 3], "a chunk for each prompt, in order")
        scheduler.plan(into: &shares, chunk: 5) { [1: 30, 3: 30][$0] ?? 0 }
        #expect(shares == [.init(sequence: 1, tokenCount: 20)])
    }

    @Test func stepsHaveNoMoreRowsThanTheyHaveTimeFor() {
        var scheduler = Scheduler(rowCapacity: 20, slotCount: 4)
        for id in 1...3 { scheduler.enqueue(id) }
        scheduler.admit { _ in true }
        func counts(_ limit: Int, _ remaining: [Int: Int]) -> [Int] {
            var shares: [Scheduler.Share] = []
            scheduler.plan(into: &shares, limit: limit) { remaining[$0] ?? 0 }
            return shares.map(\.tokenCount)
        }
        #expect(counts(12, [1: 7, 2: 30]) == [7, 5])
        #expect(counts(12, [1: 1, 2: 1, 3: 30]) == [1, 1, 10])
        #expect(
            counts(0, [1: 1, 2: 1, 3: 30]) == [1, 1, 4], "decoding goes on, and so do prompts")
        #expect(counts(0, [1: 30]) == [4])
        #expect(counts(.max, [1: 30]) == [20])
    }

    /// Five prompts of eight tokens beside one sequence that decodes.
    @Test func aBurstIsNotDrawnOutTowardsItsEnd() {
        var scheduler = Scheduler(rowCapacity: 30, slotCount: 8)
        for id in 0...5 { scheduler.enqueue(id) }
        scheduler.admit { _ in true }
        let first = plan(&scheduler, [0: 1, 1: 8, 2: 8, 3: 8, 4: 8, 5: 8], chunk: 4)
        #expect(first.map(\.tokenCount) == [1, 8, 8, 4])
        let rest = [0: 1, 1: 1, 2: 1, 3: 4, 4: 8, 5: 8]
        var other = scheduler
        #expect(plan(&other, rest, chunk: 4).map(\.tokenCount) == [1, 1, 1, 4, 8, 8])
        other = scheduler
        other.enqueue(6)
        other.admit { _ in true }
        let more = rest.merging([6: 9]) { $1 }
        #expect(
            plan(&other, more, chunk: 4).map(\.tokenCount) == [1, 1, 1, 4, 8, 4],
            "another prompt came: that is no rest")
        #expect(
            plan(&scheduler, [0: 1, 1: 1, 2: 1, 3: 4, 4: 8, 5: 30], chunk: 4).map(\.tokenCount)
                == [1, 1, 1, 4, 8], "more than the step before took")
        scheduler = Scheduler(rowCapacity: 30, slotCount: 8)
        for id in 0...5 { scheduler.enqueue(id) }
        scheduler.admit { _ in true }
        _ = plan(&scheduler, [0: 1, 1: 12, 2: 12, 3: 12, 4: 12, 5: 12], chunk: 4)
        #expect(
            plan(&scheduler, [0: 1, 1: 1, 2: 4, 3: 12, 4: 12, 5: 12], chunk: 4).map(\.tokenCount)
                == [1, 1, 4, 12], "the step before took less than it left")
    }

    @Test func chunksShrinkUntilStepsAreShortEnough() {
        var pacer = StepPacer(rowCapacity: 64)
        // A clock that stands still tells nothing.
        for rows in [0, 4, 0, 4] { pacer.note(decodeRows: 9, prefillRows: rows, seconds: 0) }
        #expect(pacer.chunk == 16)
        for _ in 0..<50 { pacer.note(decodeRows: 8, prefillRows: 0, seconds: 0.010) }
        // A row of a prompt costs a millisecond.
        for _ in 0..<100 {
            let rows = pacer.chunk
            pacer.note(decodeRows: 8, prefillRows: rows, seconds: 0.010 + 0.001 * Double(rows))
        }
        #expect((5...8).contains(pacer.chunk))
        // Now it costs nothing.
        for _ in 0..<100 {
            pacer.note(decodeRows: 8, prefillRows: pacer.chunk, seconds: 0.010)
        }
        #expect(pacer.chunk == 64)
        for _ in 0..<100 {
            pacer.note(decodeRows: 8, prefillRows: pacer.chunk, seconds: 1)
        }
        #expect(pacer.chunk == 4)
    }

    @Test func admissionIsInOrderAndNobodyOvertakes() {
        var scheduler = Scheduler(rowCapacity: 8, slotCount: 3)
        for id in 1...5 { scheduler.enqueue(id) }
        scheduler.admit { $0 != 2 }
        #expect(scheduler.running == [1] && Array(scheduler.waiting) == [2, 3, 4, 5])
        scheduler.admit { _ in true }
        #expect(scheduler.running == [1, 2, 3] && Array(scheduler.waiting) == [4, 5])
        scheduler.remove(4)
        scheduler.remove(1)
        scheduler.remove(77)
        scheduler.admit { _ in true }
        #expect(scheduler.running == [2, 3, 5] && scheduler.waiting.isEmpty)
    }

    @Test func whoIsPostponedIsAdmittedNext() {
        var scheduler = Scheduler(rowCapacity: 8, slotCount: 3)
        for id in 1...4 { scheduler.enqueue(id) }
        scheduler.admit { _ in true }
        scheduler.postpone(2)
        #expect(scheduler.running == [1, 3] && Array(scheduler.waiting) == [2, 4])
        scheduler.admit { _ in true }
        #expect(scheduler.running == [1, 3, 2])
    }

    /// Random requests arrive and are cancelled; every step keeps the rules, and everyone gets to the end.
    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func nobodyStarves(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let slots = Int.random(in: 1...8, using: &random)
        let rows = slots + Int.random(in: 0...30, using: &random)
        var scheduler = Scheduler(rowCapacity: rows, slotCount: slots)
        var remaining: [Int: Int] = [:]
        var toDecode: [Int: Int] = [:]
        var arrivals = (1...60).map { $0 }[...]
        var steps = 0
        while !arrivals.isEmpty || !remaining.isEmpty {
            steps += 1
            try #require(steps < 5000)
            while Bool.random(using: &random), let id = arrivals.popFirst() {
                remaining[id] = Int.random(in: 1...90, using: &random)
                toDecode[id] = Int.random(in: 1...20, using: &random)
                scheduler.enqueue(id)
            }
            if Int.random(in: 0..<20, using: &random) == 0, let id = remaining.keys.sorted().first {
                remaining[id] = nil
                scheduler.remove(id)
            }
            let queued = Array(scheduler.waiting)
            scheduler.admit { _ in true }
            #expect(
                scheduler.running.suffix(queued.count - scheduler.waiting.count).elementsEqual(
                    queued.prefix(queued.count - scheduler.waiting.count)))
            #expect(scheduler.running.count == min(slots, remaining.count))

            let shares = plan(&scheduler, remaining)
            #expect(shares.reduce(0) { $0 + $1.tokenCount } <= rows)
            #expect(Set(shares.map(\.sequence)).count == shares.count)
            let decoding = scheduler.running.filter { remaining[$0] == 1 }
            #expect(shares.prefix(decoding.count).map(\.sequence) == decoding)
            let filling = shares.dropFirst(decoding.count)
            #expect(
                filling.map(\.sequence)
                    == Array(scheduler.running.filter { remaining[$0] != 1 }.prefix(filling.count)))
            for share in filling.dropLast() {
                #expect(share.tokenCount == remaining[share.sequence])
            }
            #expect(shares.isEmpty == scheduler.running.isEmpty)
            if let oldest = scheduler.running.first {
                #expect(shares.contains { $0.sequence == oldest })
            }

            for share in shares {
                let id = share.sequence
                let left = (remaining[id] ?? 0) - share.tokenCount
                if left > 0 {
                    remaining[id] = left
                } else {
                    toDecode[id, default: 0] -= 1
                    remaining[id] = toDecode[id, default: 0] > 0 ? 1 : nil
                    if remaining[id] == nil { scheduler.remove(id) }
                }
            }
        }
        #expect(scheduler.running.isEmpty && scheduler.waiting.isEmpty)
    }
}
