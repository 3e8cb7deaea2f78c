import HTTPTypes

/// What can be asked of the gateway.
enum Endpoint: CaseIterable, Sendable {
    case models, model, chatCompletions, completions, tokenize, detokenize, tokenizerInfo
    case health, live, ready, version, metrics, openAPI
    case route, status, adapters, events, reply, cancel
    case page

    /// Found, or why not.
    enum Match: Equatable {
        /// With what the path has in the place of `{...}`, still percent-encoded.
        case found(Endpoint, parameter: String)
        case wrongMethod(allowed: [HTTPRequest.Method])
        case unknown

        /// Whether no key is asked for.
        var isOpen: Bool {
            if case .found(let endpoint, _) = self { endpoint.isOpen } else { false }
        }
    }

    var method: HTTPRequest.Method {
        switch self {
        case .chatCompletions, .completions, .tokenize, .detokenize, .route: .post
        case .cancel: .delete
        default: .get
        }
    }

    /// The path, with `{...}` at its end where the rest of it is a parameter.
    var path: String {
        switch self {
        case .models: "/v1/models"
        case .model: "/v1/models/{model}"
        case .chatCompletions: "/v1/chat/completions"
        case .completions: "/v1/completions"
        case .tokenize: "/tokenize"
        case .detokenize: "/detokenize"
        case .tokenizerInfo: "/tokenizer_info"
        case .health: "/health"
        case .live: "/health/live"
        case .ready: "/health/ready"
        case .version: "/version"
        case .metrics: "/metrics"
        case .openAPI: "/openapi.json"
        case .page: "/"
        case .route: "/fusebox/v1/route"
        case .status: "/fusebox/v1/status"
        case .adapters: "/fusebox/v1/adapters"
        case .events: "/fusebox/v1/events"
        case .reply, .cancel: "/fusebox/v1/requests/{id}"
        }
    }

    /// Whether it is answered without a key: what a supervisor asks, and the page, which asks for one.
    var isOpen: Bool {
        switch self {
        case .health, .live, .ready, .page: true
        default: false
        }
    }

    /// Looks up a path without its query; HEAD is asked as GET is.
    static func match(_ method: HTTPRequest.Method, _ path: Substring) -> Match {
        let method = method == .head ? .get : method
        var allowed: [HTTPRequest.Method] = []
        for endpoint in allCases {
            guard let parameter = endpoint.parameter(in: path) else { continue }
            if endpoint.method == method { return .found(endpoint, parameter: parameter) }
            allowed.append(endpoint.method)
        }
        return allowed.isEmpty ? .unknown : .wrongMethod(allowed: allowed)
    }

    /// Nil where the path is another's; empty where it has no parameter.
    private func parameter(in path: Substring) -> String? {
        guard let brace = self.path.firstIndex(of: "{") else {
            return path == self.path ? "" : nil
        }
        let prefix = self.path[..<brace]
        guard path.hasPrefix(prefix), path.count > prefix.count else { return nil }
        return String(path.dropFirst(prefix.count))
    }

    /// What to use instead of OpenAI's and Anthropic's endpoints that are not here.
    static let missing: [String: String] = [
        "/v1/responses": "POST /v1/chat/completions",
        "/v1/messages": "POST /v1/chat/completions",
        "/v1/embeddings": "a server of embeddings: this one writes text",
    ]
}
