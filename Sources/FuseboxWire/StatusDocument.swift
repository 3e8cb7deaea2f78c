public import Tensors
public import Wire

/// What a service is doing, as JSON: what `fusebox status --json` prints.
public enum StatusDocument {
    public static func json(_ status: WireStatusReply) -> JSONObject {
        [
            "version": .string(status.version), "draining": .bool(status.draining),
            "model": text(status.model), "context": JSONValue(status.context),
            "vocabulary": JSONValue(status.vocabulary),
            "base": JSONValue(digest: status.base), "router": JSONValue(digest: status.router),
            "running": JSONValue(status.running), "queued": JSONValue(status.queued),
            "accepted": JSONValue(status.accepted), "finished": JSONValue(status.finished),
            "failed": JSONValue(status.failed), "resumed": JSONValue(status.resumed),
            "refused": JSONValue(status.refused), "tokens": JSONValue(status.tokens),
            "first_token_ms": json(status.firstToken), "inter_token_ms": json(status.interToken),
            "adapters": .array(status.adapters.map { .object(json($0)) }),
            "degraded": text(status.degraded),
            "journal": text(status.journal), "journal_problem": text(status.journalProblem),
            "quarantined_adapters": .array(status.quarantinedAdapters.map { .string($0) }),
            "connections": .object([
                "open": JSONValue(status.connections.open),
                "refused": JSONValue(status.connections.refused),
                "cut": JSONValue(status.connections.cut),
                "buffered_bytes": JSONValue(status.connections.bufferedBytes),
            ]),
            "refused_adapters": AdaptersDocument.json(status.refusedAdapters),
            "workers": .array(status.workers.map { .object(json($0)) }),
        ]
    }

    private static func json(_ worker: WireWorkerStatus) -> JSONObject {
        [
            "name": .string(worker.name), "pid": JSONValue(worker.pid),
            "state": .string(worker.state), "restarts": JSONValue(worker.restarts),
            "slots": JSONValue(worker.slots), "running": JSONValue(worker.running),
            "steps": JSONValue(worker.steps), "tokens": JSONValue(worker.tokens),
            "prompt_tokens": JSONValue(worker.promptTokens),
            "cached_tokens": JSONValue(worker.cachedTokens),
            "evicted_blocks": JSONValue(worker.evictedBlocks),
            "cache_tokens": JSONValue(worker.cacheTokens),
            "adapter_bytes": JSONValue(worker.adapterBytes),
            "adapter_byte_limit": JSONValue(worker.adapterByteLimit),
            "resident_adapters": JSONValue(worker.residentAdapters),
            "adapter_loads": JSONValue(worker.adapterLoads),
            "adapter_evictions": JSONValue(worker.adapterEvictions),
            "problem": text(worker.problem),
            "parts": .array(worker.parts.map { .object(json($0)) }),
        ]
    }

    /// A mix without adapters is the base alone.
    private static func json(_ part: WireRunningPart) -> JSONObject {
        [
            "request": RequestID(bytes: part.request).map { .string("\($0)") } ?? .null,
            "part": JSONValue(part.part), "tokens": JSONValue(part.tokens),
            "mix": .array(
                part.shares.map {
                    .object(["name": .string($0.name), "weight": .number(Double($0.weight))])
                }),
        ]
    }

    /// A name that is null is the base alone.
    private static func json(_ use: WireAdapterUse) -> JSONObject {
        [
            "name": text(use.name), "selections": JSONValue(use.selections),
            "mean_weight": use.selections == 0
                ? .null : .number(use.weight / Double(use.selections)),
            "tokens": JSONValue(use.tokens),
        ]
    }

    private static func json(_ latency: WireLatency) -> JSONValue {
        func milliseconds(_ value: Float) -> JSONValue {
            latency.count == 0 ? .null : .number((Double(value) * 1000).rounded() / 1000)
        }
        return .object([
            "p50": milliseconds(latency.p50Ms), "p95": milliseconds(latency.p95Ms),
            "p99": milliseconds(latency.p99Ms),
        ])
    }

    private static func text(_ text: String) -> JSONValue {
        text.isEmpty ? .null : .string(text)
    }
}
