import FoundationEssentials
import Registry
import Tensors
import Testing
import Wire

@testable import Frontend

/// A shelf that changes while it is served.
@Suite struct ShelfTests {
    /// What is being written down may be in force already: a late worker that refuses it goes, the change does not.
    @Test func whoRefusesWhatIsBeingWrittenDownGoes() throws {
        var bench = Bench.shelf()
        try bench.propose()
        bench.hold(0)
        bench.hold(1)
        bench.start(2)
        let actions = bench.hold(2, refusing: "there is no memory")
        #expect(actions.compactMap(\.killed) == [.of(102)])
        #expect(actions.failed == nil)
        bench.save()
        #expect(Bench.adapter(of: bench.ask(3).dispatches.first) == FakeShelf.other)
    }

    /// A canary leaves the rest in force: a late worker that refuses that has a fault of its own, and must not sit there idle.
    @Test func whoRefusesWhatIsInForceGoes() throws {
        var bench = Bench.shelf()
        try bench.propose(.canary)
        bench.start(2)
        let current = try #require(bench.broker.editions.current?.id)
        let offer = try #require(bench.broker.sessions.last?.offered[current])
        let actions = bench.say(2, current, offer, refusing: "there is no memory")
        #expect(actions.compactMap(\.killed) == [.of(102)])
        #expect(bench.broker.sessions.count == 2)
    }

