import FuseboxWire
import HTTPTypes
import Hummingbird
import NIOCore

import struct Wire.RequestID

/// Answers every request: checks it, has its endpoint answer it, and writes errors as clients read them.
struct GatewayResponder: HTTPResponder {
    typealias Context = GatewayContext

    private let endpoints: Endpoints
    private let originCheck: OriginCheck
    private let keys: KeyRing?
    private let metrics: Metrics

    init(endpoints: Endpoints, originCheck: OriginCheck, keys: KeyRing?, metrics: Metrics) {
        self.endpoints = endpoints
        self.originCheck = originCheck
        self.keys = keys
        self.metrics = metrics
    }

    func respond(to request: Request, context: GatewayContext) async throws -> Response {
        let started = ContinuousClock.now
        var route = "none"
        var response: Response
        do {
            response = try await answer(request, context, route: &route)
        } catch let error as APIError {
            metrics.note(error)
            response = Self.response(error)
            // What was refused before it was read may be long.
            if request.hasBody, error.isEarly {
                response.headers[.connection] = "close"
                context.closeSoon()
            }
        }
        if response.headers[.requestID] == nil {
            response.headers[.requestID] = "\(RequestID.random())"
        }
        response.headers[.xContentTypeOptions] = "nosniff"
        metrics.note(
            .init(
                method: Self.methodName(request.method), route: route,
                status: response.status.code),
            seconds: (ContinuousClock.now - started) / .seconds(1))
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func answer(
        _ request: Request, _ context: GatewayContext, route: inout String
    ) async throws -> Response {
        try originCheck.check(request.head)
        let path = (request.head.path ?? "/").prefix { $0 != "?" }
        let match = Endpoint.match(request.method, path)
        var owner = ""
        if let keys, !match.isOpen { owner = try keys.owner(request.head) }
        switch match {
        case .found(let endpoint, let parameter):
            route = endpoint.path
            return try await endpoints.answer(
                endpoint,
                EndpointRequest(
                    request: request, context: context, parameter: parameter, owner: owner))
        case .wrongMethod(let allowed):
            let names = allowed.map(\.rawValue).joined(separator: ", ")
            var error = APIError(
                .methodNotAllowed, "method_not_allowed", "\(path) takes \(names) only")
            error.allowed = allowed
            throw error
        case .unknown:
            if let instead = Endpoint.missing[String(path)] {
                throw APIError(
                    .notFound, "not_found", "\(path) is not here; use \(instead)")
            }
            throw APIError(
                .notFound, "not_found",
                "there is no \(path.prefix(128)); GET /openapi.json lists what there is")
        }
    }

    private static func response(_ error: APIError) -> Response {
        var response = Response(status: error.status, json: error.json)
        for header in error.headers { response.headers[header.name] = header.value }
        return response
    }

    /// Any other word is a client's own.
    private static func methodName(_ method: HTTPRequest.Method) -> String {
        let known: [HTTPRequest.Method] = [
            .get, .head, .post, .put, .patch, .delete, .options, .connect, .trace,
        ]
        return known.contains(method) ? method.rawValue : "_OTHER"
    }
}

extension APIError {
    /// Whether it is said before a body is read.
    fileprivate var isEarly: Bool {
        [401, 403, 404, 405, 408, 413, 415].contains(status.code)
    }
}

extension Request {
    var hasBody: Bool {
        headers[.transferEncoding] != nil || (headers[.contentLength] ?? "0") != "0"
    }
}

extension Response {
    init(status: HTTPResponse.Status = .ok, json: JSONValue) {
        self.init(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: json.text)))
    }

    init(text: String, mediaType: String) {
        self.init(
            status: .ok, headers: [.contentType: mediaType],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
