import FuseboxClient
import FuseboxWire
import HTTPTypes

/// Why there is no reply, in the form that clients of OpenAI's API read:
/// `{"error": {"message", "type", "param", "code"}}`.
struct APIError: Error, Hashable {
    let status: HTTPResponse.Status
    /// The wire's word for it, or one of ours: `unauthorized`, `unreachable`.
    let code: String
    /// One sentence: what is wrong and what to do.
    let message: String
    /// The field of the request that is at fault.
    var param: String?
    /// When the same request may succeed.
    var retryAfter: Duration?
    /// Whether a client that tries again by itself would only be refused again.
    var isFinal = false
    /// What the path takes, where the method is at fault.
    var allowed: [HTTPRequest.Method] = []

    init(
        _ status: HTTPResponse.Status, _ code: String, _ message: String, param: String? = nil
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.param = param
    }

    /// A request that cannot be right.
    static func invalid(_ message: String, param: String?) -> APIError {
        APIError(.badRequest, "invalid_argument", message, param: param)
    }

    /// The word by which OpenAI's clients sort errors.
    private var type: String {
        switch status.code {
        case 401: "authentication_error"
        case 403: "permission_error"
        case 429: "rate_limit_error"
        case 500...: "server_error"
        default: "invalid_request_error"
        }
    }

    var json: JSONValue {
        .object([
            "error": .object([
                "message": .string(message), "type": .string(type),
                "param": param.map { .string($0) } ?? .null, "code": .string(code),
            ])
        ])
    }

    /// `retry-after` in whole seconds and `retry-after-ms`, or `x-should-retry: false`.
    var headers: HTTPFields {
        var headers = HTTPFields()
        if let retryAfter {
            let milliseconds = max(1, retryAfter / .milliseconds(1)).rounded(.up)
            headers[.retryAfter] = "\(Int64((milliseconds / 1000).rounded(.up)))"
            headers[.retryAfterMilliseconds] = "\(Int64(milliseconds))"
        }
        if isFinal { headers[.shouldRetry] = "false" }
        if !allowed.isEmpty {
            headers[.allow] = allowed.map(\.rawValue).joined(separator: ", ")
        }
        return headers
    }
}

extension HTTPField.Name {
    static let retryAfterMilliseconds = named("retry-after-ms")
    static let shouldRetry = named("x-should-retry")
    static let requestID = named("x-request-id")
    static let route = named("x-fusebox-route")
    static let idempotencyKey = named("idempotency-key")
    static let accelBuffering = named("x-accel-buffering")

    private static func named(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else {
            preconditionFailure("\(name) is no name of a header")
        }
        return name
    }
}

extension APIError {
    /// What the service refused or failed.
    ///
    /// No status is 409: clients try that again by themselves, and an id that is taken stays taken.
    init(_ failure: WireFailed) {
        let status: HTTPResponse.Status =
            switch failure.code {
            case .invalidArgument, .alreadyExists, .contextOverflow: .badRequest
            case .notFound: .notFound
            case .resourceExhausted: .tooManyRequests
            case .deadlineExceeded: .gatewayTimeout
            case .unavailable: .serviceUnavailable
            case .unsupportedVersion, .internal, .slowConsumer, .unspecified, .UNRECOGNIZED:
                .internalServerError
            }
        self.init(status, failure.code.name, failure.message)
        if failure.retryAfterMs > 0 {
            retryAfter = .milliseconds(Int64(failure.retryAfterMs))
        } else if failure.code == .unavailable || failure.code == .resourceExhausted {
            retryAfter = .seconds(1)
        }
        isFinal = failure.code == .unsupportedVersion
    }

    /// A conversation with the service that ended without an answer.
    init(_ error: ClientError) {
        if let failure = error.failure {
            self.init(failure)
            return
        }
        switch error.code {
        case .unreachable, .noAnswer, .shutDown:
            self.init(.serviceUnavailable, "unreachable", error.message)
            retryAfter = .seconds(1)
        case .invalidRequest, .refused:
            self.init(.badRequest, "invalid_argument", error.message)
        case .setup, .untrusted, .protocolMismatch:
            self.init(.internalServerError, "internal", error.message)
            isFinal = true
        case .diverged:
            self.init(.internalServerError, "diverged", error.message)
        }
    }

    init(_ error: WireError, param: String? = nil) {
        self = .invalid(error.message, param: param)
    }
}
