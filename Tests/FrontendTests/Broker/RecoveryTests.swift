import Testing
import Wire

@testable import Frontend

@Suite struct RecoveryTests {
    @Test func lostWorkersPartsGoOnByForcedPrefix() throws {
        var bench = Bench(workers: 2)
        bench.submit(1, "Be calm.") {
            $0.selection.auto = WireAutoSelection()
            $0.sampling.seed = 5
        }
        bench.chunk(1, offset: 0, [10, 11], text: "ab")
        let segment = WireSegment {
            $0.fromToken = 2; $0.reason = .routed
        }
        bench.tell(.worker(Bench.worker(0), .routed(routed(segment))))
        bench.chunk(1, offset: 2, [12], text: "ü")
        let actions = bench.tell(.workerExited(place: 0, identity: .of(100), reason: "it died"))
        let dispatch = try #require(actions.dispatches.first)
        #expect(dispatch.epoch == 2)
        #expect(dispatch.emitted == [10, 11, 12])
        #expect(dispatch.emittedTextBytes == 4)
        #expect(dispatch.segments.map(\.fromToken) == [0, 2])
        #expect(dispatch.sampling.seed == 5)
        #expect(actions.events.isEmpty, "the client sees but a pause")
        #expect(bench.chunk(1, worker: 1, epoch: 2, offset: 3, [13]).chunks.map(\.offset) == [3])
        #expect(bench.broker.counters.resumed == 1)
        let done = try #require(bench.finish(1, worker: 1, epoch: 2).done)
        #expect(done.provenance.tokens == [10, 11, 12, 13])
        #expect(done.provenance.segments.map(\.fromToken) == [0, 2])
    }

    private func routed(_ segment: WireSegment) -> WireWorkerRouted {
        WireWorkerRouted {
            $0.request = Bench.id(1)
            $0.epoch = 1
            $0.segment = segment
        }
    }

