import Testing
import Wire

@testable import Frontend

@Suite struct DeliveryTests {
    private func attach(_ offsets: [UInt32]) -> ClientVerb {
        .attach(
            WireAttach {
                $0.request = Bench.id(1); $0.fromOffsets = offsets
            })
    }

    @Test func creditPacesChunksOnly() {
        var bench = Bench()
        bench.submit(1) { $0.credit = 2 }
        #expect(bench.chunk(1, offset: 0, [1]).chunks.count == 1)
        #expect(bench.chunk(1, offset: 1, [2]).chunks.count == 1)
        #expect(bench.chunk(1, offset: 2, [3]).chunks.isEmpty)
        #expect(bench.finish(1).done == nil, "the end waits behind the chunks")
        let credit = WireCredit {
            $0.request = Bench.id(1); $0.chunks = 1
        }
        let actions = bench.tell(.client(Bench.client, .credit(credit)))
        #expect(actions.events.map(\.message.kindName) == ["CHUNK", "DONE"])
    }

    @Test func slowStreamsHoldUpNoOther() {
        var bench = Bench()
        bench.submit(1) { $0.credit = 1 }
        bench.submit(2)
        bench.chunk(1, offset: 0, [1])
        bench.chunk(1, offset: 1, [2])
        #expect(bench.chunk(2, offset: 0, [9]).chunks.map(\.request) == [Bench.id(2)])
    }

    @Test func attachGoesOnFromAnyOffset() {
        var bench = Bench()
        bench.submit(1)
        bench.chunk(1, offset: 0, [1, 2, 3], text: "abc")
        bench.chunk(1, offset: 3, [4], text: "d")
        let other = Address(name: [2])
        let actions = bench.tell(.client(other, attach([2])))
        #expect(actions.events.map(\.message.kindName) == ["ACCEPTED", "ROUTED", "CHUNK", "CHUNK"])
        #expect(actions.chunks.map(\.offset) == [2, 3])
        #expect(actions.chunks.map(\.ids) == [[3], [4]])
        #expect(bench.tell(.client(other, attach([4]))).chunks.isEmpty)
        #expect(bench.tell(.client(other, attach([5]))).failed?.code == .invalidArgument)
        #expect(bench.tell(.client(other, attach([0, 0]))).failed?.code == .invalidArgument)
    }

    @Test func attachAfterTheEndReplaysAll() {
        var bench = Bench()
        bench.submit(1)
        bench.chunk(1, offset: 0, [1, 2])
        bench.finish(1)
        let actions = bench.tell(.client(Bench.client, attach([])))
        #expect(actions.events.map(\.message.kindName) == ["ACCEPTED", "ROUTED", "CHUNK", "DONE"])
        #expect(bench.broker.counters.accepted == 1)
    }

    @Test func unknownRequests() {
        var bench = Bench()
        #expect(bench.tell(.client(Bench.client, attach([]))).failed?.code == .notFound)
        #expect(bench.cancel(1).failed?.code == .notFound)
        let close = WireClose { $0.request = Bench.id(1) }
        #expect(bench.tell(.client(Bench.client, .close(close))).isEmpty)
    }

    @Test func fullPipesAreTriedAgainFromTheHole() throws {
        let id = try #require(RequestID(bytes: Bench.id(1)))
        var bench = Bench()
        bench.submit(1) { $0.credit = 5 }
        bench.chunk(1, offset: 0, [1])
        // Entries: 0 the mix, 1 and 2 the chunks.
        bench.chunk(1, offset: 1, [2])
        let mark = DeliveryMark.entry(id, part: 0, index: 1)
        bench.tell(.undelivered(Bench.client, mark, .congested))
        #expect(bench.chunk(1, offset: 2, [3]).chunks.isEmpty, "nothing overtakes the hole")
        let actions = bench.wait(.milliseconds(20))
        #expect(actions.chunks.map(\.offset) == [0, 1, 2])
    }

