import FuseboxWire
import HTTPTypes
import Testing

@testable import FuseboxHTTP

@Suite struct SnapshotTests {
    @Test("A patch makes the new document of the old one (RFC 7386)")
    func patches() throws {
        let old = try #require(
            try JSONValue(parsing: #"{"a": 1, "b": {"c": 2, "d": 3}, "e": [1], "f": null, "g": 1}"#)
                .object)
        let new = try #require(
            try JSONValue(parsing: #"{"a": 1, "b": {"c": 4, "d": 3}, "e": [1, 2], "f": {"x": 1}}"#)
                .object)
        let patch = MergePatch.between(old, new)
        #expect(
            JSONValue.object(patch).text == #"{"b":{"c":4},"e":[1,2],"f":{"x":1},"g":null}"#)
        #expect(MergePatch.between(new, new).isEmpty)
    }

    @Test func states() {
        var snapshot = Snapshot()
        #expect(snapshot.state == "unreachable" && snapshot.refusal?.status == .serviceUnavailable)
        snapshot.status = WireStatusReply()
        #expect(snapshot.state == "starting" && !snapshot.isReady && snapshot.refusal == nil)
        snapshot.status?.workers = [WireWorkerStatus { $0.slots = 1 }]
        #expect(snapshot.state == "serving" && snapshot.isReady)
        snapshot.status?.degraded = "one is missing"
        #expect(snapshot.state == "degraded" && snapshot.isReady)
        snapshot.status?.journalProblem = "the disk is full"
        #expect(snapshot.state == "degraded" && !snapshot.isReady, "nothing would be taken")
        snapshot.status?.journalProblem = ""
        snapshot.status?.draining = true
        #expect(snapshot.state == "draining" && snapshot.refusal?.retryAfter != nil)
    }
}

@Suite struct MetricsTests {
    @Test func quantiles() {
        var histogram = Histogram(bounds: [1, 2, 4])
        #expect(Histogram.quantile(0.5, of: [histogram]) == nil)
        for value in [0.5, 1.5, 1.5, 3] { histogram.record(value) }
        #expect(histogram.counts == [1, 2, 1, 0] && histogram.sum == 6.5)
        #expect(Histogram.quantile(0.5, of: [histogram]) == 1.5)
        #expect(Histogram.quantile(1, of: [histogram, histogram]) == 4)
    }

    @Test("What is older than five minutes is forgotten")
    func recent() throws {
        let start = ContinuousClock.now
        var recent = RecentHistogram(now: start)
        recent.record(1, now: start)
        recent.record(0.01, times: 9, now: start + .seconds(200))
        let p95 = [201, 320, 10_000].map { seconds in
            recent.quantiles(now: start + .seconds(seconds))[1].seconds ?? -1
        }
        #expect(abs(p95[0] / 1 - 1) < 0.2)
        #expect(abs(p95[1] / 0.01 - 1) < 0.2)
        #expect(p95[2] == -1)
    }

    @Test("A reply's tokens are counted under its mix")
    func replies() throws {
        let metrics = Metrics()
        let id = RequestID.random()
        let start = ContinuousClock.now
        metrics.begin(id, now: start)
        metrics.note(
            WireRouted {
                $0.requestID = id
                $0.segment.reason = .routed
                $0.segment.mix.shares = [
                    WireShare {
                        $0.name = "ho\"tels"
                        $0.weight = 512
                    }
                ]
            })
        for (place, count) in [(1, 1), (2, 4)] {
            metrics.note(
                WireChunk {
                    $0.requestID = id
                    $0.ids = Array(repeating: 7, count: count)
                }, format: .chat, now: start + .milliseconds(40 * place))
        }
        metrics.note(WireDone { $0.usage.promptTokens = 5 }, format: .chat)
        metrics.end(id, format: .chat, now: start + .seconds(1))
        let text = metrics.read { PrometheusText($0, nil).text }
        for line in [
            "gen_ai_server_time_to_first_token_seconds_bucket{gen_ai_operation_name=\"chat\",le=\"0.05\"} 1",
            "gen_ai_server_time_per_output_token_seconds_count{gen_ai_operation_name=\"chat\"} 4",
            "gen_ai_client_token_usage_sum{gen_ai_operation_name=\"chat\",gen_ai_token_type=\"input\"} 5",
            "fusebox_adapter_tokens_total{adapter=\"ho\\\"tels\"} 5",
            "fusebox_routing_decisions_total{reason=\"routed\"} 1", "fusebox_up 0",
            "# TYPE fusebox_up gauge",
        ] {
            #expect(text.contains(line + "\n"), "\(line)")
        }
    }
}
