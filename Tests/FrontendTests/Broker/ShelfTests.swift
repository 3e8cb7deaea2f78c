import FoundationEssentials
import Registry
import Tensors
import Testing
import Wire

@testable import Frontend

/// A shelf that changes while it is served.
@Suite struct ShelfTests {
    private static let other = Digest(of: [77])

    /// Two workers that hold the first shelf.
    private func bench(workers: Int = 2) -> Bench {
        var bench = Bench(workers: workers, shelf: FakeShelf.first)
        for worker in 0..<workers { hold(&bench, worker) }
        save(&bench)
        return bench
    }

    /// Has a worker say that it holds all that it was told to hold.
    @discardableResult
    private func hold(
        _ bench: inout Bench, _ worker: Int, refusing reason: String? = nil
    ) -> [BrokerAction] {
        let session = bench.broker.sessions.first { $0.address == Bench.worker(worker) }
        let offered = session?.offered.sorted { $0.value < $1.value } ?? []
        return offered.filter { session?.editions.contains($0.key) == false }.flatMap {
            say(&bench, worker, $0.key, $0.value, refusing: reason)
        }
    }

    /// Has a worker say that it holds an edition, or why it does not.
    @discardableResult
    private func say(
        _ bench: inout Bench, _ worker: Int, _ edition: Digest, _ offer: UInt64,
        refusing reason: String? = nil
    ) -> [BrokerAction] {
        var held = WireEditionHeld {
            $0.edition = Data(edition.bytes)
            $0.offer = offer
        }
        held.refused = reason.map { [WireRefusedAdapter(folder: "calm", reason: $0)] } ?? []
        return bench.tell(.worker(Bench.worker(worker), .editionHeld(held)))
    }

    /// Has the registry written down, if the broker waits for it.
    @discardableResult
    private func save(_ bench: inout Bench, failing: String? = nil) -> [BrokerAction] {
        guard let change = bench.broker.shelf?.change, case .saving = change.phase else {
            return []
        }
        return bench.tell(.registrySaved(ticket: change.ticket, failure: failing))
    }

    private func change(
        _ verb: WireAdapterVerb, _ name: String = "calm", number: UInt8 = 200
    ) -> BrokerEvent {
        .client(
            Bench.client,
            .changeAdapter(
                WireChangeAdapter {
                    $0.request = Bench.id(number)
                    $0.verb = verb
                    $0.name = name
                    $0.path = [.add, .replace, .canary].contains(verb) ? "/new" : ""
                    $0.share = 0.5
                }))
    }

    /// Begins to replace an adapter, up to where the workers have been told.
    @discardableResult
    private func propose(
        _ bench: inout Bench, _ verb: WireAdapterVerb = .replace, _ name: String = "calm",
        number: UInt8 = 200
    ) throws -> [BrokerAction] {
        let wanted = bench.tell(change(verb, name, number: number))
        let ticket = wanted.compactMap { action -> UInt64? in
            if case .prepareShelf(let ticket, _) = action { ticket } else { nil }
        }.first
        var finding = ShelfFinding()
        finding.adapters = [name: Self.other]
        return bench.tell(.shelfPrepared(ticket: try #require(ticket), finding))
    }

    @discardableResult
    private func submit(
        _ bench: inout Bench, _ number: UInt8, _ name: String = "calm"
    ) -> [BrokerAction] {
        bench.submit(number) {
            $0.selection.fixed.shares = [
                WireNamedWeight {
                    $0.name = name
                    $0.weight = 1
                }
            ]
        }
    }

    private func digest(_ dispatch: WireDispatch?) -> Digest? {
        (dispatch?.segments.first?.mix.shares.first?.adapter).flatMap { Digest(bytes: $0) }
    }

    private var first: Digest? { FakeShelf.first.registry.stable["calm"] }

    @Test func aServiceBeginsOnceAWorkerHoldsItsShelf() {
        var bench = Bench(workers: 1, shelf: FakeShelf.first)
        #expect(submit(&bench, 1).failed?.code == .unavailable)
        hold(&bench, 0)
        let actions = save(&bench)
        #expect(
            actions.contains {
                if case .workerReady(_, _, let count, _) = $0 { count == 3 } else { false }
            })
        #expect(digest(submit(&bench, 2).dispatches.first) == first)
    }

    @Test func whatTheFirstWorkerRefusesIsLeftOut() {
        var bench = Bench(workers: 1, shelf: FakeShelf.first)
        hold(&bench, 0, refusing: "fits another base")
        hold(&bench, 0)
        save(&bench)
        #expect(bench.broker.editions.current?.adapters.map(\.name) == ["formal", "terse"])
        #expect(bench.broker.refusedAdapters.map(\.name) == ["calm"])
        #expect(
            bench.broker.shelf?.registry == FakeShelf.first.registry, "it may be there tomorrow")
    }

