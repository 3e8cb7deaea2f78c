extension OpenAPI {
    static let adapterPaths = """
        "/fusebox/v1/adapters": {
            "get": {
                "summary": "The adapters as the service has them now, how often they were chosen here, and those that were refused.",
                "responses": {\(response("Adapters", "All adapters."))}
            },
            "post": {
                "summary": "Serves one more adapter.",
                "parameters": [\(key)],
                \(body("AddedAdapter")),
                "responses": {\(changed)}
            }
        },
        "/fusebox/v1/adapters/{name}": {
            "parameters": [\(name)],
            "get": {
                "summary": "One adapter.",
                "responses": {\(response("Adapter", "The adapter."))}
            },
            "put": {
                "summary": "Serves other bytes under an adapter's name.",
                "parameters": [\(key)],
                \(body("ReplacedAdapter")),
                "responses": {\(changed)}
            },
            "delete": {
                "summary": "Serves an adapter no more; rollback brings it back.",
                "parameters": [\(key)],
                "responses": {\(changed)}
            }
        },
        "/fusebox/v1/adapters/{name}/rollback": {"post": {
            "summary": "Goes back to the generation before, or to another one; with a canary, to all requests without it.",
            "parameters": [\(name), \(key)],
            \(optionalBody("Rollback")),
            "responses": {\(changed)}
        }},
        "/fusebox/v1/adapters/{name}/canary": {"post": {
            "summary": "Lets other bytes answer a share of the requests, until promote or rollback.",
            "parameters": [\(name), \(key)],
            \(body("Canary")),
            "responses": {\(changed)}
        }},
        "/fusebox/v1/adapters/{name}/promote": {"post": {
            "summary": "Lets an adapter's canary answer all requests.",
            "parameters": [\(name), \(key)],
            \(optionalBody("NoMembers")),
            "responses": {\(changed)}
        }},
        "/fusebox/v1/adapters/rescan": {"post": {
            "summary": "Takes over what is new, changed or gone in the folder that the service was started with, as SIGHUP does.",
            "parameters": [\(key)],
            \(optionalBody("NoMembers")),
            "responses": {\(changed)}
        }},
        "/v1/load_lora_adapter": {"post": {
            "summary": "Serves one more adapter, in vLLM's words.",
            "parameters": [\(key)],
            \(body("LoadedAdapter")),
            "responses": {\(success)}
        }},
        "/v1/unload_lora_adapter": {"post": {
            "summary": "Serves an adapter no more, in vLLM's words.",
            "parameters": [\(key)],
            \(body("UnloadedAdapter")),
            "responses": {\(success)}
        }}
        """

    static let adapterSchemas = """
        "Adapter": {
            "type": "object",
            "required": ["name", "digest", "rank", "bytes", "routable", "warnings", "selections", "mean_weight", "tokens", "share_of_tokens"],
            "properties": {
                "name": {"type": "string"}, "digest": {"type": ["string", "null"]}, "rank": {"type": "integer"},
                "bytes": {"type": "integer"},
                "routable": {"type": "boolean", "description": "The router has a class for it."},
                "resident": {"type": "integer", "description": "Workers that have its weights in memory."},
                "loads": {"type": "integer", "description": "How often workers loaded the weights on demand."},
                "evictions": {"type": "integer", "description": "How often they gave them up for others."},
                "uses": {"type": "integer", "description": "Turns of sequences that it had a part in."},
                "load_ms": {"type": "number", "description": "The longest of the workers' last loads."},
                "warnings": {"type": "array", "items": {"type": "string"}},
                "generation": {"type": "integer", "description": "0 where the adapters do not change while the service runs."},
                "generations": {"type": "array", "items": {"$ref": "#/components/schemas/Generation"}, "description": "What the name stands and stood for; a canary beside what serves."},
                "previous": {"type": "array", "items": {"type": "integer"}, "description": "Generations that served before and can be gone back to, the latest last."},
                "selections": {"type": "integer", "description": "Mixes of replies through this gateway that it was part of."},
                "mean_weight": {"type": ["number", "null"], "description": "In those."},
                "tokens": {"type": "integer", "description": "Made under such mixes."},
                "share_of_tokens": {"type": "number", "description": "Of all tokens through this gateway."}
            }
        },
        "Generation": {
            "type": "object",
            "description": "What a name stood for, and how the parts of requests that had it fared since the service began.",
            "required": ["number", "digest", "state", "share", "requests", "failures", "tokens", "seconds", "weight"],
            "properties": {
                "number": {"type": "integer"}, "digest": {"type": ["string", "null"], "description": "SHA-256."},
                "state": {"enum": ["serving", "canary", "retired"]},
                "share": {"type": "number", "description": "Of the requests, a canary's."},
                "requests": {"type": "integer", "description": "That ended."},
                "failures": {"type": "integer", "description": "Of these."},
                "tokens": {"type": "integer"},
                "seconds": {"type": "number", "description": "From dispatch to end, of all of them."},
                "weight": {"type": "number", "description": "Its mean weight in their mixes."}
            }
        },
        "Adapters": {
            "type": "object",
            "required": ["adapters", "refused", "revision"],
            "properties": {
                "adapters": {"type": "array", "items": {"$ref": "#/components/schemas/Adapter"}},
                "refused": {"$ref": "#/components/schemas/Refused"},
                "revision": {"type": "integer", "description": "Grows with each change; 0 where the adapters do not change while the service runs."}
            }
        },
        "AddedAdapter": {
            "type": "object",
            "required": ["name", "path"],
            "additionalProperties": false,
            "properties": {"name": {"type": "string", "minLength": 1, "description": "That requests select it by."}, \(path), \(examples)}
        },
        "ReplacedAdapter": {
            "type": "object",
            "required": ["path"],
            "additionalProperties": false,
            "properties": {\(path), \(examples)}
        },
        "Canary": {
            "type": "object",
            "required": ["path"],
            "additionalProperties": false,
            "properties": {
                \(path),
                "share": {"type": ["number", "null"], "minimum": 0.001, "maximum": 0.999, "description": "Of the requests; left out: 0.1."}
            }
        },
        "Rollback": {
            "type": "object",
            "additionalProperties": false,
            "properties": {"generation": {"type": ["integer", "null"], "minimum": 0, "maximum": 4294967295, "description": "To go to; left out or 0: the one before the one that serves."}}
        },
        "NoMembers": {"type": "object", "additionalProperties": false, "properties": {}},
        "LoadedAdapter": {
            "type": "object",
            "required": ["lora_name", "lora_path"],
            "additionalProperties": false,
            "properties": {
                "lora_name": {"type": "string", "minLength": 1},
                "lora_path": {"type": "string", "pattern": "^/", "description": "As path."},
                "load_inplace": {"type": ["boolean", "null"], "description": "Whether an adapter of this name is replaced."}
            }
        },
        "UnloadedAdapter": {
            "type": "object",
            "required": ["lora_name"],
            "additionalProperties": false,
            "properties": {
                "lora_name": {"type": "string", "minLength": 1},
                "lora_int_id": {"type": ["integer", "null"], "description": "Means nothing here."}
            }
        },
        "AdapterChanged": {
            "type": "object",
            "description": "The change is in force for requests from now on, and will outlast the service.",
            "required": ["revision", "warnings", "refused"],
            "properties": {
                "revision": {"type": "integer", "description": "Of the shelf."},
                "warnings": {"type": "array", "items": {"type": "string"}},
                "refused": {"$ref": "#/components/schemas/Refused"}
            }
        }
        """

    private static let name = """
        {"name": "name", "in": "path", "required": true, "schema": {"type": "string", "minLength": 1}}
        """

    private static let key = """
        {"name": "idempotency-key", "in": "header", "description": "The same key again is the same change.", "schema": {"type": "string"}}
        """

    private static let path = """
        "path": {"type": "string", "pattern": "^/", "description": "Of a PEFT directory or a .gguf file on the service's machine."}
        """

    private static let examples = """
        "examples": {"type": ["string", "null"], "pattern": "^/", "description": "Path of rows for a router that has no class for the name; else examples.jsonl in the folder."}
        """

    private static let changed = response("AdapterChanged", "It is in force.")

    private static let success = """
        "200": {"description": "It is in force.", "content": {"text/plain": {"schema": {"type": "string"}}}}, \(errors)
        """
}
