import FoundationEssentials
import FuseboxWire
import Testing

/// What a program reads of a service's state.
@Suite struct StatusDocumentTests {
    private static let status = WireStatusReply {
        $0.version = "1.2.3"
        ($0.model, $0.context, $0.vocabulary) = ("tiny", 512, 99)
        $0.base = Data(repeating: 0xAB, count: 32)
        ($0.running, $0.queued, $0.accepted) = (1, 2, 13)
        ($0.finished, $0.failed, $0.resumed) = (9, 1, 4)
        $0.workers = [
            WireWorkerStatus {
                ($0.name, $0.pid, $0.state, $0.restarts) = ("worker-0", 77, "ready", 3)
                ($0.slots, $0.running, $0.steps, $0.tokens) = (8, 1, 50, 60)
                ($0.promptTokens, $0.cachedTokens, $0.evictedBlocks) = (48, 32, 5)
                $0.cacheTokens = 4096
            },
            WireWorkerStatus {
                ($0.name, $0.state, $0.problem) = ("worker-1", "dead", "no model at x")
                $0.restarts = 2
            },
        ]
        ($0.connections.open, $0.connections.refused) = (3, 4)
        ($0.connections.cut, $0.connections.bufferedBytes) = (5, 600)
        $0.degraded = "1 of 2 workers serve; worker-1: no model at x"
        $0.refusedAdapters = [WireRefusedAdapter(folder: "odd", reason: "fits another base")]
    }

    @Test func documentsHaveEveryField() throws {
        let document = try JSONValue(
            parsing: JSONValue.object(StatusDocument.json(Self.status)).text)
        #expect(document["version"]?.string == "1.2.3")
        #expect(document["model"]?.string == "tiny")
        #expect(document["context"]?.int == 512 && document["vocabulary"]?.int == 99)
        #expect(document["base"]?.string == String(repeating: "ab", count: 32))
        #expect(document["router"] == .null)
        #expect(document["draining"]?.bool == false)
        let counts = ["running", "queued", "accepted", "finished", "failed", "resumed"]
        #expect(counts.map { document[$0]?.int } == [1, 2, 13, 9, 1, 4])
        let workers = try #require(document["workers"]?.array)
        #expect(workers.map { $0["name"]?.string } == ["worker-0", "worker-1"])
        #expect(workers.map { $0["state"]?.string } == ["ready", "dead"])
        let fields = [
            "pid", "restarts", "slots", "running", "steps", "tokens", "prompt_tokens",
            "cached_tokens", "evicted_blocks", "cache_tokens",
        ]
        #expect(fields.map { workers[0][$0]?.int } == [77, 3, 8, 1, 50, 60, 48, 32, 5, 4096])
        #expect(workers.map { $0["problem"]?.string } == [nil, "no model at x"])
        #expect(document["degraded"]?.string?.hasPrefix("1 of 2 workers") == true)
        let refused = document["refused_adapters"]?.array?.first
        #expect(refused?["name"]?.string == "odd")
        #expect(refused?["reason"]?.string == "fits another base")
        let connections = ["open", "refused", "cut", "buffered_bytes"]
        #expect(connections.map { document["connections"]?[$0]?.int } == [3, 4, 5, 600])
    }
}