    @Test func clientsThatAreGoneAreCleanedUpAfterAWhile() {
        var bench = Bench { $0.clientGrace = .seconds(10) }
        bench.submit(1)
        bench.chunk(1, offset: 0, [1])
        for id in bench.broker.requests.live {
            let mark = DeliveryMark.entry(id, part: 0, index: 1)
            bench.tell(.undelivered(Bench.client, mark, .unreachable))
        }
        #expect(bench.chunk(1, offset: 1, [2]).chunks.isEmpty)
        #expect(bench.wait(.seconds(3)).cancels.isEmpty, "leaving is not cancelling")
        bench.wait(.seconds(3))
        bench.wait(.seconds(3))
        #expect(bench.wait(.seconds(3)).cancels.count == 1)
    }

    @Test func returningInTimeKeepsTheRequest() {
        var bench = Bench { $0.clientGrace = .seconds(2) }
        bench.submit(1)
        for id in bench.broker.requests.live {
            bench.tell(.undelivered(Bench.client, .acceptance(id), .unreachable))
        }
        bench.wait(.seconds(1))
        bench.tell(.client(Address(name: [2]), attach([])))
        bench.wait(.seconds(1))
        #expect(bench.wait(.seconds(1)).cancels.isEmpty)
    }

    /// Others that leave in crowds push nobody out who is on the way back; of theirs no more waits than the queue has room for.
    @Test func whoChangesItsConnectionLosesNothingToOthersThatLeave() {
        var bench = Bench(slots: 1) { $0.queueLimit = 3 }
        let crowd = (1...3).map { Address(name: [9, $0]) }
        bench.submit(1, client: crowd[0])
        for (number, client) in zip([2, 3, 4] as [UInt8], crowd) {
            bench.submit(number, client: client)
        }
        func leave(_ client: Address) {
            bench.tell(
                .undelivered(
                    client, .acceptance(Self.id(1)), .unreachable))
        }
        for client in crowd {
            leave(client)
            bench.wait(.seconds(1))
        }
        bench.submit(5)
        leave(Bench.client)
        #expect(bench.broker.requests[Self.id(5)]?.endedAt == nil)
        #expect(bench.broker.requests[Self.id(2)]?.endedAt != nil, "it left first")
        #expect(bench.broker.queue.abandonedCount == 3)
    }

    private static func id(_ number: UInt8) -> RequestID {
        RequestID(bytes: Bench.id(number)) ?? .none
    }

    @Test func aLongBacklogGoesTickByTick() {
        var bench = Bench { $0.deliveryByteLimit = 1000 }
        bench.submit(1) { $0.credit = 1 }
        for offset in 0..<40 { bench.chunk(1, offset: offset, [1], text: "some text") }
        bench.finish(1)
        let credit = WireCredit {
            $0.request = Bench.id(1); $0.chunks = 100
        }
        var actions = bench.tell(.client(Bench.client, .credit(credit)))
        #expect((10...30).contains(actions.chunks.count))
        actions += bench.wait(.milliseconds(20)) + bench.wait(.milliseconds(20))
        #expect(actions.chunks.map(\.offset) == Array(1..<40))
        #expect(actions.done != nil)
    }

    @Test func readersThatTakeNothingLoseTheirReply() {
        var bench = Bench {
            $0.streamByteLimit = 1000; $0.stallTimeout = .seconds(5)
        }
        bench.submit(1) { $0.credit = 1 }
        for offset in 0..<40 { bench.chunk(1, offset: offset, [1], text: "some text") }
        for _ in 0..<5 {
            #expect(bench.wait(.seconds(1)).dispatches.isEmpty)
            #expect(bench.broker.requests.live.count == 1)
        }
        bench.wait(.seconds(1))
        #expect(bench.broker.requests.live.isEmpty)
        let rest = bench.tell(.client(Bench.client, attach([1])))
        #expect(rest.chunks.count == 1, "the credit of the submission")
        let credit = WireCredit {
            $0.request = Bench.id(1); $0.chunks = 100
        }
        let actions = bench.tell(.client(Bench.client, .credit(credit)))
        #expect(actions.chunks.count == 38)
        #expect(actions.failed?.code == .slowConsumer)
    }

