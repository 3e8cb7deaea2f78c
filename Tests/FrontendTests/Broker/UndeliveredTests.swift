import Journal
import Testing
import Wire

@testable import Frontend

/// A full pipe, a message that is too large and a peer that is gone are three things.
@Suite struct UndeliveredTests {
    private let worker = Bench.worker(0)

    @Test func aFullPipeToAWorkerCostsNothing() throws {
        var bench = Bench(workers: 2, slots: 1)
        let order = try #require(bench.submit(1).dispatches.first)
        let actions = bench.tell(.orderUndelivered(worker, .dispatch(order), .congested))
        #expect(actions.compactMap(\.killed).isEmpty)
        // Another worker takes it at once, under a new epoch.
        #expect(actions.dispatches.map(\.epoch) == [2])
        #expect(actions.compactMap(\.worker) == [1])
        #expect(bench.broker.part(PartKey(request: order.requestID, part: 0))?.losses == 0)
    }

    @Test func ordersOfAFullPipeAreSaidAgain() throws {
        var bench = Bench(slots: 1)
        bench.submit(1)
        let order = try #require(bench.cancel(1).compactMap(\.order).first)
        bench.tell(.orderUndelivered(worker, order, .congested))
        bench.submit(2)
        #expect(bench.tell(.tick).cancels.isEmpty)
        #expect(bench.wait(.milliseconds(30)).cancels.map(\.request) == [Bench.id(1)])
        #expect(bench.wait(.milliseconds(30)).cancels.isEmpty)
    }

    @Test func anOrderTooLargeFailsItsPartAlone() throws {
        var bench = Bench(slots: 2)
        let order = try #require(bench.submit(1).dispatches.first)
        bench.submit(2)
        let failure = SendFailure.unencodable("DISPATCH has 5000000 bytes")
        let actions = bench.tell(.orderUndelivered(worker, .dispatch(order), failure))
        #expect(actions.failed?.code == .invalidArgument)
        #expect(actions.failed?.message.contains("5000000 bytes") == true)
        #expect(actions.compactMap(\.killed).isEmpty)
        #expect(bench.broker.sessions.count == 1)
        #expect(bench.broker.sessions[0].occupants.count == 1)
    }

    @Test func aWorkerThatIsGoneIsLost() throws {
        var bench = Bench(workers: 2, slots: 1)
        let order = try #require(bench.submit(1).dispatches.first)
        let actions = bench.tell(.orderUndelivered(worker, .dispatch(order), .unreachable))
        #expect(actions.dispatches.map(\.epoch) == [2])
        #expect(bench.broker.sessions.count == 1)
        #expect(bench.tell(.workerLeft(Bench.worker(1))).dispatches.isEmpty)
        #expect(bench.broker.sessions.isEmpty)
    }

    @Test func anEventThatCannotBeSaidFailsItsPart() throws {
        var bench = Bench(slots: 1)
        bench.submit(1)
        bench.chunk(1, offset: 0, [5])
        bench.chunk(1, offset: 1, [6])
        let id = try #require(RequestID(bytes: Bench.id(1)))
        let mark = DeliveryMark.entry(id, part: 0, index: 2)
        let actions = bench.tell(
            .undelivered(Bench.client, mark, .unencodable("CHUNK has 5000000 bytes")))
        #expect(actions.failed?.code == .internal)
        #expect(actions.failed?.message.contains("5000000 bytes") == true)
        #expect(actions.cancels.map(\.request) == [Bench.id(1)], "the worker stops")
        #expect(bench.broker.requests.live.isEmpty)
    }

    @Test func whatFollowsAnEventThatCannotBeSaidIsNoTrap() throws {
        var bench = Bench(slots: 1)
        bench.submit(1) { $0.credit = 1 }
        bench.chunk(1, offset: 0, [5])
        bench.chunk(1, offset: 1, [6])
        bench.chunk(1, offset: 2, [7])
        let id = try #require(RequestID(bytes: Bench.id(1)))
        bench.tell(
            .client(
                Bench.client,
                .credit(
                    WireCredit {
                        $0.requestID = id; $0.chunks = 5
                    })))
        bench.tell(
            .undelivered(
                Bench.client, .entry(id, part: 0, index: 2), .unencodable("too large")))
        bench.tell(.undelivered(Bench.client, .entry(id, part: 0, index: 3), .congested))
        #expect(bench.broker.requests.live.isEmpty)
    }

    @Test func anEndThatCannotBeSaidIsAnotherEnd() throws {
        var bench = Bench(slots: 1)
        bench.submit(1)
        bench.finish(1)
        let id = try #require(RequestID(bytes: Bench.id(1)))
        let mark = DeliveryMark.entry(id, part: 0, index: 1)
        let actions = bench.tell(.undelivered(Bench.client, mark, .unencodable("too large")))
        #expect(actions.failed?.message == "too large")
    }

    @Test func anAnnouncedSilenceIsWaitedFor() {
        var bench = Bench(slots: 1)
        let announcement = WireHeartbeat { $0.silenceMs = 20_000 }
        bench.tell(.worker(worker, .heartbeat(announcement)))
        #expect(bench.wait(.seconds(23), alive: []).compactMap(\.killed).isEmpty)
        #expect(bench.wait(.seconds(2), alive: []).compactMap(\.killed) == [.of(100)])
    }

    @Test func whatAFrontThatWasAwayDidNotHearCountsAgainstNobody() {
        var bench = Bench(slots: 1)
        bench.submit(1)
        bench.cancel(1)
        bench.now += .seconds(60)
        bench.tell(.awoken)
        #expect(bench.wait(.seconds(3), alive: []).compactMap(\.killed).isEmpty)
        #expect(bench.wait(.seconds(1), alive: []).compactMap(\.killed) == [.of(100)])
    }

    @Test func aWorkerOfLongStepsHasToStopAllTheSame() {
        var bench = Bench(slots: 1)
        bench.submit(1)
        bench.cancel(1)
        let announcement = WireHeartbeat { $0.silenceMs = 2000 }
        var killed: [WorkerIdentity] = []
        for _ in 0..<20 where killed.isEmpty {
            bench.tell(.worker(worker, .heartbeat(announcement)))
            killed += bench.wait(.seconds(1), alive: []).compactMap(\.killed)
            bench.chunk(1, offset: 0, [5])
        }
        #expect(killed == [.of(100)])
    }

    @Test func anAnnouncementHoldsOnceAndNotForEver() {
        var bench = Bench(slots: 1)
        let announcement = WireHeartbeat { $0.silenceMs = .max }
        bench.tell(.worker(worker, .heartbeat(announcement)))
        // Whatever comes next says that the step is over.
        bench.tell(.worker(worker, .heartbeat(WireHeartbeat())))
        #expect(bench.wait(.seconds(5), alive: []).compactMap(\.killed) == [.of(100)])
        var patient = Bench(slots: 1)
        patient.tell(.worker(worker, .heartbeat(announcement)))
        #expect(patient.wait(.seconds(605), alive: []).compactMap(\.killed) == [.of(100)])
    }
}
