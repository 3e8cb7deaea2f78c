import Testing
import Wire

@testable import Frontend

@Suite struct CompletionTests {
    @Test func provenanceRepeatsThePart() throws {
        var bench = Bench()
        bench.submit(1) {
            $0.selection.fixed.shares = [
                WireNamedWeight {
                    $0.name = "terse"; $0.weight = 1
                }
            ]
            $0.sampling.seed = 3
            $0.sampling.temperature = 0.5
            $0.limits.stop = ["END"]
        }
        bench.chunk(1, offset: 0, [1, 2])
        let done = try #require(bench.finish(1, .reason(.stop)).done)
        #expect(done.reason == .stop)
        #expect(done.usage.promptTokens == 3)
        #expect(done.usage.completionTokens == 2)
        let provenance = done.provenance
        #expect(provenance.base == FakePool.base)
        #expect(provenance.type == "f32")
        #expect(provenance.kernels == "scalar")
        #expect(provenance.router.isEmpty, "the router had no part in it")
        #expect(provenance.kvRule == .keep)
        #expect(provenance.seed == 3)
        #expect(provenance.segments.map { $0.mix.shares.map(\.weight) } == [[1024]])
        #expect(provenance.promptTokens == [7, 8, 9])
        #expect(provenance.tokens == [1, 2])
        #expect(provenance.sampling.temperature == 0.5)
        #expect(provenance.limits.maxTokens == 0)
        #expect(provenance.limits.stop == ["END"])
        #expect(provenance.warnings == ["terse: trained on another base"])
    }

    @Test func nothingFollowsTheEnd() {
        var bench = Bench()
        bench.submit(1)
        bench.finish(1)
        #expect(bench.chunk(1, offset: 0, [1]).events.isEmpty)
        #expect(bench.finish(1).events.isEmpty)
        #expect(bench.cancel(1).events.isEmpty)
    }

    @Test func cancelStopsWhatRunsAndWhatWaits() throws {
        var bench = Bench(slots: 1)
        bench.submit(1)
        bench.submit(2)
        #expect(bench.cancel(2).done?.reason == .cancelled, "it never runs")
        #expect(bench.broker.queue.isEmpty)
        bench.chunk(1, offset: 0, [1])
        let actions = bench.cancel(1)
        #expect(actions.cancels.map(\.epoch) == [1])
        #expect(actions.done == nil, "the worker has the last word")
        #expect(bench.cancel(1).cancels.isEmpty, "once is enough")
        #expect(bench.chunk(1, offset: 1, [2]).chunks.count == 1, "made before it knew")
        let done = try #require(bench.finish(1, .reason(.cancelled)).done)
        #expect(done.reason == .cancelled)
        #expect(done.usage.completionTokens == 2)
        #expect(done.provenance.promptTokens == [7, 8, 9])
    }

    @Test func whatIsLateInTheQueueNeverRuns() {
        var bench = Bench(slots: 1)
        bench.submit(1)
        bench.submit(2) { $0.limits.deadlineMs = 1000 }
        let actions = bench.wait(.seconds(1))
        #expect(actions.failed?.code == .deadlineExceeded)
        #expect(bench.finish(1).dispatches.isEmpty)
    }

    @Test func whatIsLateAtAWorkerEndsWithWhatThereIs() {
        var bench = Bench()
        bench.submit(1) { $0.limits.deadlineMs = 1000 }
        bench.chunk(1, offset: 0, [1])
        #expect(bench.wait(.seconds(1)).cancels.count == 1)
        let done = bench.finish(1, .reason(.cancelled)).done
        #expect(done?.reason == .deadline)
        #expect(done?.provenance.tokens == [1])
    }

    @Test func whatIsLateWithoutATokenFails() {
        var bench = Bench()
        bench.submit(1) { $0.limits.deadlineMs = 1000 }
        bench.wait(.seconds(1))
        #expect(bench.finish(1, .reason(.deadline)).failed?.code == .deadlineExceeded)
    }

    @Test func closedRequestsAreForgotten() {
        var bench = Bench()
        let close = ClientVerb.close(WireClose { $0.request = Bench.id(1) })
        bench.submit(1)
        bench.tell(.client(Bench.client, close))
        #expect(bench.broker.requests.count == 1, "it runs")
        bench.finish(1)
        #expect(bench.broker.requests.isEmpty)
        bench.submit(1)
        bench.finish(1)
        bench.tell(.client(Bench.client, close))
        #expect(bench.broker.requests.isEmpty)
        #expect(bench.broker.requests.endedByteCount == 0)
    }

    @Test func repliesAreKeptForAWhile() {
        var bench = Bench { $0.replyLifetime = .seconds(10) }
        bench.submit(1)
        bench.finish(1)
        for _ in 0..<9 { bench.wait(.seconds(1)) }
        #expect(bench.broker.requests.count == 1)
        bench.wait(.seconds(1))
        #expect(bench.broker.requests.isEmpty)
    }

    @Test func keptRepliesAreBounded() throws {
        var bench = Bench { $0.replyLimit = 3 }
        for number in 1...5 {
            // The first one's client never grants the credit for the second chunk.
            bench.submit(UInt8(number)) { $0.credit = 1 }
            bench.chunk(UInt8(number), offset: 0, [1])
            if number == 1 { bench.chunk(1, offset: 1, [2]) }
            bench.finish(UInt8(number))
        }
        let kept = bench.broker.requests.ended.compactMap { $0.bytes.first }
        #expect(kept == [1, 4, 5], "what was delivered goes first")
        for number in 6...7 {
            bench.submit(UInt8(number)) { $0.credit = 1 }
            bench.chunk(UInt8(number), offset: 0, [1])
            bench.chunk(UInt8(number), offset: 1, [2])
            bench.finish(UInt8(number))
        }
        bench.submit(8)
        let failed = try #require(bench.finish(8).failed)
        #expect(failed.request == Bench.id(1))
        #expect(failed.code == .slowConsumer)
    }

    @Test func keptBytesAreBounded() {
        var bench = Bench { $0.replyByteLimit = 10_000 }
        for number in 1...9 {
            bench.submit(UInt8(number), String(repeating: "x", count: 2000))
            bench.finish(UInt8(number))
        }
        #expect(bench.broker.requests.endedByteCount <= 10_000)
        #expect((2...4).contains(bench.broker.requests.ended.count))
    }
}
