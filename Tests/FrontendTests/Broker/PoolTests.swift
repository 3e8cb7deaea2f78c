import FoundationEssentials
import Testing
import Wire

@testable import Frontend

@Suite struct PoolTests {
    @Test func readyWorkersAreAnnounced() {
        var bench = Bench(workers: 0)
        var ready = FakePool.ready(pid: 7, slots: 2)
        ready.refused = [WireRefusedAdapter(folder: "odd", reason: "fits another base")]
        let actions = bench.tell(.worker(Bench.worker(0), .ready(ready)))
        guard
            case .workerReady(let identity, let type, let adapterCount, let refused) = actions.first
        else {
            Issue.record("expected the announcement, got \(actions)")
            return
        }
        #expect(identity == .of(7))
        #expect(type == "f32")
        #expect(adapterCount == 3)
        #expect(refused.map(\.name) == ["odd"])
    }

    enum Difference: String, CaseIterable {
        case base, type, kernels, router, adapters, slots
        case names = "two adapters"
        case defaults = "defaults for sampling"

        func apply(to ready: inout WireReady) {
            switch self {
            case .base: ready.base = Data(repeating: 1, count: 32)
            case .type: ready.type = "q8_0"
            case .kernels: ready.kernels = "avx2"
            case .router: ready.router = Data(repeating: 1, count: 32)
            case .adapters: ready.adapters.removeLast()
            case .slots: ready.slots = 5000
            case .defaults: ready.defaults.temperature = 0.5
            case .names: ready.adapters[1].name = ready.adapters[0].name
            }
        }
    }

    @Test(arguments: Difference.allCases) func strangersAreRefused(_ difference: Difference) {
        var bench = Bench(workers: 1)
        var ready = FakePool.ready(pid: 101, slots: 4)
        difference.apply(to: &ready)
        let actions = bench.tell(.worker(Bench.worker(1), .ready(ready)))
        #expect(actions.compactMap(\.killed) == [.of(101)])
        guard case .failed(let failed) = actions.compactMap(\.order).first else {
            Issue.record("the worker must be told why, got \(actions)")
            return
        }
        #expect(failed.message.contains(difference.rawValue))
        #expect(bench.broker.sessions.count == 1)
    }

