extension OpenAPI {
    static let openAIPaths = """
        "/v1/models": {"get": {
            "summary": "The base, auto, each adapter and each alias.",
            "responses": {\(response("ModelList", "All models."))}
        }},
        "/v1/models/{model}": {"get": {
            "summary": "One model, or a mix that can be asked for.",
            "parameters": [{"name": "model", "in": "path", "required": true, "schema": {"type": "string", "minLength": 1}}],
            "responses": {\(response("Model", "The model."))}
        }},
        "/v1/chat/completions": {"post": {
            "summary": "An answer to a conversation; with stream, as server-sent events of ChatChunk.",
            \(body("ChatRequest")),
            "responses": {\(reply("ChatReply"))}
        }},
        "/v1/completions": {"post": {
            "summary": "What comes after a text or token ids.",
            \(body("CompletionRequest")),
            "responses": {\(reply("CompletionReply"))}
        }}
        """

    static let tokenPaths = """
        "/tokenize": {"post": {
            "summary": "The token ids of a text, or of messages under the chat template.",
            \(body("TokenizeRequest")),
            "responses": {\(response("Tokens", "The ids."))}
        }},
        "/detokenize": {"post": {
            "summary": "The text of token ids, markers and all.",
            \(body("DetokenizeRequest")),
            "responses": {\(response("DetokenizedText", "The text."))}
        }},
        "/tokenizer_info": {"get": {
            "summary": "What is known of the tokenizer.",
            "responses": {\(response("TokenizerInfo", "The tokenizer."))}
        }}
        """

    static let fuseboxPaths = """
        "/fusebox/v1/route": {"post": {
            "summary": "How a prompt would be routed; nothing runs.",
            \(body("RouteRequest")),
            "responses": {\(response("Route", "The mix, and what the router made of each sentence."))}
        }},
        "/fusebox/v1/status": {"get": {
            "summary": "What the service and this gateway do; gathered once a second.",
            "responses": {\(response("Snapshot", "The latest snapshot."))}
        }},
        "/fusebox/v1/events": {"get": {
            "summary": "Server-sent events: {type: snapshot, snapshot: Snapshot}, then each second {type: delta, delta: ...}, a JSON merge patch (RFC 7386) to it.",
            "responses": {"200": {"description": "Events without end.", "content": {"text/event-stream": {}}}, \(errors)}
        }},
        "/fusebox/v1/requests/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string", "pattern": "^[0-9a-f]{32}$"}}],
            "get": {
                "summary": "A reply that was kept, or whose reader was lost, as server-sent events of ChatChunk.",
                "parameters": [{"name": "from", "in": "query", "description": "Tokens that are known: fusebox.tokens of the last chunk that was read.", "schema": {"type": "integer", "minimum": 0, "maximum": 1048576}}],
                "responses": {"200": {"description": "Chunks.", "content": {"text/event-stream": {}}}, \(errors)}
            },
            "delete": {
                "summary": "Stops a request; its stream ends with what there is.",
                "responses": {
                    "202": {"description": "It is stopped.", "content": {"application/json": {"schema": {"type": "object", "required": ["request"], "properties": {"request": {"type": "string"}}}}}},
                    \(errors)
                }
            }
        }
        """

    static let servicePaths = """
        "/": {"get": {
            "summary": "A page to try and to watch the service.",
            "security": [{}],
            "responses": {"200": {"description": "The page.", "content": {"text/html": {"schema": {"type": "string"}}}}, \(errors)}
        }},
        "/health": {"get": {"summary": "Whether a request would be taken.", "security": [{}], "responses": {\(health)}}},
        "/health/live": {"get": {"summary": "Whether this gateway answers.", "security": [{}], "responses": {\(health)}}},
        "/health/ready": {"get": {"summary": "Whether a worker is ready.", "security": [{}], "responses": {\(health)}}},
        "/version": {"get": {
            "summary": "The service's version.",
            "responses": {"200": {"description": "The version.", "content": {"application/json": {"schema": {"type": "object", "required": ["version"], "properties": {"version": {"type": "string"}}}}}}, \(errors)}
        }},
        "/metrics": {"get": {
            "summary": "Metrics in Prometheus' text format.",
            "responses": {"200": {"description": "Metrics.", "content": {"text/plain": {"schema": {"type": "string"}}}}, \(errors)}
        }},
        "/openapi.json": {"get": {
            "summary": "This document.",
            "responses": {"200": {"description": "This document.", "content": {"application/json": {"schema": {"type": "object"}}}}, \(errors)}
        }}
        """

    private static func reply(_ schema: String) -> String {
        """
        "200": {
            "description": "The reply.",
            "headers": {
                "x-request-id": {"schema": {"type": "string"}, "description": "Of the first choice."},
                "x-fusebox-route": {"schema": {"type": "string"}, "description": "The mix that it began with, as select takes it."}
            },
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/\(schema)"}}, "text/event-stream": {}}
        }, \(errors)
        """
    }

    private static let health = """
        "200": {"description": "Yes.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Health"}}}},
        "503": {"description": "No.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Health"}}}},
        "4XX": {"$ref": "#/components/responses/Error"}
        """
}
