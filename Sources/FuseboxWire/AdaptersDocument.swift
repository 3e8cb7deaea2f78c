public import Tensors
public import Wire

/// A service's adapters as JSON: what `fusebox adapters list --json` prints.
public enum AdaptersDocument {
    public static func json(_ reply: WireAdapters) -> JSONObject {
        [
            "adapters": .array(reply.adapters.map { .object(json($0)) }),
            "refused": json(reply.refused),
            "revision": JSONValue(reply.revision),
        ]
    }

    /// What `fusebox adapters add` and the others print.
    public static func json(_ reply: WireAdapterChanged) -> JSONObject {
        [
            "revision": JSONValue(reply.revision),
            "warnings": .array(reply.warnings.map { .string($0) }),
            "refused": json(reply.refused),
        ]
    }

    private static func json(_ adapter: WireAdapterDescription) -> JSONObject {
        [
            "name": .string(adapter.name),
            "digest": JSONValue(digest: adapter.digest),
            "rank": JSONValue(adapter.rank),
            "bytes": JSONValue(adapter.byteCount),
            "routable": .bool(adapter.routable),
            "resident": JSONValue(adapter.resident), "loads": JSONValue(adapter.loads),
            "evictions": JSONValue(adapter.evictions), "uses": JSONValue(adapter.uses),
            "load_ms": .number(Double(adapter.loadMs)),
            "warnings": .array(adapter.warnings.map { .string($0) }),
            "generation": JSONValue(adapter.generation),
            "generations": .array(adapter.generations.map { .object(json($0)) }),
            "previous": .array(adapter.previous.map { JSONValue($0) }),
        ]
    }

    private static func json(_ generation: WireAdapterGeneration) -> JSONObject {
        [
            "number": JSONValue(generation.number),
            "digest": JSONValue(digest: generation.digest),
            "state": .string(generation.state),
            "share": .number(Double(generation.share)),
            "requests": JSONValue(generation.requests),
            "failures": JSONValue(generation.failures),
            "tokens": JSONValue(generation.tokens),
            "seconds": .number(generation.seconds),
            "weight": .number(generation.weight),
        ]
    }

    /// Adapters that were refused, with the reasons.
    static func json(_ refused: [WireRefusedAdapter]) -> JSONValue {
        .array(
            refused.map {
                .object(["name": .string($0.name), "reason": .string($0.reason)])
            })
    }
}