    /// What cannot be left out is no reason to ask again without end.
    @Test func aWorkerThatRefusesWhatIsOnNoShelfGoes() {
        var bench = Bench(workers: 1, shelf: FakeShelf.first)
        let edition = bench.broker.sessions[0].offered.keys.first
        var held = WireEditionHeld { $0.edition = Data(edition?.bytes ?? []) }
        held.refused = [WireRefusedAdapter(folder: "router", reason: "cannot be read")]
        let actions = bench.tell(.worker(Bench.worker(0), .editionHeld(held)))
        #expect(actions.compactMap(\.killed) == [.of(100)])
    }

    @Test func aStartWaitsForNoWorkerThatIsLost() {
        var bench = Bench(workers: 2, shelf: FakeShelf.first)
        hold(&bench, 0)
        #expect(bench.broker.editions.current == nil)
        let actions = bench.tell(.workerLeft(Bench.worker(1)))
        #expect(actions.contains { if case .saveRegistry = $0 { true } else { false } })
        save(&bench)
        #expect(digest(submit(&bench, 2).dispatches.first) == first)
    }

    @Test func aStartNeedsNoDisk() {
        var bench = Bench(workers: 1, shelf: FakeShelf.first)
        hold(&bench, 0)
        save(&bench, failing: "the disk is full")
        #expect(digest(submit(&bench, 2).dispatches.first) == first)
    }

    /// What is being written down may be in force already: a late worker that refuses it goes, the change does not.
    @Test func whoRefusesWhatIsBeingWrittenDownGoes() throws {
        var bench = bench()
        try propose(&bench)
        hold(&bench, 0)
        hold(&bench, 1)
        bench.start(2)
        let actions = hold(&bench, 2, refusing: "there is no memory")
        #expect(actions.compactMap(\.killed) == [.of(102)])
        #expect(actions.failed == nil)
        save(&bench)
        #expect(digest(submit(&bench, 3).dispatches.first) == Self.other)
    }

    /// A canary leaves the rest in force: a late worker that refuses that has a fault of its own, and must not sit there idle.
    @Test func whoRefusesWhatIsInForceGoes() throws {
        var bench = bench()
        try propose(&bench, .canary)
        bench.start(2)
        let current = try #require(bench.broker.editions.current?.id)
        let offer = try #require(bench.broker.sessions.last?.offered[current])
        let actions = say(&bench, 2, current, offer, refusing: "there is no memory")
        #expect(actions.compactMap(\.killed) == [.of(102)])
        #expect(bench.broker.sessions.count == 2)
    }

    @Test func anIdIsOfOneChange() throws {
        var bench = bench()
        bench.tell(change(.replace))
        #expect(bench.tell(change(.remove)).failed?.code == .alreadyExists)
        #expect(bench.tell(change(.replace)).events.isEmpty, "the same again waits for the answer")
    }

    @Test func aChangeIsInForceOnceEveryWorkerHoldsIt() throws {
        var bench = bench()
        #expect(try propose(&bench).compactMap(\.worker) == [0, 1])
        #expect(hold(&bench, 0).isEmpty)
        #expect(digest(submit(&bench, 1).dispatches.first) == first)
        let held = hold(&bench, 1)
        #expect(held.contains { if case .saveRegistry = $0 { true } else { false } })
        #expect(digest(submit(&bench, 2).dispatches.first) == first, "it is not written down yet")
        let actions = save(&bench)
        guard case .adapterChanged(let changed) = actions.events.first else {
            Issue.record("expected an answer, got \(actions)")
            return
        }
        #expect(changed.request == Bench.id(200))
        #expect(digest(submit(&bench, 3).dispatches.first) == Self.other)
    }

