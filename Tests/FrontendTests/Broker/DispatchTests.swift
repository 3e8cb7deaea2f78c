import FoundationEssentials
import Tensors
import Testing
import Wire

@testable import Frontend

@Suite struct DispatchTests {
    @Test func leastLoadedWorkerGetsIt() {
        var bench = Bench(workers: 2, slots: 2)
        let workers = (1...4).map { number in
            bench.submit(UInt8(number), "Question \(number).").first { $0.dispatch != nil }?.worker
        }
        #expect(workers == [0, 1, 0, 1])
        #expect(bench.submit(5).dispatches.isEmpty, "no slot is free")
        #expect(bench.finish(2, worker: 1).dispatches.map(\.request) == [Bench.id(5)])
    }

    @Test func knownBeginningsDraw() {
        var bench = Bench(workers: 2, slots: 8)
        let shared = String(repeating: "The same long beginning. ", count: 50)
        bench.submit(1, shared + "First?")
        bench.submit(2, "Something else entirely.")
        let third = bench.submit(3, shared + "Second?")
        #expect(third.first { $0.dispatch != nil }?.worker == 0)
        let other = bench.submit(4, shared + "Second?") {
            $0.selection.fixed.shares = [
                WireNamedWeight {
                    $0.name = "calm"; $0.weight = 1
                }
            ]
        }
        #expect(other.first { $0.dispatch != nil }?.worker == 1, "another mix shares no cache")
    }

    /// Says which of its adapters a worker has in memory.
    private func tell(_ bench: inout Bench, worker: Int, resident: [String]) {
        let adapters = bench.broker.editions.current?.adapters ?? []
        let heartbeat = WireHeartbeat {
            ($0.adapterBytes, $0.adapterByteLimit) = (10, 100)
            $0.adapters = adapters.enumerated().map { index, adapter in
                WireAdapterResidency {
                    $0.adapter = Data(adapter.digest.bytes)
                    $0.resident = resident.contains(adapter.name)
                    ($0.loads, $0.evictions, $0.uses) = (UInt64(index + 1), 2, 3)
                    $0.loadMs = Float(worker + 1)
                }
            }
        }
        bench.tell(.worker(Bench.worker(worker), .heartbeat(heartbeat)))
    }

    private func fixed(_ name: String) -> (inout WireSubmit) -> Void {
        { submit in
            submit.selection.fixed.shares = [
                WireNamedWeight {
                    ($0.name, $0.weight) = (name, 1)
                }
            ]
        }
    }

