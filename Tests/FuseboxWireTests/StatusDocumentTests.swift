import FuseboxWire
import TestSupport
import Testing
import Wire

/// What a program reads of a service's state.
@Suite struct StatusDocumentTests {
    @Test func documentsHaveEveryField() throws {
        let document = try JSONValue(
            parsing: JSONValue.object(StatusDocument.json(.sample)).text)
        #expect(document["version"]?.string == "1.2.3")
        #expect(document["model"]?.string == "tiny")
        #expect(document["context"]?.int == 512 && document["vocabulary"]?.int == 99)
        #expect(document["base"]?.string == String(repeating: "ab", count: 32))
        #expect(document["router"] == .null)
        #expect(document["draining"]?.bool == false)
        let counts = [
            "running", "queued", "accepted", "finished", "failed", "resumed", "refused", "tokens",
        ]
        #expect(counts.map { document[$0]?.int } == [2, 2, 13, 9, 1, 4, 7, 400])
        let workers = try #require(document["workers"]?.array)
        #expect(workers.map { $0["name"]?.string } == ["worker-0", "worker-1"])
        #expect(workers.map { $0["state"]?.string } == ["ready", "dead"])
        let fields = [
            "pid", "restarts", "slots", "running", "steps", "tokens", "prompt_tokens",
            "cached_tokens", "evicted_blocks", "cache_tokens",
        ]
        #expect(fields.map { workers[0][$0]?.int } == [77, 3, 8, 2, 50, 60, 48, 32, 5, 4096])
        let adapters = [
            "adapter_bytes", "adapter_byte_limit", "resident_adapters", "adapter_loads",
            "adapter_evictions",
        ]
        #expect(adapters.map { workers[0][$0]?.int } == [900, 1000, 3, 7, 4])
        #expect(workers.map { $0["problem"]?.string } == [nil, "no model at x"])
        #expect(document["degraded"]?.string?.hasPrefix("1 of 2 workers") == true)
        #expect(document["journal"]?.string == "/state/journal.sqlite")
        #expect(document["journal_problem"]?.string == "the disk is full")
        #expect(document["quarantined_adapters"]?.array?.map(\.string) == ["mad"])
        let refused = document["refused_adapters"]?.array?.first
        #expect(refused?["name"]?.string == "odd")
        #expect(refused?["reason"]?.string == "fits another base")
        let connections = ["open", "refused", "cut", "buffered_bytes"]
        #expect(connections.map { document["connections"]?[$0]?.int } == [3, 4, 5, 600])
    }

    @Test func documentsTellWhatRunsAndWhatWasUsed() throws {
        let document = try JSONValue(
            parsing: JSONValue.object(StatusDocument.json(.sample)).text)
        let parts = try #require(document["workers"]?.array?.first?["parts"]?.array)
        #expect(parts[0]["request"]?.string == String(repeating: "01", count: 16))
        #expect(parts.map { $0["part"]?.int } == [2, 0])
        #expect(parts.map { $0["tokens"]?.int } == [20, 0])
        #expect(parts[0]["mix"]?.array?.map { $0["name"]?.string } == ["sea", "joy"])
        #expect(parts[0]["mix"]?.array?.map { $0["weight"]?.double } == [0.75, -0.5])
        #expect(parts[1]["mix"]?.array?.isEmpty == true)
        let adapters = try #require(document["adapters"]?.array)
        #expect(adapters.map { $0["name"] } == [.null, .string("sea")])
        #expect(adapters.map { $0["selections"]?.int } == [2, 4])
        #expect(adapters.map { $0["mean_weight"]?.double } == [1, 0.625])
        #expect(adapters.map { $0["tokens"]?.int } == [100, 300])
        let percentiles = ["p50", "p95", "p99"]
        #expect(
            percentiles.map { document["first_token_ms"]?[$0]?.double } == [12.5, 150, 2000.25])
        #expect(percentiles.map { document["inter_token_ms"]?[$0] } == [.null, .null, .null])
    }
}