    enum Failure: CaseIterable {
        case refusal, loss, silence, disk
    }

    @Test(arguments: Failure.allCases) func whateverFailsLeavesWhatWas(_ failure: Failure) throws {
        var bench = bench()
        let before = bench.broker.shelf?.registry
        try propose(&bench)
        hold(&bench, 0)
        let actions: [BrokerAction]
        switch failure {
        case .refusal: actions = hold(&bench, 1, refusing: "is not finite")
        case .loss: actions = bench.tell(.workerLeft(Bench.worker(1)))
        case .silence: actions = bench.wait(BrokerConfiguration().changeTimeout)
        case .disk:
            hold(&bench, 1)
            actions = save(&bench, failing: "the disk is full")
        }
        let code: [Failure: WireCode] = [
            .refusal: .invalidArgument, .loss: .unavailable, .silence: .deadlineExceeded,
            .disk: .internal,
        ]
        #expect(actions.failed?.code == code[failure])
        #expect(actions.failed?.request == Bench.id(200))
        #expect(bench.broker.shelf?.registry == before)
        #expect(digest(submit(&bench, 1).dispatches.first) == first)
        let later = actions + bench.wait(.milliseconds(20))
        let dropped = later.compactMap(\.order).filter {
            if case .dropEdition = $0 { true } else { false }
        }
        #expect(!dropped.isEmpty, "what was held for it is dropped")
    }

    /// An answer that crosses the order to drop an edition and a new offer of it is not taken for the answer to that.
    @Test func anAnswerIsOfOneOffer() throws {
        var bench = bench()
        try propose(&bench)
        let proposed = try #require(bench.broker.shelf?.change?.proposal?.stable.id)
        let before = try #require(bench.broker.sessions[0].offered[proposed])
        hold(&bench, 1, refusing: "there is no memory")
        let drops = bench.wait(.milliseconds(20)).filter {
            if case .toWorker(Bench.worker(0), .dropEdition) = $0 { true } else { false }
        }
        #expect(drops.count == 1, "it may be loading it")
        try propose(&bench, number: 201)
        let offer = try #require(bench.broker.sessions[0].offered[proposed])
        #expect(offer > before)
        for reason in [nil, "there is no memory"] {
            #expect(say(&bench, 0, proposed, before, refusing: reason).isEmpty)
            #expect(bench.broker.sessions[0].offered[proposed] == offer)
            #expect(!bench.broker.sessions[0].editions.contains(proposed))
        }
        say(&bench, 0, proposed, 0)
        #expect(bench.broker.sessions[0].editions.contains(proposed), "an older worker's")
        hold(&bench, 1)
        save(&bench)
        #expect(digest(submit(&bench, 1).dispatches.first) == Self.other)
    }

    @Test func aRequestKeepsItsGenerationOverTheLossOfItsWorker() throws {
        var bench = bench()
        let before = try #require(submit(&bench, 1).dispatches.first)
        try propose(&bench)
        for worker in 0..<2 { hold(&bench, worker) }
        save(&bench)
        let again = try #require(
            bench.tell(.workerLeft(Bench.worker(0))).dispatches.first)
        #expect(again.epoch == 2)
        #expect(digest(again) == first && again.edition == before.edition)
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
        hold(&bench, 0)
        #expect(pruned(save(&bench, failing: "the disk is full")) == nil)

        bench = Bench(workers: 1, shelf: shelf)
        hold(&bench, 0)
        let start = try #require(pruned(save(&bench)))
        #expect(start.adapters == FakeShelf.first.registry.digests)
        #expect(start.routers == [FakePool.router], "no request needs the earlier one")
        #expect(bench.broker.shelf?.earlierRouters.isEmpty ?? false)

