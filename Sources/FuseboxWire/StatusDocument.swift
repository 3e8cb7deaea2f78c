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
            "degraded": text(status.degraded),
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
            "problem": text(worker.problem),
        ]
    }

    private static func text(_ text: String) -> JSONValue {
        text.isEmpty ? .null : .string(text)
    }
}