    @Test func anIdIsOfOneChange() throws {
        var bench = Bench.shelf()
        bench.tell(Bench.change(.replace))
        #expect(bench.tell(Bench.change(.remove)).failed?.code == .alreadyExists)
        #expect(
            bench.tell(Bench.change(.replace)).events.isEmpty, "the same again waits for the answer"
        )
    }

    @Test func aChangeIsInForceOnceEveryWorkerHoldsIt() throws {
        var bench = Bench.shelf()
        #expect(try bench.propose().compactMap(\.worker) == [0, 1])
        #expect(bench.hold(0).isEmpty)
        #expect(Bench.adapter(of: bench.ask(1).dispatches.first) == FakeShelf.calm)
        let held = bench.hold(1)
        #expect(held.contains { if case .saveRegistry = $0 { true } else { false } })
        #expect(
            Bench.adapter(of: bench.ask(2).dispatches.first) == FakeShelf.calm,
            "it is not written down yet")
        let actions = bench.save()
        guard case .adapterChanged(let changed) = actions.events.first else {
            Issue.record("expected an answer, got \(actions)")
            return
        }
        #expect(changed.request == Bench.id(200))
        #expect(Bench.adapter(of: bench.ask(3).dispatches.first) == FakeShelf.other)
    }

    enum Failure: CaseIterable {
        case refusal, loss, silence, disk
    }

    @Test(arguments: Failure.allCases) func whateverFailsLeavesWhatWas(_ failure: Failure) throws {
        var bench = Bench.shelf()
        let before = bench.broker.shelf?.registry
        try bench.propose()
        bench.hold(0)
        let actions: [BrokerAction]
        switch failure {
        case .refusal: actions = bench.hold(1, refusing: "is not finite")
        case .loss: actions = bench.tell(.workerLeft(Bench.worker(1)))
        case .silence: actions = bench.wait(BrokerConfiguration().changeTimeout)
        case .disk:
            bench.hold(1)
            actions = bench.save(failing: "the disk is full")
        }
        let code: [Failure: WireCode] = [
            .refusal: .invalidArgument, .loss: .unavailable, .silence: .deadlineExceeded,
            .disk: .internal,
        ]
        #expect(actions.failed?.code == code[failure])
        #expect(actions.failed?.request == Bench.id(200))
        #expect(bench.broker.shelf?.registry == before)
        #expect(Bench.adapter(of: bench.ask(1).dispatches.first) == FakeShelf.calm)
        let later = actions + bench.wait(.milliseconds(20))
        let dropped = later.compactMap(\.order).filter {
            if case .dropEdition = $0 { true } else { false }
        }
        #expect(!dropped.isEmpty, "what was held for it is dropped")
    }

    /// An answer that crosses the order to drop an edition and a new offer of it is not taken for the answer to that.
    @Test func anAnswerIsOfOneOffer() throws {
        var bench = Bench.shelf()
        try bench.propose()
        let proposed = try #require(bench.broker.shelf?.change?.proposal?.stable.id)
        let before = try #require(bench.broker.sessions[0].offered[proposed])
        bench.hold(1, refusing: "there is no memory")
        let drops = bench.wait(.milliseconds(20)).filter {
            if case .toWorker(Bench.worker(0), .dropEdition) = $0 { true } else { false }
        }
        #expect(drops.count == 1, "it may be loading it")
        try bench.propose(number: 201)
        let offer = try #require(bench.broker.sessions[0].offered[proposed])
        #expect(offer > before)
        for reason in [nil, "there is no memory"] {
            #expect(bench.say(0, proposed, before, refusing: reason).isEmpty)
            #expect(bench.broker.sessions[0].offered[proposed] == offer)
            #expect(!bench.broker.sessions[0].editions.contains(proposed))
        }
        bench.say(0, proposed, 0)
        #expect(bench.broker.sessions[0].editions.contains(proposed), "an older worker's")
        bench.hold(1)
        bench.save()
        #expect(Bench.adapter(of: bench.ask(1).dispatches.first) == FakeShelf.other)
    }

    @Test func aRequestKeepsItsGenerationOverTheLossOfItsWorker() throws {
        var bench = Bench.shelf()
        let before = try #require(bench.ask(1).dispatches.first)
        try bench.propose()
        for worker in 0..<2 { bench.hold(worker) }
        bench.save()
        let again = try #require(
            bench.tell(.workerLeft(Bench.worker(0))).dispatches.first)
        #expect(again.epoch == 2)
        #expect(Bench.adapter(of: again) == FakeShelf.calm && again.edition == before.edition)
        // A worker that comes late holds what runs and what is to run.
        let orders = bench.start(0).compactMap(\.order)
        let offered = orders.compactMap { order in
            if case .edition(let edition) = order { edition.edition } else { nil }
        }
        #expect(Set(offered).count == 2 && offered.contains(before.edition))
        bench.finish(1, worker: 1, epoch: 2)
        let drops = bench.wait(.milliseconds(20)).compactMap { action -> WireDropEdition? in
            if case .toWorker(_, .dropEdition(let drop)) = action { drop } else { nil }
        }
        #expect(
            drops.map(\.edition) == [before.edition, before.edition],
            "its last request has ended; the late worker loads it still")
    }

    private func pruned(
        _ actions: [BrokerAction]
    ) -> (adapters: Set<Digest>, routers: Set<Digest>)? {
        for case .pruneShelf(let adapters, let routers) in actions { return (adapters, routers) }
        return nil
    }

    /// Bytes that neither the registry nor a live request names are removed once a change is written down.
    @Test func whatNobodyNeedsIsRemovedFromDisk() throws {
        var shelf = FakeShelf.first
        let earlier = FakeRouter(digest: Digest(of: [5]))
        shelf.earlierRouters = [earlier]
        var bench = Bench(workers: 1, shelf: shelf)
        bench.hold(0)
        #expect(pruned(bench.save(failing: "the disk is full")) == nil)

        bench = Bench(workers: 1, shelf: shelf)
        bench.hold(0)
        let start = try #require(pruned(bench.save()))
        #expect(start.adapters == FakeShelf.first.registry.digests)
        #expect(start.routers == [FakePool.router], "no request needs the earlier one")
        #expect(bench.broker.shelf?.earlierRouters.isEmpty ?? false)

        bench.ask(1)
        let taught = FakeRouter(digest: Digest(of: [6]))
        let wanted = bench.tell(Bench.change(.replace))
        guard case .prepareShelf(let ticket, _) = wanted.first else {
            Issue.record("expected an errand, got \(wanted)")
            return
        }
        var finding = ShelfFinding()
        finding.adapters = ["calm": FakeShelf.other]
        finding.lesson = RouterLesson(
            digest: taught.digest, origin: FakePool.router, router: taught)
        bench.tell(.shelfPrepared(ticket: ticket, finding))
        bench.hold(0)
        let second = try #require(pruned(bench.save()))
        #expect(second.adapters == FakeShelf.first.registry.digests.union([FakeShelf.other]))
        #expect(
            second.routers == [FakePool.router, taught.digest],
            "a request runs with the FakeShelf.calm")

        bench.finish(1)
        bench.tell(.client(Bench.client, .close(WireClose { $0.request = Bench.id(1) })))
        bench.wait(.milliseconds(20))
        bench.tell(Bench.change(.remove, "formal", number: 201))
        bench.hold(0)
        #expect(try #require(pruned(bench.save())).routers == [taught.digest])
    }

    @Test func aWorkerThatLacksWhatIsServedIsSentAway() {
        var bench = Bench.shelf(workers: 1)
        bench.start(1)
        let actions = bench.hold(1, refusing: "has no adapter")
        #expect(actions.compactMap(\.killed) == [.of(101)])
        guard case .failed(let failed) = actions.compactMap(\.order).first else {
            Issue.record("the worker must be told why, got \(actions)")
            return
        }
        #expect(failed.message.contains("calm: has no adapter"))
    }

    @Test func canariesGetTheirShareAndAreCounted() throws {
        var bench = Bench.shelf(workers: 1)
        try bench.propose(.canary)
        bench.hold(0)
        bench.save()
        var counts: [Digest: Int] = [:]
        for number in 1...100 as ClosedRange<UInt8> {
            let dispatch = bench.ask(number).dispatches.first
            if let digest = Bench.adapter(of: dispatch) { counts[digest, default: 0] += 1 }
            bench.chunk(number, offset: 0, [1, 2])
            bench.finish(number)
        }
        let share = counts[FakeShelf.other] ?? 0
        #expect((30...70).contains(share) && counts.values.reduce(0, +) == 100)
        let list = bench.tell(
            .client(Bench.client, .listAdapters(WireListAdapters { $0.request = Bench.id(9) })))
        guard case .adapters(let reply) = list.events.first else {
            Issue.record("expected adapters, got \(list)")
            return
        }
        let generations = try #require(reply.adapters.first).generations
        #expect(generations.map(\.state) == ["serving", "canary"])
        #expect(generations.map(\.requests) == [UInt64(100 - share), UInt64(share)])
        #expect(generations.map(\.tokens) == [UInt64(200 - 2 * share), UInt64(2 * share)])
        #expect(generations.map(\.weight) == [1, 1])
        bench.tell(Bench.change(.promote, number: 201))
        bench.save()
        #expect(Bench.adapter(of: bench.ask(150).dispatches.first) == FakeShelf.other)
    }

    @Test func oneChangeAfterTheOther() throws {
        var bench = Bench.shelf()
        try bench.propose()
        #expect(bench.tell(Bench.change(.remove, "formal", number: 201)).isEmpty, "it waits")
        for worker in 0..<2 { bench.hold(worker) }
        bench.save()
        for worker in 0..<2 { bench.hold(worker) }
        bench.save()
        #expect(bench.broker.editions.current?.adapters.map(\.name) == ["calm", "terse"])
        let refusal = bench.ask(1, "formal").failed
        #expect(refusal?.code == .notFound)
        // Asked again, a change that was made is only answered.
        let revision = bench.broker.shelf?.registry.revision
        let again = bench.tell(Bench.change(.remove, "formal", number: 201))
        guard case .adapterChanged = again.events.first else {
            Issue.record("expected the answer, got \(again)")
            return
        }
        #expect(bench.broker.shelf?.registry.revision == revision)
    }

    /// One under way and 64 that wait; who comes then is told to come again.
    @Test func changesThatWaitHaveABound() throws {
        var bench = Bench.shelf(workers: 1)
        bench.tell(Bench.change(.replace, number: 1))
        for number in 2...65 as ClosedRange<UInt8> {
            #expect(bench.tell(Bench.change(.remove, "ghost", number: number)).isEmpty)
        }
        for _ in 0..<2 {
            let refusal = bench.tell(Bench.change(.remove, "ghost", number: 66)).failed
            #expect(refusal?.code == .resourceExhausted)
            #expect(refusal?.retryAfterMs ?? 0 > 0)
        }
        #expect(bench.tell(Bench.change(.remove, "ghost", number: 9)).isEmpty, "it waits already")
        let ticket = try #require(bench.broker.shelf?.change?.ticket)
        let answers = bench.tell(.shelfPrepared(ticket: ticket, ShelfFinding())).events
        let failures = answers.compactMap { event in
            if case .failed(let failed) = event { failed } else { nil }
        }
        #expect(failures.map(\.request) == (1...65).map { Bench.id($0) }, "each once, in order")
        #expect(Set(failures.dropFirst().map(\.code)) == [.notFound])
        #expect(bench.tell(Bench.change(.remove, "ghost", number: 66)).failed?.code == .notFound)
    }

    @Test func shelvesThatDoNotChangeSaySo() {
        var bench = Bench()
        let refusal = bench.tell(Bench.change(.remove)).failed
        #expect(refusal?.code == .invalidArgument)
        #expect(refusal?.message.contains("--state") ?? false)
    }
}