    @Test func theFrontsRouterMustBeTheWorkers() {
        var bench = Bench(workers: 0, hasRouter: false)
        let ready = FakePool.ready(pid: 1, slots: 1, hasRouter: true)
        #expect(
            bench.tell(.worker(Bench.worker(0), .ready(ready))).compactMap(\.killed) == [.of(1)])
    }

    @Test func newSessionsReplaceOldOnes() {
        var bench = Bench()
        bench.submit(1)
        let ready = FakePool.ready(pid: 100, slots: 4)
        let actions = bench.tell(.worker(Bench.worker(0), .ready(ready)))
        #expect(actions.dispatches.map(\.epoch) == [2])
        #expect(bench.broker.sessions.count == 1)
    }

    @Test func workersHearOfTheFront() {
        var bench = Bench()
        let actions = bench.wait(.seconds(1))
        #expect(actions.compactMap(\.order) == [.heartbeat(WireHeartbeat())])
        #expect(bench.wait(.milliseconds(500)).compactMap(\.order).isEmpty)
    }

    @Test func statusCounts() throws {
        var bench = Bench(workers: 2, slots: 1)
        for number in 1...3 { bench.submit(UInt8(number)) }
        bench.finish(1)
        let exit = bench.tell(.workerExited(place: 1, identity: .of(101), reason: "it died"))
        #expect(exit.contains { if case .placeFailed(1) = $0 { true } else { false } })
        bench.tell(.workerStarted(place: 1, identity: .of(300), pid: 300))
        let beat = WireHeartbeat {
            $0.steps = 9; $0.tokens = 20
            $0.promptTokens = 48; $0.cachedTokens = 32; $0.evictedBlocks = 5
        }
        bench.tell(.worker(Bench.worker(0), .heartbeat(beat)))
        let status = WireStatus { $0.request = Bench.id(9) }
        let actions = bench.tell(.client(Bench.client, .status(status)))
        guard case .statusReply(let reply) = actions.events.first else {
            Issue.record("expected a status, got \(actions)")
            return
        }
        #expect(reply.request == Bench.id(9))
        #expect(reply.accepted == 3)
        #expect(reply.finished == 1)
        #expect(reply.running == 1)
        #expect(reply.queued == 1)
        #expect(!reply.draining)
        #expect(reply.base == FakePool.base)
        #expect(reply.workers.map(\.name) == ["worker-0", "worker-1"])
        #expect(reply.workers.map(\.state) == ["ready", "starting"])
        #expect(reply.workers.map(\.pid) == [100, 300])
        #expect(reply.workers.map(\.restarts) == [0, 1])
        #expect(reply.workers[0].steps == 9)
        #expect(reply.workers[0].tokens == 20)
        #expect(reply.workers.map(\.promptTokens) == [48, 0])
        #expect(reply.workers.map(\.cachedTokens) == [32, 0])
        #expect(reply.workers.map(\.evictedBlocks) == [5, 0])
    }

    @Test func adaptersAreListed() {
        var bench = Bench()
        let list = WireListAdapters { $0.request = Bench.id(9) }
        let actions = bench.tell(.client(Bench.client, .listAdapters(list)))
        guard case .adapters(let reply) = actions.events.first else {
            Issue.record("expected adapters, got \(actions)")
            return
        }
        #expect(reply.adapters.map(\.name) == ["calm", "formal", "terse"])
        #expect(reply.adapters.map(\.routable) == [true, true, false])
        #expect(reply.adapters.map(\.rank) == [8, 8, 8])
        #expect(reply.adapters[2].warnings == ["trained on another base"])
    }

    @Test func routesAreExplainedAndNothingRuns() {
        var bench = Bench()
        var route = WireRoute { $0.request = Bench.id(9) }
        route.prompt.text = "Be formal."
        let actions = bench.tell(.client(Bench.client, .route(route)))
        guard case .routeReply(let reply) = actions.events.first else {
            Issue.record("expected a route, got \(actions)")
            return
        }
        #expect(reply.segment.mix.shares.map(\.name) == ["formal"])
        #expect(reply.sentences.map(\.text) == ["Be formal."])
        #expect(actions.dispatches.isEmpty)
        #expect(bench.broker.requests.isEmpty)
        route.selection.auto.allowed = ["loud"]
        #expect(bench.tell(.client(Bench.client, .route(route))).failed?.code == .notFound)
    }

    @Test func drainFinishesWhatWasAccepted() throws {
        var bench = Bench(slots: 1)
        bench.submit(1)
        bench.submit(2)
        bench.tell(.drain)
        let refused = try #require(bench.submit(3).failed)
        #expect(refused.code == .unavailable)
        #expect(bench.finish(1).dispatches.map(\.request) == [Bench.id(2)], "it was promised")
        bench.finish(2)
        let actions = bench.wait(.milliseconds(20))
        #expect(actions.compactMap(\.order) == [.drain(WireDrain())])
        #expect(actions.contains { if case .drained = $0 { true } else { false } })
        #expect(!bench.wait(.seconds(1)).contains { if case .drained = $0 { true } else { false } })
    }

    @Test func drainHasItsTime() {
        var bench = Bench { $0.drainTimeout = .seconds(2) }
        bench.submit(1)
        bench.tell(.drain)
        #expect(bench.wait(.seconds(1)).failed == nil)
        let actions = bench.wait(.seconds(1))
        #expect(actions.failed?.code == .unavailable)
        #expect(actions.contains { if case .drained = $0 { true } else { false } })
    }
}