    @Test func silentWorkersAreLostAndKilled() {
        var bench = Bench(workers: 2)
        bench.submit(1)
        for _ in 0..<3 { #expect(bench.wait(.seconds(1), alive: [1]).dispatches.isEmpty) }
        let actions = bench.wait(.seconds(1), alive: [1])
        #expect(actions.compactMap(\.killed) == [.of(100)])
        #expect(actions.dispatches.map(\.epoch) == [2])
    }

    @Test func zombiesAreNotHeard() {
        var bench = Bench(workers: 2)
        bench.submit(1)
        bench.tell(.workerExited(place: 0, identity: .of(100), reason: "it died"))
        bench.chunk(1, worker: 1, epoch: 2, offset: 0, [1])
        let late = bench.chunk(1, worker: 0, epoch: 1, offset: 1, [99])
        #expect(late.events.isEmpty)
        #expect(late.compactMap(\.order) == [.drain(WireDrain())], "it shall leave")
        #expect(bench.finish(1, worker: 0, epoch: 1).done == nil)
        #expect(bench.chunk(1, worker: 1, epoch: 1, offset: 1, [99]).events.isEmpty)
        #expect(bench.chunk(1, worker: 1, epoch: 2, offset: 1, [2]).chunks.first?.ids == [2])
    }

    @Test func repeatedChunksAreDropped() {
        var bench = Bench()
        bench.submit(1)
        #expect(bench.chunk(1, offset: 0, [1, 2]).chunks.count == 1)
        #expect(bench.chunk(1, offset: 0, [1, 2]).events.isEmpty)
        #expect(bench.chunk(1, offset: 1, [2]).events.isEmpty)
        #expect(bench.chunk(1, offset: 2, [], text: "end").chunks.count == 1)
        #expect(bench.chunk(1, offset: 2, [], text: "end").events.isEmpty)
        #expect(bench.broker.counters.duplicates == 3)
    }

    @Test(arguments: [(offset: 3, count: 1), (offset: 1, count: 3), (offset: 2, count: 300)])
    func brokenChunksVoidTheAttempt(_ chunk: (offset: Int, count: Int)) {
        var bench = Bench(workers: 2)
        bench.submit(1)
        bench.chunk(1, offset: 0, [1, 2])
        let ids = Array(repeating: UInt32(5), count: chunk.count)
        let actions = bench.chunk(1, offset: chunk.offset, ids)
        #expect(actions.chunks.isEmpty)
        #expect(actions.cancels.map(\.epoch) == [1])
        #expect(actions.dispatches.map(\.epoch) == [2])
        #expect(actions.dispatches.map(\.emitted) == [[1, 2]])
    }

    @Test func voidAttemptsKeepTheirSlotUntilTheWorkerSaysSo() {
        var bench = Bench(slots: 1)
        bench.submit(1)
        bench.chunk(1, offset: 5, [1])
        #expect(bench.submit(2).dispatches.isEmpty)
        #expect(bench.finish(1, .reason(.cancelled)).dispatches.map(\.epoch) == [2])
    }

    @Test func workersThatDoNotStopAreKilled() {
        var bench = Bench { $0.stopTimeout = .seconds(2) }
        bench.submit(1)
        bench.cancel(1)
        #expect(bench.wait(.seconds(1)).compactMap(\.killed).isEmpty)
        let actions = bench.wait(.seconds(1))
        #expect(actions.compactMap(\.killed) == [.of(100)])
        #expect(actions.done?.reason == .cancelled)
    }

    @Test func contradictingMixesVoidTheAttempt() {
        var bench = Bench(workers: 2)
        bench.submit(1)
        bench.chunk(1, offset: 0, [1, 2])
        for (from, name) in [(UInt32(1), "late"), (0, "other")] {
            let segment = WireSegment {
                $0.fromToken = from
                $0.mix.shares = [
                    WireShare {
                        $0.name = name; $0.weight = 1
                    }
                ]
            }
            let actions = bench.tell(.worker(Bench.worker(0), .routed(routed(segment))))
            #expect(actions.cancels.count == (from == 1 ? 1 : 0), "void already the second time")
            #expect(actions.routed.isEmpty)
        }
    }

    @Test func attemptsAreBounded() {
        var bench = Bench(workers: 3)
        bench.submit(1)
        #expect(bench.finish(1, worker: 0, .failure(.unavailable)).dispatches.map(\.epoch) == [2])
        #expect(bench.finish(1, worker: 0, epoch: 2, .failure(.unavailable)).dispatches.count == 1)
        let last = bench.finish(1, worker: 0, epoch: 3, .failure(.unavailable))
        #expect(last.dispatches.isEmpty)
        #expect(last.failed?.code == .unavailable)
        #expect(bench.broker.requests.live.isEmpty)
    }

    @Test func poisonIsFoundAfterTwoWorkers() {
        var bench = Bench(workers: 3)
        bench.submit(1)
        let first = bench.tell(.workerExited(place: 0, identity: .of(100), reason: "it died"))
        #expect(first.dispatches.map(\.epoch) == [2])
        let second = bench.tell(.workerExited(place: 1, identity: .of(101), reason: "it died"))
        #expect(second.dispatches.isEmpty)
        #expect(second.failed?.code == .internal)
        #expect(second.failed?.message.contains("two workers died") == true)
    }

    /// A kill of all is noticed worker by worker.
    @Test func whatDiedWithAllWorkersIsNoPoison() {
        var bench = Bench(workers: 3)
        bench.answersRollCalls = false
        bench.submit(1)
        for index in 0..<3 as Range<Int> {
            let actions = bench.tell(
                .workerExited(place: index, identity: .of(Int32(100 + index)), reason: "killed"))
            #expect(actions.dispatches.isEmpty && actions.failed == nil)
            let asked = actions.filter { $0.order == .heartbeat(WireHeartbeat { $0.rollCall = 1 }) }
            #expect(asked.compactMap(\.worker) == (index == 0 ? [1, 2] : []))
        }
        #expect(ready(&bench, pid: 200).dispatches.map(\.epoch) == [2], "it has come up since")
    }

    /// Three requests under one adapter, each alone at its worker.
    @Test func anAdapterIsNotBlamedForADeathOfAll() {
        var bench = Bench(workers: 3)
        bench.answersRollCalls = false
        for number in 1...3 as ClosedRange<UInt8> {
            bench.submit(number) {
                $0.selection.fixed.shares = [
                    WireNamedWeight {
                        $0.name = "calm"
                        $0.weight = 1
                    }
                ]
            }
        }
        for index in 0..<3 {
            let actions = bench.tell(
                .workerExited(place: index, identity: .of(Int32(100 + index)), reason: "killed"))
            #expect(actions.failed == nil)
        }
        #expect(bench.broker.blame.quarantined.isEmpty)
        #expect(bench.broker.requests.live.count == 3)
    }

    @Test func workersThatAnswerGoOnWithIt() {
        var bench = Bench(workers: 3)
        bench.answersRollCalls = false
        bench.submit(1)
        bench.tell(.workerExited(place: 0, identity: .of(100), reason: "it died"))
        let late = bench.tell(.worker(Bench.worker(1), .heartbeat(WireHeartbeat())))
        #expect(late.dispatches.isEmpty, "that was under way before")
        let again = bench.wait(.seconds(1))
        #expect(
            again.compactMap(\.order)
                == Array(
                    repeating: .heartbeat(WireHeartbeat { $0.rollCall = 1 }), count: 2),
            "whose pipe was full is asked again")
        let answer = WireHeartbeat { $0.rollCall = 1 }
        let actions = bench.tell(.worker(Bench.worker(2), .heartbeat(answer)))
        #expect(actions.dispatches.count == 1 && actions.compactMap(\.worker) == [2])
        #expect(bench.wait(.seconds(1)).compactMap(\.order).contains(.heartbeat(WireHeartbeat())))
    }

