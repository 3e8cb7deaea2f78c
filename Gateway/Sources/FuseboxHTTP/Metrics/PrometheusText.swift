import FuseboxWire

/// Metrics in Prometheus' text format, version 0.0.4.
struct PrometheusText {
    static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var text = ""

    /// Everything that can be told now.
    init(_ state: Metrics.State, _ status: WireStatusReply?) {
        for (metric, values) in [
            (Metric.requestDuration, state.requestDuration), (.firstToken, state.firstToken),
            (.outputToken, state.outputToken),
        ] {
            write(metric, values.sorted { $0.key < $1.key }.map { ([$0.key], $0.value) })
        }
        write(
            .tokenUsage,
            state.inputTokens.sorted { $0.key < $1.key }.map { ([$0.key, "input"], $0.value) }
                + state.outputTokens.sorted { $0.key < $1.key }.map {
                    ([$0.key, "output"], $0.value)
                })
        write(
            .httpDuration,
            state.http.map { ([$0.key.method, $0.key.route, "\($0.key.status)"], $0.value) }
                .sorted { $0.0.lexicographicallyPrecedes($1.0) })
        write(.up, [([], status?.workers.contains { $0.slots > 0 } == true ? 1 : 0)])
        if let status { write(status) }
        write(.mixes, [([], Double(Set(state.running.values.map(\.mix)).count))])
        write(.decisions, state.decisions.samples)
        write(.adapterTokens, state.adapters.mapValues(\.tokens).samples)
        write(.adapterSelections, state.adapters.mapValues(\.selections).samples)
        write(.refusals, state.refusals.samples)
    }

    private mutating func write(_ status: WireStatusReply) {
        write(.running, [([], Double(status.running))])
        write(.queued, [([], Double(status.queued))])
        write(.accepted, [([], Double(status.accepted))])
        write(.failed, [([], Double(status.failed))])
        write(.resumed, [([], Double(status.resumed))])
        func each(_ value: (WireWorkerStatus) -> Double) -> [([String], Double)] {
            status.workers.map { ([$0.name], value($0)) }
        }
        write(.promptTokens, each { Double($0.promptTokens) })
        write(.cachedTokens, each { Double($0.cachedTokens) })
        write(.steps, each { Double($0.steps) })
        write(.workerTokens, each { Double($0.tokens) })
        write(.slots, each { Double($0.slots) })
        write(.busySlots, each { Double($0.running) })
        write(.restarts, each { Double($0.restarts) })
    }

    private mutating func writeHead(_ metric: Metric) {
        text += "# HELP \(metric.name) \(metric.help)\n"
        text += "# TYPE \(metric.name) \(metric.kind.rawValue)\n"
    }

    private mutating func write(_ metric: Metric, _ samples: [([String], Double)]) {
        guard !samples.isEmpty else { return }
        writeHead(metric)
        for (values, value) in samples {
            writeSample(metric.name, zip(metric.labels, values), value)
        }
    }

    private mutating func write(_ metric: Metric, _ samples: [([String], Histogram)]) {
        guard !samples.isEmpty else { return }
        writeHead(metric)
        for (values, histogram) in samples {
            let labels = Array(zip(metric.labels, values))
            var below: UInt64 = 0
            for (place, count) in histogram.counts.enumerated() {
                below += count
                let bound =
                    place < histogram.bounds.count ? Self.number(histogram.bounds[place]) : "+Inf"
                writeSample(metric.name + "_bucket", labels + [("le", bound)], Double(below))
            }
            writeSample(metric.name + "_sum", labels, histogram.sum)
            writeSample(metric.name + "_count", labels, Double(below))
        }
    }

    private mutating func writeSample(
        _ name: String, _ labels: some Sequence<(String, String)>, _ value: Double
    ) {
        let inner = labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",")
        text += name + (inner.isEmpty ? "" : "{\(inner)}") + " " + Self.number(value) + "\n"
    }

    /// Whole numbers without a fraction.
    private static func number(_ value: Double) -> String {
        Int64(exactly: value).map { "\($0)" } ?? "\(value)"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing(
            "\n", with: "\\n")
    }
}

extension [String: UInt64] {
    /// By name, in order.
    fileprivate var samples: [([String], Double)] {
        sorted { $0.key < $1.key }.map { ([$0.key], Double($0.value)) }
    }
}
