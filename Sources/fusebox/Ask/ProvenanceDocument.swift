import FoundationEssentials
import Tensors
import Wire

/// A provenance as JSON: what `--json` prints and `replay` reads.
///
/// Digests are hexadecimal, null where there is none; weights are numbers, exact in 1/1024.
enum ProvenanceDocument {
    static func json(_ provenance: WireProvenance) -> JSONValue {
        .object([
            "base": digest(provenance.base),
            "type": .string(provenance.type),
            "kernels": .string(provenance.kernels),
            "router": digest(provenance.router),
            "kv_rule": .string(name(provenance.kvRule)),
            "seed": provenance.seed.seedJSON,
            "segments": .array(provenance.segments.map(json)),
            "prompt_tokens": ids(provenance.promptTokens),
            "tokens": ids(provenance.tokens),
            "sampling": json(provenance.sampling),
            "limits": json(provenance.limits),
            "warnings": .array(provenance.warnings.map { .string($0) }),
        ])
    }

    static func ids(_ ids: [UInt32]) -> JSONValue {
        .array(ids.map { .integer(Int64($0)) })
    }

    private static func digest(_ bytes: Data) -> JSONValue {
        Digest(bytes: bytes).map { .string($0.description) } ?? .null
    }

    /// The shortest decimal that reads back as the same Float.
    private static func number(_ value: Float) -> JSONValue {
        .number(Double(value.description) ?? Double(value))
    }

    private static func name(_ rule: WireKVRule) -> String {
        switch rule {
        case .recompute: "recompute"
        case .pin: "pin"
        case .keep, .unspecified, .UNRECOGNIZED: "keep"
        }
    }

    private static func json(_ segment: WireSegment) -> JSONValue {
        let shares = segment.mix.shares.map { share in
            JSONValue.object([
                "name": .string(share.name),
                "adapter": digest(share.adapter),
                "weight": .number(Double(share.weight) / 1024),
            ])
        }
        return .object([
            "from_token": .integer(Int64(segment.fromToken)),
            "reason": .string(name(segment.reason)),
            "mix": .array(shares),
            "coefficients": digest(segment.mix.coefficients),
        ])
    }

    private static func name(_ reason: WireReason) -> String {
        switch reason {
        case .requested: "requested"
        case .routed: "routed"
        case .abstained: "abstained"
        case .noRouter: "no_router"
        case .unspecified, .UNRECOGNIZED: "unknown"
        }
    }

    private static func json(_ sampling: WireSampling) -> JSONValue {
        .object([
            "temperature": number(sampling.temperature),
            "top_k": .integer(Int64(sampling.topK)),
            "top_p": number(sampling.topP),
            "min_p": number(sampling.minP),
            "repetition_penalty": number(sampling.repetitionPenalty),
            "presence_penalty": number(sampling.presencePenalty),
            "frequency_penalty": number(sampling.frequencyPenalty),
        ])
    }

    private static func json(_ limits: WireLimits) -> JSONValue {
        .object([
            "max_tokens": .integer(Int64(limits.maxTokens)),
            "stop": .array(limits.stop.map { .string($0) }),
        ])
    }
}
