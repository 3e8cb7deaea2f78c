import FoundationEssentials
import Registry
import Tensors
import Testing
import Wire

@testable import Frontend

/// What a service with a shelf that changes begins with.
@Suite struct ShelfStartTests {
    @Test func aServiceBeginsOnceAWorkerHoldsItsShelf() {
        var bench = Bench(workers: 1, shelf: FakeShelf.first)
        #expect(bench.ask(1).failed?.code == .unavailable)
        bench.hold(0)
        let actions = bench.save()
        #expect(
            actions.contains {
                if case .workerReady(_, _, let count, _) = $0 { count == 3 } else { false }
            })
        #expect(Bench.adapter(of: bench.ask(2).dispatches.first) == FakeShelf.calm)
    }

    @Test func whatTheFirstWorkerRefusesIsLeftOut() {
        var bench = Bench(workers: 1, shelf: FakeShelf.first)
        bench.hold(0, refusing: "fits another base")
        bench.hold(0)
        bench.save()
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
        bench.hold(0)
        #expect(bench.broker.editions.current == nil)
        let actions = bench.tell(.workerLeft(Bench.worker(1)))
        #expect(actions.contains { if case .saveRegistry = $0 { true } else { false } })
        bench.save()
        #expect(Bench.adapter(of: bench.ask(2).dispatches.first) == FakeShelf.calm)
    }

    /// A front is killed between a change and its answer: the client asks the next one for the same.
    @Test func whatAnEarlierFrontChangedIsNotChangedAgain() throws {
        var bench = Bench.shelf(workers: 1)
        for (verb, number) in [(.replace, 200), (.rollback, 201)] as [(WireAdapterVerb, UInt8)] {
            if verb == .replace {
                try bench.propose()
            } else {
                bench.tell(Bench.change(verb, number: number))
            }
            bench.hold(0)
            bench.save()
        }
        let registry = try #require(bench.broker.shelf?.registry)
        #expect(registry.changes.count == 2)

        var shelf = FakeShelf.first
        shelf.registry = registry
        var next = Bench(workers: 1, shelf: shelf)
        next.hold(0)
        next.save()
        for (verb, number) in [(.replace, 200), (.rollback, 201)] as [(WireAdapterVerb, UInt8)] {
            let actions = next.tell(Bench.change(verb, number: number))
            #expect(actions.count == 1)
            guard case .toClient(_, .adapterChanged(let changed), _) = actions.first else {
                Issue.record("\(verb): \(actions)")
                continue
            }
            #expect(changed.revision == registry.revision && changed.request == Bench.id(number))
        }
        #expect(next.broker.shelf?.registry == registry)
        // Under another id it is another wish.
        next.tell(Bench.change(.rollback, number: 202))
        #expect(next.broker.shelf?.change == nil)
        #expect(next.broker.shelf?.registry == registry, "there is nothing further back")
    }

    @Test func aStartNeedsNoDisk() {
        var bench = Bench(workers: 1, shelf: FakeShelf.first)
        bench.hold(0)
        bench.save(failing: "the disk is full")
        #expect(Bench.adapter(of: bench.ask(2).dispatches.first) == FakeShelf.calm)
    }
}
