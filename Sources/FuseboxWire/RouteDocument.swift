public import Tensors
public import Wire

/// Routes as JSON: which mix governs, why, and what the router made of each sentence.
///
/// Weights are numbers, exact in 1/1024; what they leave of 1 is no share of the base, whose output always counts in full.
public enum RouteDocument {
    /// `{"from_token", "reason", "mix": [{"name", "adapter", "weight"}], "coefficients"}`.
    public static func json(_ segment: WireSegment) -> JSONObject {
        [
            "from_token": JSONValue(segment.fromToken),
            "reason": .string(segment.reason.name),
            "mix": .array(segment.mix.shares.map { .object(json($0)) }),
            "coefficients": JSONValue(digest: segment.mix.coefficients),
        ]
    }

    private static func json(_ share: WireShare) -> JSONObject {
        [
            "name": .string(share.name),
            "adapter": JSONValue(digest: share.adapter),
            "weight": .number(Double(share.weight) / 1024),
        ]
    }

    /// `{"text", "abstained", "candidates": [{"name", "probability"}]}`, candidates best first.
    public static func json(_ sentence: WireSentenceRoute) -> JSONObject {
        [
            "text": .string(sentence.text),
            "abstained": .bool(sentence.abstained),
            "candidates": .array(
                sentence.candidates.map {
                    .object([
                        "name": .string($0.name), "probability": JSONValue($0.probability),
                    ])
                }),
        ]
    }

    /// A segment's members, and `"part"`, `"sentences"`, `"unread_bytes"`.
    public static func json(_ routed: WireRouted) -> JSONObject {
        json(
            routed.segment, ["part": JSONValue(routed.part)], sentences: routed.sentences,
            unreadBytes: routed.unreadBytes)
    }

    /// A segment's members, and `"sentences"`, `"unread_bytes"`, `"warnings"`.
    public static func json(_ reply: WireRouteReply) -> JSONObject {
        var json = json(
            reply.segment, [:], sentences: reply.sentences, unreadBytes: reply.unreadBytes)
        json.append("warnings", .array(reply.warnings.map { .string($0) }))
        return json
    }

    private static func json(
        _ segment: WireSegment, _ first: JSONObject, sentences: [WireSentenceRoute],
        unreadBytes: UInt64
    ) -> JSONObject {
        var result = first
        for (key, value) in json(segment) { result.append(key, value) }
        result.append("sentences", .array(sentences.map { .object(json($0)) }))
        result.append("unread_bytes", JSONValue(unreadBytes))
        return result
    }
}