    /// It makes nothing in vain, and holds no place that others could have.
    @Test func aReplyThatIsNotTakenIsParked() throws {
        var bench = Bench(slots: 1) { $0.streamByteLimit = 1000 }
        bench.submit(1) { $0.credit = 1 }
        for offset in 0..<40 { bench.chunk(1, offset: offset, [1], text: "some text") }
        #expect(bench.wait(.milliseconds(20)).cancels.map(\.epoch) == [1])
        #expect(bench.chunk(1, offset: 40, [1]).events.isEmpty, "that was under way")
        bench.submit(2)
        #expect(bench.finish(1, .reason(.cancelled)).dispatches.map(\.request) == [Bench.id(2)])
        #expect(try state(of: 1, &bench) == "parked")
        bench.finish(2)

        // Half of what may wait is left, but for one chunk.
        #expect(grant(27, &bench).chunks.count == 27)
        #expect(bench.wait(.milliseconds(20)).dispatches.isEmpty)
        #expect(grant(1, &bench).chunks.count == 1)
        let next = try #require(bench.wait(.milliseconds(20)).dispatches.first)
        #expect(next.epoch == 2 && next.emitted.count == 40)
        #expect(try state(of: 1, &bench) == "running")
        bench.chunk(1, epoch: 2, offset: 40, [2])
        bench.finish(1, epoch: 2)
        let rest = grant(100, &bench)
        #expect(rest.chunks.map(\.offset) == Array(29...40))
        #expect(rest.done != nil)
    }

    @Test func whatIsParkedIsMadeForWhoComesBack() {
        var bench = Bench { $0.streamByteLimit = 1000 }
        bench.submit(1) {
            $0.credit = 1
            $0.keep = true
        }
        for offset in 0..<40 { bench.chunk(1, offset: offset, [1], text: "some text") }
        bench.wait(.milliseconds(20))
        bench.finish(1, .reason(.cancelled))
        bench.tell(.clientLeft(Bench.client))
        #expect(bench.wait(.milliseconds(20)).dispatches.map(\.epoch) == [2])
        for offset in 40..<80 { bench.chunk(1, epoch: 2, offset: offset, [1], text: "some text") }
        #expect(bench.wait(.milliseconds(20)).cancels.isEmpty, "nobody is slow")
        #expect(bench.tell(.client(Bench.client, attach([39]))).chunks.map(\.offset) == [39])
        #expect(bench.wait(.milliseconds(20)).cancels.map(\.epoch) == [2])
        bench.cancel(1)
        #expect(bench.wait(.milliseconds(20)).dispatches.isEmpty)
        #expect(bench.broker.requests.live.isEmpty)
    }

    private func grant(_ chunks: UInt32, _ bench: inout Bench) -> [BrokerAction] {
        let credit = WireCredit {
            $0.request = Bench.id(1); $0.chunks = chunks
        }
        return bench.tell(.client(Bench.client, .credit(credit)))
    }

    private func state(of number: UInt8, _ bench: inout Bench) throws -> String {
        let id = try #require(RequestID(bytes: Bench.id(number)))
        return try #require(bench.broker.requests[id]).summary.state
    }

    @Test func shortRepliesMayWaitForTheirReader() {
        var bench = Bench { $0.stallTimeout = .seconds(2) }
        bench.submit(1) { $0.credit = 1 }
        for offset in 0..<5 { bench.chunk(1, offset: offset, [1]) }
        for _ in 0..<5 { #expect(bench.wait(.seconds(1)).cancels.isEmpty) }
        #expect(bench.finish(1).failed == nil)
    }
}
