import FoundationEssentials
import Testing
import Wire

@testable import Frontend

/// Prompts that are only encoded.
@Suite struct EncodingTests {
    private func encode(_ bench: inout Bench, _ number: UInt8) -> [BrokerAction] {
        bench.submit(number) {
            $0.prompt.tokens.ids = [1, 2]
            $0.clearSelection()
            $0.encodeOnly = true
        }
    }

    @Test func theyNeedNoSlot() throws {
        var bench = Bench(workers: 1, slots: 1)
        bench.submit(1)
        #expect(bench.submit(2).dispatches.isEmpty, "the slot is taken")
        let order = try #require(encode(&bench, 3).dispatches.first)
        #expect(order.encodeOnly && order.request == Bench.id(3))
        let chunk = WireWorkerChunk {
            $0.request = Bench.id(3)
            $0.epoch = 1
            $0.text = "ab"
        }
        #expect(bench.tell(.worker(Bench.worker(0), .chunk(chunk))).chunks.map(\.text) == ["ab"])
        let end = bench.finish(3, .reason(.length))
        #expect(end.done?.provenance.promptTokens == [7, 8, 9])
        #expect(end.dispatches.isEmpty)
        #expect(bench.finish(1).dispatches.map(\.request) == [Bench.id(2)])
    }

    @Test func aWorkerHasFewAtOnceAndTheOthersWait() {
        var bench = Bench(workers: 2, slots: 1)
        let limit = UInt8(2 * WorkerSession.encodingLimit)
        let dispatched = (1...limit).flatMap { encode(&bench, $0).compactMap(\.worker) }
        #expect(dispatched.count { $0 == 0 } == WorkerSession.encodingLimit)
        #expect(dispatched.count == Int(limit))
        #expect(encode(&bench, 100).dispatches.isEmpty)
        #expect(bench.submit(101).dispatches.map(\.request) == [Bench.id(101)], "slots are free")
        #expect(bench.finish(1, .reason(.length)).dispatches.map(\.request) == [Bench.id(100)])
    }

    @Test func theyGoElsewhereWhenTheirWorkerIsLost() {
        var bench = Bench(workers: 2)
        _ = encode(&bench, 1)
        let again = bench.tell(.workerLeft(Bench.worker(0))).dispatches
        #expect(again.map(\.epoch) == [2] && again.allSatisfy(\.encodeOnly))
        #expect(bench.finish(1, worker: 1, epoch: 2, .reason(.length)).done?.reason == .length)
    }
}
