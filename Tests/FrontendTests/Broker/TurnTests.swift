import FoundationEssentials
import Journal
import TestSupport
import Testing
import Wire

@testable import Frontend

/// Turns as transactions, and what one front leaves to the next.
@Suite struct TurnTests {
    private let engine = ModelEngine()

    /// A bench whose broker has taken up what the engine has, with a worker that is there already.
    private func front(
        workers: Int = 1, wall: Int64 = 1_000_000,
        _ adjust: (inout BrokerConfiguration) -> Void = { _ in }
    ) -> (bench: Bench, recorder: Recorder) {
        var bench = Bench(workers: 0, adjust)
        let warnings = bench.broker.restore(
            engine.watch(), from: engine.place, at: time(bench, wall))
        #expect(warnings.isEmpty)
        let recorder = Recorder(engine)
        for index in 0..<workers {
            let pid = Int32(100 + index)
            bench.broker.receive(
                .worker(Bench.worker(index), .ready(FakePool.ready(pid: pid, slots: 4))),
                now: Instant(sinceStart: bench.now))
        }
        return (bench, recorder)
    }

    private func time(_ bench: Bench, _ wall: Int64 = 1_000_000) -> WallTime {
        WallTime(instant: Instant(sinceStart: bench.now), milliseconds: wall)
    }

    /// Tells the broker and ends the turn by way of the engine.
    @discardableResult
    private func tell(
        _ event: BrokerEvent, _ front: inout (bench: Bench, recorder: Recorder)
    ) -> [BrokerAction] {
        front.bench.broker.receive(event, now: Instant(sinceStart: front.bench.now))
        let time = time(front.bench)
        var actions = front.recorder.finishTurn(of: &front.bench.broker, at: time)
        for case .toWorker(let worker, .heartbeat(let heartbeat)) in actions
        where heartbeat.rollCall > 0 {
            actions += tell(.worker(worker, .heartbeat(heartbeat)), &front)
        }
        return actions
    }

    private func submit(
        _ number: UInt8, _ fill: (inout WireSubmit) -> Void = { _ in }
    ) -> BrokerEvent {
        var submit = WireSubmit()
        submit.request = Bench.id(number)
        submit.prompt.text = "Hello."
        submit.selection.base = WireBaseSelection()
        fill(&submit)
        return .client(Bench.client, .submit(submit))
    }

    private func chunk(_ number: UInt8, epoch: UInt32, offset: Int, _ ids: [UInt32]) -> BrokerEvent
    {
        .worker(
            Bench.worker(0),
            .chunk(
                WireWorkerChunk {
                    $0.request = Bench.id(number)
                    $0.epoch = epoch
                    $0.offset = UInt32(offset)
                    $0.ids = ids
                    $0.text = "t"
                }))
    }

    private func finished(_ number: UInt8, epoch: UInt32) -> BrokerEvent {
        .worker(
            Bench.worker(0),
            .finished(
                WireFinished {
                    $0.request = Bench.id(number)
                    $0.epoch = epoch
                    $0.reason = .end
                    $0.promptTokens = [7, 8]
                    $0.maxTokens = 99
                }))
    }

    @Test func nothingIsSaidOfWhatIsNotRecorded() throws {
        var front = front()
        engine.problem = "the disk is full"
        let refused = tell(submit(1), &front)
        #expect(refused.accepted == nil && refused.dispatches.isEmpty)
        let failed = try #require(refused.failed)
        #expect(failed.code == .unavailable && failed.retryAfterMs == 1000)
        #expect(failed.message.contains("the disk is full"))
        #expect(front.bench.broker.requests.isEmpty && front.bench.broker.queue.isEmpty)
        // The broker does not even try while it knows of the problem.
        #expect(tell(submit(2), &front).failed?.code == .unavailable)

        engine.problem = nil
        front.bench.now += .seconds(1)
        _ = tell(.tick, &front)
        let actions = tell(submit(1), &front)
        #expect(actions.accepted?.durable == true)
        #expect(actions.dispatches.count == 1)
        #expect(engine.watch().requests.count == 1)
    }