    @Test func aPartThatGotOnIsNoPoison() {
        var bench = Bench(workers: 1)
        bench.submit(1) { $0.limits.maxTokens = 4000 }
        // A worker lost at every hundredth token, hours apart: each time it got further than before.
        for round in 0..<20 as Range<UInt32> {
            let ids = Array(repeating: UInt32(7), count: 100)
            bench.chunk(1, epoch: round + 1, offset: 100 * Int(round), ids)
            bench.tell(
                .workerExited(place: 0, identity: .of(Int32(100 + round)), reason: "it died"))
            let next = ready(&bench, pid: Int32(101 + round)).dispatches
            #expect(next.map(\.epoch) == [round + 2])
            #expect(next.first?.emitted.count == 100 * Int(round + 1))
        }
        // The next one without a step forward is one too many.
        let end = bench.tell(.workerExited(place: 0, identity: .of(120), reason: "it died"))
        #expect(end.failed?.message.contains("two workers died") == true)
    }

    @Test func matesOfAPoisonAreNotBlamed() {
        var bench = Bench(workers: 1, slots: 4)
        bench.submit(1)
        bench.submit(2)
        bench.tell(.workerExited(place: 0, identity: .of(100), reason: "it died"))
        ready(&bench, pid: 201)
        // The first suspect clears itself, the second one joins it and kills the worker.
        bench.chunk(1, epoch: 2, offset: 0, Array(repeating: 5, count: 8))
        let actions = bench.tell(.workerExited(place: 0, identity: .of(201), reason: "it died"))
        #expect(actions.failed?.request == Bench.id(2))
        let resumed = ready(&bench, pid: 202)
        #expect(resumed.dispatches.map(\.request) == [Bench.id(1)])
        let innocent = bench.broker.requests.live.first.flatMap {
            bench.broker.requests[$0]?.parts.first
        }
        #expect(innocent?.losses == 0)
        #expect(innocent?.onProbation == false)
    }

    @discardableResult
    private func ready(_ bench: inout Bench, pid: Int32) -> [BrokerAction] {
        bench.tell(.workerStarted(place: 0, identity: .of(pid), pid: pid))
        return bench.tell(
            .worker(Bench.worker(0), .ready(FakePool.ready(pid: pid, slots: 4))))
    }

    @Test func workersFaultsAreNotTriedAgain() {
        var bench = Bench(workers: 2)
        bench.submit(1)
        let actions = bench.finish(1, .failure(.contextOverflow))
        #expect(actions.failed?.code == .contextOverflow)
        #expect(actions.dispatches.isEmpty)
    }

    @Test func malformedWorkersAreKilled() {
        var bench = Bench(workers: 2)
        bench.submit(1)
        let actions = bench.tell(.workerMalformed(Bench.worker(0), "no protobuf"))
        #expect(actions.compactMap(\.killed) == [.of(100)])
        #expect(actions.dispatches.map(\.epoch) == [2])
    }

    @Test func anAdapterThatKillsUnderDifferentRequestsIsSetAside() throws {
        var bench = Bench(workers: 8, slots: 1)
        func calm(_ submit: inout WireSubmit) {
            submit.selection.fixed.shares = [
                WireNamedWeight {
                    ($0.name, $0.weight) = ("calm", 1)
                }
            ]
        }
        for number in 1...3 as ClosedRange<UInt8> {
            let dispatch = bench.submit(number, "Hello.", calm)
            let worker = try #require(dispatch.first { $0.dispatch != nil }?.worker)
            #expect(bench.broker.blame.quarantined.isEmpty)
            bench.tell(.workerLeft(Bench.worker(worker)))
            bench.cancel(number)
        }
        let failed = try #require(bench.submit(4, "Hello.", calm).failed)
        #expect(failed.code == .notFound && failed.message.contains("calm is set aside"))
        let auto = bench.submit(5, "Be calm and formal.") {
            $0.selection.auto = WireAutoSelection()
        }
        #expect(auto.routed.first?.segment.mix.shares.map(\.name) == ["formal"])
        let status = bench.tell(
            .client(Bench.client, .status(WireStatus { $0.request = Bench.id(9) })))
        guard case .statusReply(let reply) = try #require(status.events.last) else {
            Issue.record("no status")
            return
        }
        #expect(reply.quarantinedAdapters == ["calm"])
    }
}
