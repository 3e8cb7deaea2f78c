import FoundationEssentials
import Tensors
import Wire

/// What `fusebox status` prints.
struct StatusReport {
    private let status: WireStatusReply

    init(_ status: WireStatusReply) {
        self.status = status
    }

    /// A line each for the service, its requests, its connections and what is wrong, two for each worker that serves.
    var text: String {
        let state =
            status.draining ? "draining" : status.degraded.isEmpty ? "serving" : "degraded"
        let base = Digest(bytes: status.base).map { "base \($0.description.prefix(12))" }
        let router = Digest(bytes: status.router).map { "router \($0.description.prefix(12))" }
        let head =
            [
                "fusebox \(status.version), \(state), \(base ?? "no worker yet"), \(router ?? "no router")",
                "requests: \(status.running) running, \(status.queued) queued, \(status.accepted) accepted, "
                    + "\(status.finished) finished, \(status.failed) failed, \(status.resumed) resumed",
                "connections: \(status.connections.open) open, \(status.connections.refused) refused, "
                    + "\(status.connections.cut) cut, \(status.connections.bufferedBytes) bytes buffered",
            ] + (status.degraded.isEmpty ? [] : ["degraded: \(status.degraded)"])
            + status.refusedAdapters.map { "adapter refused: \($0.name): \($0.reason)" }
        return (head + status.workers.flatMap(Self.lines)).joined(separator: "\n")
    }

    var json: JSONObject {
        [
            "version": .string(status.version), "draining": .bool(status.draining),
            "base": Self.text(status.base), "router": Self.text(status.router),
            "running": Self.number(status.running), "queued": Self.number(status.queued),
            "accepted": Self.number(status.accepted), "finished": Self.number(status.finished),
            "failed": Self.number(status.failed), "resumed": Self.number(status.resumed),
            "degraded": status.degraded.isEmpty ? .null : .string(status.degraded),
            "connections": .object([
                "open": Self.number(status.connections.open),
                "refused": Self.number(status.connections.refused),
                "cut": Self.number(status.connections.cut),
                "buffered_bytes": Self.number(status.connections.bufferedBytes),
            ]),
            "refused_adapters": AdapterReport.json(status.refusedAdapters),
            "workers": .array(status.workers.map { .object(Self.json($0)) }),
        ]
    }

    private static func lines(_ worker: WireWorkerStatus) -> [String] {
        guard worker.slots > 0 else {
            let problem = worker.problem.isEmpty ? "" : "; \(worker.problem)"
            return ["\(worker.name): \(worker.state), \(worker.restarts) restarts\(problem)"]
        }
        let share =
            worker.promptTokens == 0 ? 0 : 100 * worker.cachedTokens / worker.promptTokens
        return [
            "\(worker.name): \(worker.state), process \(worker.pid), \(worker.restarts) restarts, "
                + "\(worker.running) of \(worker.slots) slots, \(worker.tokens) tokens in "
                + "\(worker.steps) steps",
            "\(worker.name): \(worker.promptTokens) prompt tokens, \(worker.cachedTokens) of them "
                + "(\(share) %) from the prefix cache of \(worker.cacheTokens), \(worker.evictedBlocks) blocks evicted",
        ]
    }

    private static func json(_ worker: WireWorkerStatus) -> JSONObject {
        [
            "name": .string(worker.name), "pid": .integer(Int64(worker.pid)),
            "state": .string(worker.state), "restarts": number(worker.restarts),
            "slots": number(worker.slots), "running": number(worker.running),
            "steps": number(worker.steps), "tokens": number(worker.tokens),
            "prompt_tokens": number(worker.promptTokens),
            "cached_tokens": number(worker.cachedTokens),
            "evicted_blocks": number(worker.evictedBlocks),
            "cache_tokens": number(worker.cacheTokens),
            "problem": worker.problem.isEmpty ? .null : .string(worker.problem),
        ]
    }

    private static func number(_ value: some FixedWidthInteger) -> JSONValue {
        .integer(Int64(clamping: value))
    }

    private static func text(_ digest: Data) -> JSONValue {
        Digest(bytes: digest).map { .string($0.description) } ?? .null
    }
}
