import HTTPTypes

/// What can be asked of the gateway.
enum Endpoint: CaseIterable, Sendable {
    case models, model, chatCompletions, completions, tokenize, detokenize, tokenizerInfo
    case health, live, ready, version, metrics, openAPI
    case route, status, events, reply, cancel
    case adapters, adapter, addAdapter, replaceAdapter, removeAdapter
    case rollBackAdapter, canaryAdapter, promoteAdapter, rescanAdapters
    case loadAdapter, unloadAdapter
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
        case .chatCompletions, .completions, .tokenize, .detokenize, .route, .addAdapter,
            .rollBackAdapter, .canaryAdapter, .promoteAdapter, .rescanAdapters, .loadAdapter,
            .unloadAdapter:
            .post
        case .replaceAdapter: .put
        case .cancel, .removeAdapter: .delete
        default: .get
        }
    }

    /// The path, with `{...}` where it has a parameter.
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
        case .events: "/fusebox/v1/events"
        case .reply, .cancel: "/fusebox/v1/requests/{id}"
        case .adapters, .addAdapter: "/fusebox/v1/adapters"
        case .adapter, .replaceAdapter, .removeAdapter: "/fusebox/v1/adapters/{name}"
        case .rollBackAdapter: "/fusebox/v1/adapters/{name}/rollback"
        case .canaryAdapter: "/fusebox/v1/adapters/{name}/canary"
        case .promoteAdapter: "/fusebox/v1/adapters/{name}/promote"
        case .rescanAdapters: "/fusebox/v1/adapters/rescan"
        case .loadAdapter: "/v1/load_lora_adapter"
        case .unloadAdapter: "/v1/unload_lora_adapter"
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
        let pattern = self.path
        guard let start = pattern.firstIndex(of: "{"), let end = pattern.firstIndex(of: "}") else {
            return path == pattern ? "" : nil
        }
        let (prefix, suffix) = (pattern[..<start], pattern[end...].dropFirst())
        guard path.hasPrefix(prefix), path.hasSuffix(suffix),
            path.count > prefix.count + suffix.count
        else { return nil }
        let parameter = path.dropFirst(prefix.count).dropLast(suffix.count)
        // Of all names only a model's may have slashes.
        return self == .model || !parameter.contains("/") ? String(parameter) : nil
    }

    /// What to use instead of OpenAI's and Anthropic's endpoints that are not here.
    static let missing: [String: String] = [
        "/v1/responses": "POST /v1/chat/completions",
        "/v1/messages": "POST /v1/chat/completions",
        "/v1/embeddings": "a server of embeddings: this one writes text",
    ]
}
