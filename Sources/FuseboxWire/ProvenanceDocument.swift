public import Tensors
public import Wire

/// A provenance as JSON: what `fusebox ask --json` prints and `fusebox replay` reads.
///
/// Digests are hexadecimal, null where there is none; weights are numbers, exact in 1/1024.
public enum ProvenanceDocument {
    public static func json(_ provenance: WireProvenance) -> JSONValue {
        .object([
            "base": JSONValue(digest: provenance.base),
            "type": .string(provenance.type),
            "kernels": .string(provenance.kernels),
            "router": JSONValue(digest: provenance.router),
            "kv_rule": .string(provenance.kvRule.name),
            "seed": JSONValue(seed: provenance.seed),
            "segments": .array(provenance.segments.map { .object(RouteDocument.json($0)) }),
            "prompt_tokens": JSONValue(provenance.promptTokens),
            "tokens": JSONValue(provenance.tokens),
            "sampling": json(provenance.sampling),
            "limits": json(provenance.limits),
            "warnings": .array(provenance.warnings.map { .string($0) }),
        ])
    }

    private static func json(_ sampling: WireSampling) -> JSONValue {
        .object([
            "temperature": JSONValue(sampling.temperature),
            "top_k": JSONValue(sampling.topK),
            "top_p": JSONValue(sampling.topP),
            "min_p": JSONValue(sampling.minP),
            "repetition_penalty": JSONValue(sampling.repetitionPenalty),
            "presence_penalty": JSONValue(sampling.presencePenalty),
            "frequency_penalty": JSONValue(sampling.frequencyPenalty),
        ])
    }

    private static func json(_ limits: WireLimits) -> JSONValue {
        var json: JSONObject = [
            "max_tokens": JSONValue(limits.maxTokens),
            "stop": .array(limits.stop.map { .string($0) }),
        ]
        if limits.noReply { json.append("no_reply", .bool(true)) }
        if limits.ignoreEos { json.append("ignore_eos", .bool(true)) }
        return .object(json)
    }
}
