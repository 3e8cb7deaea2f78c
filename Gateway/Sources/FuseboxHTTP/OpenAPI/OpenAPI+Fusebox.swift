extension OpenAPI {
    static let fuseboxSchemas = """
        "Explanation": {
            "type": "object",
            "description": "What answered, by choice.",
            "required": ["choices"],
            "properties": {
                "ignored": \(ignored),
                "choices": {"type": "array", "items": {
                    "type": "object",
                    "required": ["request", "finish_reason"],
                    "properties": {
                        "request": {"type": "string"},
                        "routes": {"type": "array", "items": {"$ref": "#/components/schemas/RoutedPart"}},
                        "finish_reason": \(finishReason),
                        "provenance": \(provenances)
                    }
                }}
            }
        },
        "ChunkExplanation": {
            "type": "object",
            "description": "Of the choice of its chunk: the request and ignored fields in the first, routes where the mix changes with the chunk's text, how it ended and the provenance in the last.",
            "properties": {
                "request": {"type": "string"},
                "ignored": \(ignored),
                "routes": {"type": "array", "items": {"$ref": "#/components/schemas/RoutedPart"}},
                "tokens": {"type": "integer", "description": "Tokens until here, for attaching again; of replies that are kept."},
                "finish_reason": \(finishReason),
                "provenance": \(provenances)
            }
        },
        "Share": {
            "type": "object",
            "required": ["name", "adapter", "weight"],
            "properties": {
                "name": {"type": "string"},
                "adapter": {"type": ["string", "null"], "description": "SHA-256."},
                "weight": {"type": "number", "description": "Exact in 1/1024."}
            }
        },
        "Segment": {
            "type": "object",
            "required": ["from_token", "reason", "mix", "coefficients"],
            "properties": {\(segmentFields)}
        },
        "Sentence": {
            "type": "object",
            "required": ["text", "abstained", "candidates"],
            "properties": {
                "text": {"type": "string"}, "abstained": {"type": "boolean"},
                "candidates": {"type": "array", "description": "Best first, base among them.", "items": {
                    "type": "object", "required": ["name", "probability"],
                    "properties": {"name": {"type": "string"}, "probability": {"type": "number", "minimum": 0, "maximum": 1}}
                }}
            }
        },
        "RoutedPart": {
            "type": "object",
            "description": "The mix from a token of the reply's part on; sentences are empty where nothing was routed.",
            "required": ["part", "from_token", "reason", "mix", "coefficients", "sentences", "unread_bytes"],
            "properties": {"part": {"type": "integer"}, \(segmentFields), \(sentenceFields)}
        },
        "Route": {
            "type": "object",
            "required": ["from_token", "reason", "mix", "coefficients", "sentences", "unread_bytes", "warnings"],
            "properties": {\(segmentFields), \(sentenceFields), "warnings": {"type": "array", "items": {"type": "string"}}}
        },
        "Refused": {
            "type": "array",
            "items": {"type": "object", "required": ["name", "reason"], "properties": {"name": {"type": "string"}, "reason": {"type": "string"}}}
        },
        "Snapshot": {
            "type": "object",
            "required": ["time", "state", "problem", "model", "status", "adapters", "refused", "requests", "rates", "decisions", "refusals"],
            "properties": {
                "time": {"type": "integer", "description": "Seconds since 1970."},
                "state": {"enum": ["starting", "serving", "degraded", "draining", "unreachable"]},
                "problem": {"type": ["string", "null"]},
                "model": {"type": "string"},
                "status": {"type": ["object", "null"], "description": "What fusebox status --json prints: queued, running, workers with slots and the parts that run in them, restarts, prompt_tokens, cached_tokens, use of adapters, and so on."},
                "adapters": {"type": "array", "items": {"$ref": "#/components/schemas/Adapter"}},
                "refused": {"$ref": "#/components/schemas/Refused"},
                "requests": {"type": "array", "description": "Replies through this gateway that are being made, oldest first.", "items": {
                    "type": "object",
                    "required": ["request", "state", "mix", "tokens", "seconds"],
                    "properties": {
                        "request": {"type": "string"}, "state": {"enum": ["waiting", "running"]},
                        "mix": {"type": "array", "items": {"$ref": "#/components/schemas/Share"}},
                        "tokens": {"type": "integer"}, "seconds": {"type": "number"}
                    }
                }},
                "rates": {
                    "type": "object",
                    "required": ["tokens_per_second", "first_token_ms", "inter_token_ms", "window_seconds"],
                    "properties": {
                        "tokens_per_second": {"type": "number"},
                        "first_token_ms": \(quantiles), "inter_token_ms": \(quantiles),
                        "window_seconds": {"type": "integer", "description": "That the percentiles are of."}
                    }
                },
                "decisions": {"type": "object", "description": "Mixes by why: requested, routed, abstained, no_router.", "additionalProperties": {"type": "integer"}},
                "refusals": {"type": "object", "description": "By code.", "additionalProperties": {"type": "integer"}}
            }
        }
        """

    private static let ignored = """
        {"type": "array", "description": "Fields of the request that nothing reads.", "items": {"type": "string"}}
        """

    private static let finishReason = """
        {"enum": ["end", "stop", "length", "cancelled", "deadline", "unknown"]}
        """

    private static let provenances = """
        {"type": "array", "description": "What repeats each part: fusebox replay takes one.", "items": {"type": "object"}}
        """

    private static let segmentFields = """
        "from_token": {"type": "integer"},
        "reason": {"enum": ["requested", "routed", "abstained", "no_router", "unknown"]},
        "mix": {"type": "array", "description": "Empty: the base alone.", "items": {"$ref": "#/components/schemas/Share"}},
        "coefficients": {"type": ["string", "null"], "description": "SHA-256 of a table of CAT coefficients."}
        """

    private static let sentenceFields = """
        "sentences": {"type": "array", "items": {"$ref": "#/components/schemas/Sentence"}},
        "unread_bytes": {"type": "integer", "description": "Of a long message's middle, which the router does not read."}
        """

    private static let quantiles = """
        {"type": "object", "required": ["p50", "p95", "p99"], "properties": {"p50": {"type": ["number", "null"]}, "p95": {"type": ["number", "null"]}, "p99": {"type": ["number", "null"]}}}
        """
}
