extension OpenAPI {
    static let requestSchemas = """
        "ChatRequest": {
            "type": "object",
            "required": ["messages"],
            "properties": {
                "messages": {"type": "array", "minItems": 1, "maxItems": 1024, "items": {"$ref": "#/components/schemas/Message"}},
                "logprobs": {"type": ["boolean", "null"]},
                "top_logprobs": {"type": ["integer", "null"], "minimum": 0, "maximum": 20},
                "max_tokens": {"type": ["integer", "null"], "minimum": 1, "maximum": 8192},
                \(generationFields)
            }
        },
        "CompletionRequest": {
            "type": "object",
            "required": ["prompt"],
            "properties": {
                "prompt": {"oneOf": [
                    {"type": "string", "minLength": 1},
                    {"type": "array", "minItems": 1, "maxItems": 128, "items": {"type": "string", "minLength": 1}},
                    {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/TokenID"}},
                    {"type": "array", "minItems": 1, "maxItems": 128, "items": {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/TokenID"}}}
                ]},
                "echo": {"type": ["boolean", "null"], "description": "The reply begins with the prompt, with logprobs also of it."},
                "logprobs": {"type": ["integer", "null"], "minimum": 0, "maximum": 20},
                "max_tokens": {"type": ["integer", "null"], "minimum": 0, "maximum": 8192, "description": "0: no reply, for the prompt's log probabilities alone."},
                \(generationFields)
            }
        },
        "TokenizeRequest": {
            "type": "object",
            "properties": {
                "prompt": {"type": "string"},
                "messages": {"type": "array", "minItems": 1, "maxItems": 1024, "items": {"$ref": "#/components/schemas/Message"}},
                "add_special_tokens": {"type": ["boolean", "null"], "description": "Whether prompt gets what the tokenizer puts around a text; true unless said."}
            }
        },
        "DetokenizeRequest": {
            "type": "object",
            "required": ["tokens"],
            "properties": {"tokens": {"type": "array", "items": {"$ref": "#/components/schemas/TokenID"}}}
        },
        "RouteRequest": {
            "type": "object",
            "properties": {
                "prompt": {"type": "string", "minLength": 1},
                "messages": {"type": "array", "minItems": 1, "maxItems": 1024, "items": {"$ref": "#/components/schemas/Message"}},
                "model": {"$ref": "#/components/schemas/ModelName"},
                "fusebox": {
                    "type": "object",
                    "properties": {
                        "select": {"$ref": "#/components/schemas/Selection"},
                        "weighting": {"$ref": "#/components/schemas/Weighting"},
                        "gain": {"type": "number"}
                    }
                }
            }
        },
        "Message": {
            "type": "object",
            "required": ["role", "content"],
            "properties": {
                "role": {"enum": ["system", "developer", "user", "assistant"]},
                "content": {"oneOf": [
                    {"type": "string"},
                    {"type": "array", "items": {
                        "type": "object",
                        "required": ["type", "text"],
                        "properties": {"type": {"const": "text"}, "text": {"type": "string"}}
                    }}
                ]}
            }
        },
        "TokenID": {"type": "integer", "minimum": 0, "maximum": 4294967295},
        "ModelName": {
            "type": ["string", "null"],
            "description": "The base's name, auto, auto:NAME,NAME, an adapter, a mix NAME=WEIGHT,NAME=WEIGHT, one of these behind the base's name and a colon, or an alias of the configuration. Left out: auto."
        },
        "Selection": {
            "description": "What answers, said in the ways of model or as an object of weights; it goes before a model that is the base.",
            "oneOf": [{"type": "string"}, {"type": "object", "additionalProperties": {"type": "number"}}, {"type": "null"}]
        },
        "Weighting": {"enum": ["renormalized", "sum", "mean", "top1", "paper", null]},
        "Options": {
            "type": ["object", "null"],
            "additionalProperties": false,
            "properties": {
                "select": {"$ref": "#/components/schemas/Selection"},
                "weighting": {"$ref": "#/components/schemas/Weighting"},
                "gain": {"type": ["number", "null"], "description": "Multiplies what auto's weighting gives; left out: 1."},
                "kv_rule": {"enum": ["keep", "recompute", "pin", null]},
                "priority": {"enum": ["high", "normal", "low", null]},
                "split": {"type": ["boolean", "null"], "description": "Each sentence of the last user message is answered by itself."},
                "seed": {"type": ["integer", "string", "null"], "description": "From 0 to 2^64 - 1; as a text where a number would be rounded."},
                "deadline_ms": {"type": ["integer", "null"], "minimum": 0},
                "keep": {"type": ["boolean", "null"], "description": "The reply is made to its end when its reader is gone, for /fusebox/v1/requests/{id}."},
                "explain": {"type": ["boolean", "null"], "description": "false leaves routes and provenance out."}
            }
        }
        """

    private static let generationFields = """
        "model": {"$ref": "#/components/schemas/ModelName"},
        "stream": {"type": ["boolean", "null"]},
        "service_tier": {"enum": ["auto", "default", "flex", "priority", null], "description": "priority goes before others that wait, flex after them."},
        "stream_options": {
            "type": ["object", "null"],
            "properties": {"include_usage": {"type": "boolean"}, "continuous_usage_stats": {"type": "boolean"}}
        },
        "max_completion_tokens": {"type": ["integer", "null"], "minimum": 1, "maximum": 8192},
        "n": {"type": ["integer", "null"], "minimum": 1, "maximum": 16},
        "stop": {"oneOf": [
            {"type": "string", "minLength": 1, "maxLength": 64},
            {"type": "array", "maxItems": 16, "items": {"type": "string", "minLength": 1, "maxLength": 64}},
            {"type": "null"}
        ]},
        "ignore_eos": {"type": ["boolean", "null"], "description": "Go on past the model's ends of text, for replies of a fixed length."},
        "seed": {"type": ["integer", "null"]},
        "temperature": {"type": ["number", "null"], "minimum": 0, "maximum": 100},
        "top_p": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
        "top_k": {"type": ["integer", "null"], "minimum": -1, "maximum": 4294967295},
        "min_p": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
        "repetition_penalty": {"type": ["number", "null"], "minimum": 0, "maximum": 100},
        "presence_penalty": {"type": ["number", "null"], "minimum": -100, "maximum": 100},
        "frequency_penalty": {"type": ["number", "null"], "minimum": -100, "maximum": 100},
        "lora": {
            "type": ["array", "null"],
            "description": "As in llama.cpp's server.",
            "items": {"type": "object", "required": ["id"], "properties": {"id": {"type": ["string", "integer"]}, "scale": {"type": "number"}}}
        },
        "adapter_id": {"type": ["string", "null"], "description": "As in LoRAX."},
        "merged_adapters": {
            "type": ["object", "null"],
            "description": "As in LoRAX.",
            "required": ["ids"],
            "properties": {"ids": {"type": "array", "items": {"type": "string"}}, "weights": {"type": "array", "items": {"type": "number"}}, "merge_strategy": {"const": "linear"}}
        },
        "fusebox": {"$ref": "#/components/schemas/Options"}
        """
}
