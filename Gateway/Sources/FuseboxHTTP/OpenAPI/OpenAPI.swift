/// The description of this API in OpenAPI's words, which `/openapi.json` gives.
enum OpenAPI {
    static let document = """
        {
        "openapi": "3.1.0",
        "info": {
            "title": "Fusebox",
            "version": "1",
            "description": "OpenAI's API in front of a Fusebox service, and what shows which adapters answered. Fields that are not listed are ignored, and named in fusebox.ignored; those that would change the answer and are not supported are refused with 400."
        },
        "security": [{}, {"key": []}],
        "paths": {\(openAIPaths),\(tokenPaths),\(fuseboxPaths),\(adapterPaths),\(servicePaths)},
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "responses": {
                "Error": {
                    "description": "Why there is no answer.",
                    "headers": {
                        "retry-after": {"schema": {"type": "integer"}, "description": "Seconds, with 429 and 503."},
                        "retry-after-ms": {"schema": {"type": "integer"}},
                        "x-should-retry": {"schema": {"const": "false"}, "description": "Where trying again cannot help."},
                        "x-request-id": {"schema": {"type": "string"}}
                    },
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
                }
            },
            "schemas": {\(requestSchemas),\(replySchemas),\(fuseboxSchemas),\(adapterSchemas)}
        }
        }
        """

    /// The responses of every path that are no success.
    static let errors = """
        "4XX": {"$ref": "#/components/responses/Error"}, "5XX": {"$ref": "#/components/responses/Error"}
        """

    static func response(_ schema: String, _ description: String) -> String {
        """
        "200": {"description": "\(description)", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/\(schema)"}}}}, \(errors)
        """
    }

    static func body(_ schema: String) -> String {
        """
        "requestBody": {"required": true, \(content(schema))}
        """
    }

    static func optionalBody(_ schema: String) -> String {
        """
        "requestBody": {\(content(schema))}
        """
    }

    private static func content(_ schema: String) -> String {
        """
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/\(schema)"}}}
        """
    }
}