    /// Leases are recorded apart: when that fails, nothing new is taken, let alone run, before something was recorded.
    @Test func nothingIsTakenAfterLeasesCouldNotBeRecorded() throws {
        var front = front()
        engine.fails = { $0 == 2 }
        #expect(tell(submit(1), &front).dispatches.count == 1, "it was accepted and may run")
        let refused = tell(submit(2), &front)
        #expect(refused.failed?.code == .unavailable && refused.dispatches.isEmpty)
        front.bench.now += .seconds(1)
        tell(.tick, &front)
        let id = try #require(RequestID(bytes: Bench.id(1)))
        guard case .stored(let stored) = try #require(engine.find(id)) else { return }
        #expect(stored.parts[0].attempts.epoch == 1, "the lease was recorded with the next commit")
        #expect(tell(submit(2), &front).accepted != nil)
    }

    @Test func aRepetitionInTheSameTurnIsNotToldMore() {
        var front = front()
        engine.problem = "the disk is full"
        front.bench.broker.receive(submit(1), now: Instant(sinceStart: .zero))
        let actions = tell(submit(1), &front)
        #expect(actions.accepted == nil && actions.dispatches.isEmpty)
        #expect(actions.failed?.code == .unavailable)
        #expect(front.bench.broker.requests.isEmpty)
    }

