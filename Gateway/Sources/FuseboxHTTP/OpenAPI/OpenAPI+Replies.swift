extension OpenAPI {
    static let replySchemas = """
        "Error": {
            "type": "object",
            "required": ["error"],
            "properties": {"error": {
                "type": "object",
                "required": ["message", "type", "param", "code"],
                "properties": {
                    "message": {"type": "string"}, "type": {"type": "string"},
                    "param": {"type": ["string", "null"]}, "code": {"type": "string"}
                }
            }}
        },
        "Health": {"type": "object", "required": ["status"], "properties": {"status": {"type": "string"}}},
        "Model": {
            "type": "object",
            "required": ["id", "object", "created", "owned_by", "root", "parent", "max_model_len"],
            "properties": {
                "id": {"type": "string"}, "object": {"const": "model"}, "created": {"type": "integer"},
                "owned_by": {"type": "string"},
                "root": {"type": ["string", "null"], "description": "SHA-256 of the base or the adapter."},
                "parent": {"type": ["string", "null"]},
                "max_model_len": {"type": ["integer", "null"]}
            }
        },
        "ModelList": {
            "type": "object",
            "required": ["object", "data"],
            "properties": {"object": {"const": "list"}, "data": {"type": "array", "items": {"$ref": "#/components/schemas/Model"}}}
        },
        "Tokens": {
            "type": "object",
            "required": ["count", "max_model_len", "tokens"],
            "properties": {
                "count": {"type": "integer"}, "max_model_len": {"type": ["integer", "null"]},
                "tokens": {"type": "array", "items": {"$ref": "#/components/schemas/TokenID"}}
            }
        },
        "DetokenizedText": {"type": "object", "required": ["prompt"], "properties": {"prompt": {"type": "string"}}},
        "TokenizerInfo": {
            "type": "object",
            "required": ["tokenizer_class", "vocab_size", "model_max_length", "bos_token", "eos_token"],
            "properties": {"tokenizer_class": {"type": "string"}, "vocab_size": {"type": "integer"}, "model_max_length": {"type": "integer"}, "bos_token": {"type": ["string", "null"]}, "eos_token": {"type": ["string", "null"]}}
        },
        "Logprobs": {
            "type": ["object", "null"],
            "description": "Natural logarithms of the probabilities that the model gives under the mix, before temperature, penalties and filters.",
            "properties": {"content": {"type": "array", "items": {
                "type": "object",
                "required": ["token", "bytes", "logprob", "top_logprobs"],
                "properties": {"token": {"type": "string"}, "bytes": {"type": "array", "items": {"type": "integer"}}, "logprob": {"type": ["number", "null"]}, "top_logprobs": {"type": "array"}}
            }}}
        },
        "CompletionLogprobs": {
            "type": ["object", "null"],
            "description": "As Logprobs, in columns over the tokens.",
            "required": ["tokens", "token_logprobs", "top_logprobs", "text_offset"],
            "properties": {
                "tokens": {"type": "array", "items": {"type": "string"}},
                "token_logprobs": {"type": "array", "items": {"type": ["number", "null"]}},
                "top_logprobs": {"type": "array", "items": {"type": ["object", "null"]}},
                "text_offset": {"type": "array", "items": {"type": "integer"}}
            }
        },
        "Usage": {
            "type": "object",
            "required": ["prompt_tokens", "completion_tokens", "total_tokens"],
            "properties": {
                "prompt_tokens": {"type": "integer"}, "completion_tokens": {"type": "integer"}, "total_tokens": {"type": "integer"},
                "prompt_tokens_details": {"type": "object", "properties": {"cached_tokens": {"type": "integer"}}}
            }
        },
        "FinishReason": {"enum": ["stop", "length"]},
        "ChatReply": {
            "type": "object",
            "required": [\(replyNames), "usage", "fusebox"],
            "properties": {
                \(replyFields("chat.completion")),
                "choices": {"type": "array", "minItems": 1, "items": {
                    "type": "object",
                    "required": ["index", "message", "finish_reason", "logprobs"],
                    "properties": {
                        "index": {"type": "integer"},
                        "message": {
                            "type": "object",
                            "required": ["role", "content"],
                            "properties": {"role": {"const": "assistant"}, "content": {"type": "string"}, "refusal": {"type": "null"}}
                        },
                        "logprobs": {"$ref": "#/components/schemas/Logprobs"},
                        "finish_reason": {"$ref": "#/components/schemas/FinishReason"}
                    }
                }},
                "usage": {"$ref": "#/components/schemas/Usage"},
                "fusebox": {"$ref": "#/components/schemas/Explanation"}
            }
        },
        "CompletionReply": {
            "type": "object",
            "required": [\(replyNames), "usage", "fusebox"],
            "properties": {
                \(replyFields("text_completion")),
                "choices": {"type": "array", "minItems": 1, "items": {
                    "type": "object",
                    "required": ["index", "text", "finish_reason", "logprobs"],
                    "properties": {"index": {"type": "integer"}, "text": {"type": "string"}, "logprobs": {"$ref": "#/components/schemas/CompletionLogprobs"}, "finish_reason": {"$ref": "#/components/schemas/FinishReason"}}
                }},
                "usage": {"$ref": "#/components/schemas/Usage"},
                "fusebox": {"$ref": "#/components/schemas/Explanation"}
            }
        },
        "ChatChunk": {
            "type": "object",
            "description": "The role comes with the first text. Only the chunk with the usage, the last one, has no choices.",
            "required": [\(replyNames)],
            "properties": {
                \(replyFields("chat.completion.chunk")),
                "choices": {"type": "array", "maxItems": 1, "items": {
                    "type": "object",
                    "required": ["index", "delta", "finish_reason"],
                    "properties": {
                        "index": {"type": "integer"},
                        "delta": {"type": "object", "properties": {"role": {"const": "assistant"}, "content": {"type": "string"}}},
                        "finish_reason": {"oneOf": [{"$ref": "#/components/schemas/FinishReason"}, {"type": "null"}]}
                    }
                }},
                "usage": {"oneOf": [{"$ref": "#/components/schemas/Usage"}, {"type": "null"}]},
                "fusebox": {"$ref": "#/components/schemas/ChunkExplanation"}
            }
        }
        """

    private static let replyNames = """
        "id", "object", "created", "model", "system_fingerprint", "choices"
        """

    private static func replyFields(_ object: String) -> String {
        """
        "id": {"type": "string"}, "object": {"const": "\(object)"}, "created": {"type": "integer"},
        "model": {"type": "string"},
        "system_fingerprint": {"type": "string", "description": "Changes with the base, the router and the mix."}
        """
    }
}
