import FuseboxWire
import HTTPTypes
import Hummingbird
import NIOCore
import Tensors

/// A request to a known endpoint.
struct EndpointRequest: Sendable {
    private static let depthLimit = 32

    let request: Request
    let context: GatewayContext
    /// What the path has in the place of `{...}`.
    let parameter: String
    /// Whose key it carries; empty where no keys are asked for.
    let owner: String

    /// The body, which has to be JSON.
    ///
    /// - Throws: 415 for another kind, 413 for one that is too long, 408 for one that does not come, 400 for what is no JSON.
    func body() async throws -> JSONValue {
        let type = request.headers[.contentType] ?? ""
        guard type.prefix(while: { $0 != ";" && $0 != " " }).lowercased() == "application/json"
        else {
            throw APIError(
                .unsupportedMediaType, "unsupported_media_type",
                "the body must be JSON: content-type: application/json")
        }
        if let length = request.headers[.contentLength].flatMap({ Int($0) }),
            length > GatewaySettings.bodyLimit
        {
            throw Self.tooLarge
        }
        let bytes = try await collect()
        do throws(TensorError) {
            return try JSONValue(
                parsing: Array(bytes.readableBytesView),
                limits: JSONLimits(
                    depth: Self.depthLimit, byteCount: GatewaySettings.bodyLimit,
                    stringByteCount: GatewaySettings.bodyLimit))
        } catch {
            throw APIError.invalid("the body is no valid JSON: \(error.message)", param: nil)
        }
    }

    /// The body of a request that may go without one.
    func optionalBody() async throws -> JSONValue {
        request.hasBody ? try await body() : .object([:])
    }

    private func collect() async throws -> ByteBuffer {
        try await withThrowingTaskGroup(of: ByteBuffer.self) { group in
            group.addTask { [request] in
                do {
                    return try await request.body.collect(upTo: GatewaySettings.bodyLimit)
                } catch is NIOTooManyBytesError {
                    throw Self.tooLarge
                }
            }
            group.addTask {
                try await Task.sleep(for: GatewaySettings.bodyTime)
                throw APIError(.requestTimeout, "request_timeout", "the body took too long")
            }
            defer { group.cancelAll() }
            return try await group.next() ?? ByteBuffer()
        }
    }

    private static var tooLarge: APIError {
        APIError(
            .contentTooLarge, "too_large",
            "the body has more than \(GatewaySettings.bodyLimit) bytes; send less at once")
    }

    /// A member of the query; nil where it is left out.
    func query(_ name: String) -> String? {
        request.uri.queryParameters[Substring(name)].map(String.init)
    }
}