    /// Whatever numbers a damaged record has, the front lives and serves what else there is.
    @Test func absurdRecordsAreLeftOutOrServed() throws {
        var first = front()
        tell(submit(1) { $0.keep = true }, &first)
        tell(chunk(1, epoch: 1, offset: 0, [10]), &first)
        let whole = try #require(engine.watch().requests.first)
        for seed in 0..<200 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            let extremes: [Int64] = [.min, -1, 0, 1, 1 << 40, .max]
            func extreme() -> Int64 { extremes.randomElement(using: &random) ?? 0 }
            var record = whole.record
            record.parts[0].cost = UInt64(bitPattern: extreme())
            record.parts[0].unreadBytes = UInt64(bitPattern: extreme())
            record.body.limits.deadlineMs = UInt32(truncatingIfNeeded: extreme())
            record.body.limits.maxTokens = UInt32(truncatingIfNeeded: extreme())
            var part = whole.parts[0]
            part.attempts.epoch = UInt32(truncatingIfNeeded: extreme())
            part.entries[1].chunk.offset = Bool.random(using: &random) ? 0 : .max
            part.entries[0].routed.segment.fromToken = Bool.random(using: &random) ? 0 : .max
            let stored = StoredRequest(
                id: whole.id, serial: UInt64(bitPattern: extreme()), record: record,
                acceptedAt: extreme(), deadline: extreme(), parts: [part])
            var bench = Bench()
            let recovery = Recovery(
                requests: [stored], lastSerial: UInt64(bitPattern: extreme()))
            let warnings = bench.broker.restore(
                recovery, from: "model",
                at: WallTime(instant: Instant(sinceStart: .zero), milliseconds: 5))
            #expect(warnings.isEmpty == !bench.broker.requests.isEmpty)
            _ = bench.broker.unrecorded(at: time(bench))
            for _ in 0..<3 { bench.wait(.seconds(1)) }
            #expect(bench.submit(9).accepted != nil)
        }
    }

    @Test func manyRequestsShareACommit() {
        var front = front()
        for number in 1...9 {
            front.bench.broker.receive(submit(UInt8(number)), now: Instant(sinceStart: .zero))
        }
        let before = engine.commitCount
        let actions = tell(.tick, &front)
        #expect(actions.events.count { if case .accepted = $0 { true } else { false } } == 9)
        #expect(engine.commitCount == before + 2, "one for the requests, one for the leases")
    }

    @Test func theNextFrontGoesOnWhereTheFirstStopped() throws {
        var first = front()
        tell(submit(1) { $0.sampling.seed = 5 }, &first)
        tell(chunk(1, epoch: 1, offset: 0, [10, 11]), &first)
        // The client has this, and the power is gone before the disk has it.
        #expect(tell(chunk(1, epoch: 1, offset: 2, [12]), &first).chunks.map(\.ids) == [[12]])
        engine.losePower(keeping: 2)

        var second = front()
        let dispatch = try #require(tell(.tick, &second).dispatches.first)
        #expect(dispatch.emitted == [10, 11])
        #expect(dispatch.epoch > 1)
        #expect(dispatch.sampling.seed == 5)
        let attach = WireAttach {
            $0.request = Bench.id(1)
            $0.fromOffsets = [3]
        }
        let attached = tell(.client(Address(name: [9]), .attach(attach)), &second)
        #expect(attached.accepted?.seed == 5)
        #expect(attached.chunks.isEmpty)
        #expect(tell(chunk(1, epoch: dispatch.epoch, offset: 2, [12]), &second).chunks.isEmpty)
        let news = tell(chunk(1, epoch: dispatch.epoch, offset: 3, [13]), &second)
        #expect(news.chunks.map(\.ids) == [[13]])
        let done = try #require(tell(finished(1, epoch: dispatch.epoch), &second).done)
        #expect(done.provenance.tokens == [10, 11, 12, 13])
        #expect(done.provenance.limits.maxTokens == 99)
    }

    @Test func endsOutliveTheFront() throws {
        var first = front()
        tell(submit(1), &first)
        let done = try #require(tell(finished(1, epoch: 1), &first).done)
        #expect(front().bench.broker.requests.isEmpty, "it does not run again")

        var second = front()
        let id = try #require(RequestID(bytes: Bench.id(1)))
        let recollection = try #require(engine.find(id))
        tell(.recalled(recollection, id, time(second.bench)), &second)
        let again = tell(submit(1), &second)
        #expect(again.accepted != nil && again.dispatches.isEmpty)
        #expect(again.done == done)
        // What was closed is not run again.
        tell(.client(Bench.client, .close(WireClose { $0.request = Bench.id(1) })), &second)
        #expect(tell(submit(1), &second).failed?.code == .alreadyExists)
        if case .closed = engine.find(id) {} else { Issue.record("the id is kept") }
    }

    /// As an HTTP client does that gave up waiting and tries again under its key.
    @Test func whatWasLeftHalfWayMayBeAskedAnew() throws {
        var front = front()
        tell(submit(1), &front)
        tell(.client(Bench.client, .cancel(WireCancel { $0.request = Bench.id(1) })), &front)
        tell(.client(Bench.client, .close(WireClose { $0.request = Bench.id(1) })), &front)
        tell(
            .worker(
                Bench.worker(0),
                .finished(
                    WireFinished {
                        $0.request = Bench.id(1)
                        $0.epoch = 1
                        $0.reason = .cancelled
                    })), &front)
        let id = try #require(RequestID(bytes: Bench.id(1)))
        #expect(engine.find(id) == nil)
        let again = tell(submit(1), &front)
        #expect(again.accepted != nil && again.dispatches.count == 1)
    }

    @Test func whatProducersLeaveIsKeptAndBoundsWhatIsTaken() {
        var front = front { $0.queueLimit = 4 }
        for number in 1...20 as ClosedRange<UInt8> {
            tell(
                .client(Address(name: [number]), .submit(Self.kept(number))), &front)
            tell(.clientLeft(Address(name: [number])), &front)
        }
        let requests = front.bench.broker.requests
        #expect(requests.ended.isEmpty, "nobody cancelled them")
        // Four run, and no more wait than may; the others were refused.
        #expect((8...12).contains(requests.live.count), "\(requests.live.count)")
    }

    private static func kept(_ number: UInt8) -> WireSubmit {
        WireSubmit {
            $0.request = Bench.id(number)
            $0.prompt.text = "Hello."
            $0.selection.base = WireBaseSelection()
            $0.keep = true
        }
    }

    /// A disk that takes nothing is not taken for mended before it has taken something.
    @Test func aProblemStaysUntilSomethingIsRecorded() {
        var front = front()
        engine.problem = "the disk is full"
        tell(submit(1), &front)
        for _ in 0..<5 {
            front.bench.now += .seconds(1)
            tell(.tick, &front)
            #expect(front.bench.broker.engineProblem != nil)
        }
        engine.problem = nil
        front.bench.now += .seconds(1)
        tell(.tick, &front)
        #expect(front.bench.broker.engineProblem == nil)
    }

    @Test func aSeedThatWasToldMakesNoOtherBody() throws {
        var front = front()
        let seed = try #require(tell(submit(1), &front).accepted).seed
        #expect(tell(submit(1) { $0.sampling.seed = seed }, &front).accepted != nil)
        #expect(
            tell(submit(1) { $0.sampling.seed = seed ^ 1 }, &front).failed?.code == .alreadyExists)
    }

    @Test func aDeadlineIsKeptOverAnotherFrontAndAJumpOfTheClock() throws {
        var first = front()
        tell(submit(1) { $0.limits.deadlineMs = 5000 }, &first)
        let id = try #require(RequestID(bytes: Bench.id(1)))
        // 2 s later, an hour earlier, an hour later.
        let left = [1_002_000, -2_600_000, 4_600_000].map { wall in
            front(wall: wall).bench.broker.requests[id]?.deadline?.sinceStart
        }
        #expect(left == [.seconds(3), .seconds(5), .zero])
    }

    @Test func anotherBaseGoesOnWithNothing() throws {
        var first = front()
        tell(submit(1) { $0.keep = true }, &first)
        var second = front(workers: 0)
        var ready = FakePool.ready(pid: 100, slots: 4)
        ready.base = Data(repeating: 1, count: 32)
        tell(.worker(Bench.worker(0), .ready(ready)), &second)
        #expect(second.bench.broker.requests.live.isEmpty)
        #expect(engine.watch().requests.isEmpty)
    }

    @Test func leavingFrontsLeaveWhatIsRecordedToTheNext() throws {
        var first = front { $0.drainTimeout = .seconds(2) }
        tell(submit(1), &first)
        tell(.drain, &first)
        first.bench.now += .seconds(3)
        let actions = tell(.tick, &first)
        #expect(actions.contains { if case .drained = $0 { true } else { false } })
        #expect(actions.failed == nil)
        #expect(engine.watch().requests.count == 1)
    }

    @Test func quarantinedRequestsAreListedRetriedAndDropped() throws {
        var front = front(workers: 3)
        tell(submit(1), &front)
        for _ in 0..<2 {
            let loser = front.bench.broker.sessions.first { !$0.occupants.isEmpty }?.address
            tell(.workerLeft(try #require(loser)), &front)
        }
        let listed = tell(
            .client(Bench.client, .listRequests(WireListRequests { $0.request = Bench.id(7) })),
            &front)
        guard case .listRequests(_, let list, _, 100) = try #require(listed.last) else {
            Issue.record("no list")
            return
        }
        #expect(list.requests.map(\.state) == ["quarantined"])
        #expect(list.requests[0].problem.contains("two workers died"))
        #expect(engine.watch().requests.isEmpty)

        let retried = tell(
            .client(Bench.client, .retry(WireRetry { $0.request = Bench.id(1) })), &front)
        let dispatch = try #require(retried.dispatches.first)
        #expect(engine.watch().requests.count == 1, "the next front would try it too")
        let dropped = tell(
            .client(Bench.client, .drop(WireDrop { $0.request = Bench.id(1) })), &front)
        #expect(dropped.cancels.map(\.epoch) == [dispatch.epoch])
        let unknown = tell(
            .client(Bench.client, .retry(WireRetry { $0.request = Bench.id(2) })), &front)
        #expect(unknown.failed?.code == .notFound)
    }
}