        submit(&bench, 1)
        let taught = FakeRouter(digest: Digest(of: [6]))
        let wanted = bench.tell(change(.replace))
        guard case .prepareShelf(let ticket, _) = wanted.first else {
            Issue.record("expected an errand, got \(wanted)")
            return
        }
        var finding = ShelfFinding()
        finding.adapters = ["calm": Self.other]
        finding.lesson = RouterLesson(
            digest: taught.digest, origin: FakePool.router, router: taught)
        bench.tell(.shelfPrepared(ticket: ticket, finding))
        hold(&bench, 0)
        let second = try #require(pruned(save(&bench)))
        #expect(second.adapters == FakeShelf.first.registry.digests.union([Self.other]))
        #expect(
            second.routers == [FakePool.router, taught.digest], "a request runs with the first")

        bench.finish(1)
        bench.tell(.client(Bench.client, .close(WireClose { $0.request = Bench.id(1) })))
        bench.wait(.milliseconds(20))
        bench.tell(change(.remove, "formal", number: 201))
        hold(&bench, 0)
        #expect(try #require(pruned(save(&bench))).routers == [taught.digest])
    }

    @Test func aWorkerThatLacksWhatIsServedIsSentAway() {
        var bench = bench(workers: 1)
        bench.start(1)
        let actions = hold(&bench, 1, refusing: "has no adapter")
        #expect(actions.compactMap(\.killed) == [.of(101)])
        guard case .failed(let failed) = actions.compactMap(\.order).first else {
            Issue.record("the worker must be told why, got \(actions)")
            return
        }
        #expect(failed.message.contains("calm: has no adapter"))
    }

    @Test func canariesGetTheirShareAndAreCounted() throws {
        var bench = bench(workers: 1)
        try propose(&bench, .canary)
        hold(&bench, 0)
        save(&bench)
        var counts: [Digest: Int] = [:]
        for number in 1...100 as ClosedRange<UInt8> {
            let dispatch = submit(&bench, number).dispatches.first
            if let digest = digest(dispatch) { counts[digest, default: 0] += 1 }
            bench.chunk(number, offset: 0, [1, 2])
            bench.finish(number)
        }
        let share = counts[Self.other] ?? 0
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
        bench.tell(change(.promote, number: 201))
        save(&bench)
        #expect(digest(submit(&bench, 150).dispatches.first) == Self.other)
    }

    @Test func oneChangeAfterTheOther() throws {
        var bench = bench()
        try propose(&bench)
        #expect(bench.tell(change(.remove, "formal", number: 201)).isEmpty, "it waits")
        for worker in 0..<2 { hold(&bench, worker) }
        save(&bench)
        for worker in 0..<2 { hold(&bench, worker) }
        save(&bench)
        #expect(bench.broker.editions.current?.adapters.map(\.name) == ["calm", "terse"])
        let refusal = submit(&bench, 1, "formal").failed
        #expect(refusal?.code == .notFound)
        // Asked again, a change that was made is only answered.
        let revision = bench.broker.shelf?.registry.revision
        let again = bench.tell(change(.remove, "formal", number: 201))
        guard case .adapterChanged = again.events.first else {
            Issue.record("expected the answer, got \(again)")
            return
        }
        #expect(bench.broker.shelf?.registry.revision == revision)
    }

    /// One under way and 64 that wait; who comes then is told to come again.
    @Test func changesThatWaitHaveABound() throws {
        var bench = bench(workers: 1)
        bench.tell(change(.replace, number: 1))
        for number in 2...65 as ClosedRange<UInt8> {
            #expect(bench.tell(change(.remove, "ghost", number: number)).isEmpty)
        }
        for _ in 0..<2 {
            let refusal = bench.tell(change(.remove, "ghost", number: 66)).failed
            #expect(refusal?.code == .resourceExhausted)
            #expect(refusal?.retryAfterMs ?? 0 > 0)
        }
        #expect(bench.tell(change(.remove, "ghost", number: 9)).isEmpty, "it waits already")
        let ticket = try #require(bench.broker.shelf?.change?.ticket)
        let answers = bench.tell(.shelfPrepared(ticket: ticket, ShelfFinding())).events
        let failures = answers.compactMap { event in
            if case .failed(let failed) = event { failed } else { nil }
        }
        #expect(failures.map(\.request) == (1...65).map { Bench.id($0) }, "each once, in order")
        #expect(Set(failures.dropFirst().map(\.code)) == [.notFound])
        #expect(bench.tell(change(.remove, "ghost", number: 66)).failed?.code == .notFound)
    }

    @Test func shelvesThatDoNotChangeSaySo() {
        var bench = Bench()
        let refusal = bench.tell(change(.remove)).failed
        #expect(refusal?.code == .invalidArgument)
        #expect(refusal?.message.contains("--state") ?? false)
    }
}