    @Test func adaptersInMemoryDraw() throws {
        var bench = Bench(workers: 2, slots: 8)
        tell(&bench, worker: 0, resident: ["formal"])
        tell(&bench, worker: 1, resident: ["calm"])
        let worker = { (actions: [BrokerAction]) in actions.first { $0.dispatch != nil }?.worker }
        #expect(worker(bench.submit(1, "One.", fixed("calm"))) == 1)
        #expect(worker(bench.submit(2, "Two.", fixed("formal"))) == 0)
        #expect(worker(bench.submit(3, "Three.", fixed("calm"))) == 1)
        #expect(worker(bench.submit(4, "Four.", fixed("calm"))) == 0, "but not beyond a few places")
        let list = try #require(
            bench.tell(
                .client(Bench.client, .listAdapters(WireListAdapters { $0.request = Bench.id(9) }))
            )
            .events.first)
        guard case .adapters(let reply) = list else {
            Issue.record("\(list)")
            return
        }
        let calm = try #require(reply.adapters.first { $0.name == "calm" })
        #expect(calm.resident == 1 && calm.evictions == 4 && calm.uses == 6 && calm.loadMs == 2)
        let status = try #require(
            bench.tell(.client(Bench.client, .status(WireStatus { $0.request = Bench.id(8) })))
                .events.first)
        guard case .statusReply(let reply) = status else {
            Issue.record("\(status)")
            return
        }
        #expect(reply.workers.map(\.residentAdapters) == [1, 1])
        #expect(reply.workers.allSatisfy { $0.adapterBytes == 10 && $0.adapterByteLimit == 100 })
        #expect(reply.workers.allSatisfy { $0.adapterEvictions > 2 && $0.adapterLoads > 2 })
    }

    @Test func whatWaitsIsExpectedByAWorkerThatLacksIt() {
        var bench = Bench(workers: 2, slots: 1)
        #expect(bench.submit(1).compactMap(\.order).count == 1)
        #expect(bench.submit(2).compactMap(\.order).count == 1)
        #expect(
            bench.submit(3, "Three.", fixed("calm")).compactMap(\.order).isEmpty,
            "workers that say nothing of their memory have all")
        tell(&bench, worker: 0, resident: ["formal"])
        tell(&bench, worker: 1, resident: ["formal"])
        let digest = bench.broker.editions.current?.adapter(named: "calm")?.digest
        let expected = WireExpect { $0.adapters = [Data(digest?.bytes ?? [])] }
        let actions = bench.submit(4, "Four.", fixed("calm"))
        #expect(actions.compactMap(\.order) == [.expect(expected)])
        #expect(bench.submit(5, "Five.", fixed("formal")).compactMap(\.order).isEmpty)
        #expect(bench.submit(6).compactMap(\.order).isEmpty)
        // A full pipe drops it.
        bench.tell(.orderUndelivered(Bench.worker(0), .expect(expected), .congested))
        #expect(bench.broker.sessions[0].unsent.isEmpty)
    }

    @Test func popularBeginningsDoNotPileUp() {
        var bench = Bench(workers: 2, slots: 8)
        let text = String(repeating: "The same long beginning. ", count: 50)
        for number in 1...8 { bench.submit(UInt8(number), text) }
        #expect(bench.broker.sessions.allSatisfy { $0.occupants.count >= 2 })
    }

    @Test func oldestFirstAndTheReturnedBeforeYounger() {
        var bench = Bench(workers: 1, slots: 1)
        for number in 1...4 { bench.submit(UInt8(number)) }
        // The worker cannot take the first one: it waits again, still ahead of the others.
        let again = bench.finish(1, .failure(.unavailable))
        #expect(again.dispatches.map(\.request) == [Bench.id(1)])
        #expect(bench.finish(1, epoch: 2).dispatches.map(\.request) == [Bench.id(2)])
        #expect(bench.finish(2).dispatches.map(\.request) == [Bench.id(3)])
    }

    @Test func dispatchCarriesWhatTheReplyNeeds() throws {
        var bench = Bench()
        bench.now = .seconds(1)
        let dispatch = try #require(
            bench.submit(1, "Be calm.") {
                $0.selection.auto.allowed = ["calm", "formal"]
                $0.selection.auto.weighting = .mean
                $0.selection.auto.gain = 2
                $0.limits.deadlineMs = 5000
                $0.limits.stop = ["END"]
                $0.sampling.temperature = 0.5
            }.dispatches.first)
        #expect(dispatch.epoch == 1)
        #expect(dispatch.reroute)
        #expect(dispatch.allowedAdapters == FakePool.adapters.prefix(2).map(\.digest))
        #expect(dispatch.weighting == .mean)
        #expect(dispatch.gain == 2)
        #expect(dispatch.limits.deadlineMs == 5000)
        #expect(dispatch.limits.stop == ["END"])
        #expect(dispatch.sampling.temperature == 0.5)
        #expect(dispatch.emitted.isEmpty)
    }

    @Test func waitingPartsGetWhatTimeIsLeft() {
        var bench = Bench(slots: 1)
        bench.submit(1)
        bench.submit(2) { $0.limits.deadlineMs = 5000 }
        bench.now += .milliseconds(1500)
        #expect(bench.finish(1).dispatches.first?.limits.deadlineMs == 3500)
    }

    @Test func suspectsRunAloneUntilCleared() {
        var bench = Bench(workers: 2, slots: 4)
        bench.submit(1)
        bench.submit(2)
        bench.submit(3)
        // Worker 0 dies with 1 and 3: both are suspects, and worker 1 is busy with 2.
        #expect(
            bench.tell(.workerExited(place: 0, identity: .of(100), reason: "it died")).dispatches
                .isEmpty)
        let first = bench.finish(2, worker: 1)
        #expect(first.dispatches.map(\.request) == [Bench.id(1)], "one suspect at a time")
        #expect(bench.submit(4).dispatches.isEmpty, "nobody joins a suspect")
        let cleared = bench.chunk(
            1, worker: 1, epoch: 2, offset: 0, Array(repeating: 5, count: 8))
        #expect(cleared.dispatches.map(\.request) == [Bench.id(3)], "with a cleared one it may")
        let joined = bench.chunk(
            3, worker: 1, epoch: 2, offset: 0, Array(repeating: 5, count: 8))
        #expect(joined.dispatches.map(\.request) == [Bench.id(4)])
    }

    @Test func agedSuspectsGetAWorkerEmptied() {
        var bench = Bench(workers: 2, slots: 2) { $0.agingLimit = .seconds(2) }
        bench.submit(1)
        bench.submit(2)
        bench.tell(.workerExited(place: 0, identity: .of(100), reason: "it died"))
        #expect(bench.submit(3).dispatches.count == 1, "a young suspect holds up nobody")
        bench.wait(.seconds(2), alive: [1])
        bench.finish(3, worker: 1)
        #expect(bench.submit(4).dispatches.isEmpty, "the worker is kept for the suspect")
        #expect(bench.finish(2, worker: 1).dispatches.map(\.request) == [Bench.id(1)])
    }
}
