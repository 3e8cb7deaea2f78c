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

    @Test func aStartNeedsNoDisk() {
        var bench = Bench(workers: 1, shelf: FakeShelf.first)
        bench.hold(0)
        bench.save(failing: "the disk is full")
        #expect(Bench.adapter(of: bench.ask(2).dispatches.first) == FakeShelf.calm)
    }
}
