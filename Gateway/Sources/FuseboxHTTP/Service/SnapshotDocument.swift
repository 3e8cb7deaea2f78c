import FuseboxWire

/// A snapshot with what this gateway counted, as JSON: what viewers of `/fusebox/v1/events` get.
enum SnapshotDocument {
    /// - Parameters:
    ///   - time: seconds since 1970.
    ///   - rate: tokens a second since the last snapshot.
    static func json(
        _ snapshot: Snapshot, _ metrics: inout Metrics.State, time: Int64, rate: Double,
        now: ContinuousClock.Instant
    ) -> JSONObject {
        [
            "time": JSONValue(time),
            "state": .string(snapshot.state),
            "problem": snapshot.problem.map { .string($0) } ?? .null,
            "model": .string(snapshot.catalog.baseName),
            "status": snapshot.status.map { .object(StatusDocument.json($0)) } ?? .null,
            "adapters": adapters(snapshot.adapters, metrics),
            "refused": AdaptersDocument.json(snapshot.adapters)["refused"] ?? .array([]),
            "requests": requests(metrics, now: now),
            "rates": .object([
                "tokens_per_second": .number((rate * 10).rounded() / 10),
                "first_token_ms": quantiles(&metrics.recentFirstToken, now: now),
                "inter_token_ms": quantiles(&metrics.recentInterToken, now: now),
                "window_seconds": JSONValue(Int64(RecentHistogram.window / .seconds(1))),
            ]),
            "decisions": counts(metrics.decisions),
            "refusals": counts(metrics.refusals),
        ]
    }

    /// Adapters as `/fusebox/v1/adapters` lists them, with how they were chosen here.
    static func adapters(_ reply: WireAdapters, _ metrics: Metrics.State) -> JSONValue {
        let listed = AdaptersDocument.json(reply)["adapters"]?.array ?? []
        let total = max(1, metrics.tokenTotal)
        return .array(
            zip(reply.adapters, listed).map { adapter, json in
                let count = metrics.adapters[adapter.name] ?? Metrics.AdapterCount()
                var json = json.object ?? JSONObject()
                json.append("selections", JSONValue(count.selections))
                json.append(
                    "mean_weight",
                    count.selections == 0
                        ? .null : rounded(count.weightSum / Double(count.selections)))
                json.append("tokens", JSONValue(count.tokens))
                json.append("share_of_tokens", rounded(Double(count.tokens) / Double(total)))
                return .object(json)
            })
    }

    private static func requests(
        _ metrics: Metrics.State, now: ContinuousClock.Instant
    ) -> JSONValue {
        .array(
            metrics.running.sorted { $0.value.started < $1.value.started }
                .map { $0.value.json($0.key, now: now) })
    }

    private static func quantiles(
        _ histogram: inout RecentHistogram, now: ContinuousClock.Instant
    ) -> JSONValue {
        var object = JSONObject()
        for (name, seconds) in histogram.quantiles(now: now) {
            object.append(name, seconds.map { rounded($0 * 1000) } ?? .null)
        }
        return .object(object)
    }

    private static func counts(_ counts: [String: UInt64]) -> JSONValue {
        var object = JSONObject()
        for (name, count) in counts.sorted(by: { $0.key < $1.key }) {
            object.append(name, JSONValue(count))
        }
        return .object(object)
    }

    private static func rounded(_ value: Double) -> JSONValue {
        .number((value * 1000).rounded() / 1000)
    }
}
