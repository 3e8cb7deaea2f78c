import Testing
import Wire

@testable import Frontend

/// Clients beside each other, and clients that are gone.
@Suite struct FairnessTests {
    private static let other = Address(name: [2])

    @Test func aNewcomerFindsAPlaceBesideOneWhoWantsAll() {
        var bench = Bench(slots: 16)
        for number in 1...40 as ClosedRange<UInt8> { bench.submit(number) }
        // One of sixteen places is kept from a client that has others.
        #expect(bench.broker.sessions[0].occupants.count == 15)
        #expect(bench.submit(50, client: Self.other).dispatches.map(\.request) == [Bench.id(50)])
        #expect(bench.submit(51, client: Self.other).dispatches.isEmpty)
        // The next one goes to the other, and one is kept again; the first has an eighth of them from then on.
        #expect(bench.finish(1).dispatches.isEmpty)
        #expect(bench.finish(2).dispatches.map(\.request) == [Bench.id(51)])
        for number in 3...13 as ClosedRange<UInt8> {
            #expect(bench.finish(number).dispatches.isEmpty)
        }
        #expect(bench.finish(14).dispatches.count == 1)
        // From when the other wants more than one more, each has a quarter.
        #expect(bench.submit(52, client: Self.other).dispatches.isEmpty)
        #expect(bench.submit(53, client: Self.other).dispatches.count == 4)
        // When the other is quiet for a while, the first has them all again.
        for number in 50...53 as ClosedRange<UInt8> {
            #expect(bench.finish(number).dispatches.isEmpty)
        }
        #expect(bench.wait(.seconds(3)).dispatches.count == 11)
        #expect(bench.finish(15).dispatches.count == 1)
    }

    @Test func besideManyPatientClientsOneHasAnEighth() {
        var bench = Bench(slots: 32)
        for number in 1...20 as ClosedRange<UInt8> {
            bench.submit(number, client: Address(name: [8, number]))
        }
        for number in 101...140 as ClosedRange<UInt8> { bench.submit(number) }
        let key = bench.broker.sessions[0].occupants
        #expect(key.count == 24, "4 of the one and 20 of the others")
    }

    @Test func aFullQueueStillTakesAFairShare() {
        var bench = Bench(slots: 1) { $0.queueLimit = 8 }
        for number in 1...9 as ClosedRange<UInt8> { bench.submit(number) }
        let refused = bench.submit(10)
        #expect(refused.failed?.code == .resourceExhausted)
        #expect((100...75_000).contains(refused.failed?.retryAfterMs ?? 0))
        #expect(bench.submit(11, client: Self.other).accepted != nil)
        #expect(bench.submit(12, client: Self.other).accepted != nil)
        for number in 13...30 as ClosedRange<UInt8> { bench.submit(number, client: Self.other) }
        #expect(bench.broker.queue.count(of: Self.other) == 8 / 3)
        // However many come, it never grows past twice its length.
        for number in 31...120 as ClosedRange<UInt8> {
            bench.submit(number, client: Address(name: [9, number]))
        }
        #expect(bench.broker.queue.count <= 16)
    }

    @Test func whatVanishedClientsLeftShutsNobodyOut() {
        var bench = Bench(slots: 1) { $0.queueLimit = 8 }
        for round in 0..<6 as Range<UInt8> {
            let client = Address(name: [7, round])
            for number in 0..<8 as Range<UInt8> {
                bench.submit(round * 8 + number + 1, client: client) { $0.keep = true }
            }
            bench.tell(.clientLeft(client))
            #expect(bench.broker.queue.count(of: nil) <= 8)
        }
        #expect(bench.submit(200, client: Self.other).accepted != nil)
    }

    @Test func whatAVanishedClientAskedIsCancelledAfterTheGrace() {
        var bench = Bench(slots: 1)
        bench.submit(1)
        bench.submit(2) { $0.keep = true }
        bench.submit(3)
        bench.tell(.clientLeft(Bench.client))
        #expect(bench.wait(.seconds(9)).cancels.isEmpty)
        #expect(bench.wait(.seconds(2)).cancels.map(\.request) == [Bench.id(1)])
        let next = bench.finish(1, .reason(.cancelled)).dispatches
        #expect(next.map(\.request) == [Bench.id(2)], "it asked to be kept")
        bench.finish(2)
        #expect(bench.broker.requests.live.isEmpty)
    }

    @Test func whoComesBackInTimeFindsEverything() {
        var bench = Bench(slots: 1)
        bench.submit(1)
        bench.chunk(1, offset: 0, [5, 6])
        bench.tell(.clientLeft(Bench.client))
        #expect(bench.chunk(1, offset: 2, [7]).events.isEmpty)
        bench.wait(.seconds(5))
        let attach = WireAttach {
            $0.request = Bench.id(1); $0.fromOffsets = [2]
        }
        let actions = bench.tell(.client(Self.other, .attach(attach)))
        #expect(actions.chunks.map(\.ids) == [[7]])
        #expect(bench.wait(.seconds(20)).cancels.isEmpty)
    }

    @Test func waitingWorkOfAVanishedClientIsPassed() {
        var bench = Bench(slots: 1)
        for number in 1...3 as ClosedRange<UInt8> { bench.submit(number) }
        bench.tell(.clientLeft(Bench.client))
        bench.submit(4, client: Self.other)
        #expect(bench.finish(1).dispatches.map(\.request) == [Bench.id(4)])
        #expect(bench.finish(4).dispatches.map(\.request) == [Bench.id(2)])
    }
}
