import FuseboxClient
import FuseboxWire
import Hummingbird
import NIOCore

import struct Wire.RequestID

/// What each endpoint answers.
struct Endpoints: Sendable {
    let generation: GenerationEndpoint
    let client: FuseboxClient
    let feed: SnapshotFeed
    let metrics: Metrics
    let page = Page()

    func answer(_ endpoint: Endpoint, _ request: EndpointRequest) async throws -> Response {
        switch endpoint {
        case .models: Response(json: ModelList.json(feed.latest.catalog))
        case .model: try model(request.parameter)
        case .chatCompletions: try await generation.answer(request, .chat)
        case .completions: try await generation.answer(request, .completion)
        case .tokenize: try await tokens.tokenize(request)
        case .detokenize: try await tokens.detokenize(request)
        case .tokenizerInfo: try tokens.information()
        case .health: health(isGood: feed.latest.isReady)
        case .live: health(isGood: true)
        case .ready: health(isGood: feed.latest.isReady)
        case .version: version()
        case .metrics: prometheus()
        case .openAPI: Response(text: OpenAPI.document, mediaType: "application/json")
        case .page: page.response
        case .route: try await RouteEndpoint(client: client, feed: feed).answer(request)
        case .status: try status()
        case .adapters: try adapters()
        case .events: events()
        case .reply: try await generation.attach(request)
        case .cancel: try cancel(request.parameter)
        }
    }

    private var tokens: TokenEndpoints { TokenEndpoints(client: client, feed: feed) }

    private func model(_ encoded: String) throws(APIError) -> Response {
        let name = encoded.percentDecoded ?? encoded
        let catalog = feed.latest.catalog
        _ = try catalog.selection(model: name)
        return Response(json: ModelList.json(name, catalog))
    }

    private func health(isGood: Bool) -> Response {
        Response(
            status: isGood ? .ok : .serviceUnavailable,
            json: .object(["status": .string(isGood ? "ok" : feed.latest.state)]))
    }

    private func version() -> Response {
        let version = feed.latest.status?.version ?? ""
        return Response(json: .object(["version": .string(version)]))
    }

    private func prometheus() -> Response {
        let status = feed.latest.status
        let text = metrics.read { PrometheusText($0, status).text }
        return Response(text: text, mediaType: PrometheusText.mediaType)
    }

    private func status() throws(APIError) -> Response {
        Response(json: .object(feed.document))
    }

    private func adapters() throws(APIError) -> Response {
        let snapshot = feed.latest
        if snapshot.status == nil, let refusal = snapshot.refusal { throw refusal }
        let adapters = metrics.read { SnapshotDocument.adapters(snapshot.adapters, $0) }
        return Response(
            json: .object([
                "adapters": adapters,
                "refused": AdaptersDocument.json(snapshot.adapters)["refused"] ?? .array([]),
            ]))
    }

    private func events() -> Response {
        let events = feed.events()
        return Response(
            status: .ok, headers: EventWriter.headers,
            body: ResponseBody { writer in
                for await event in events { try await writer.write(ByteBuffer(string: event)) }
                try await writer.finish(nil)
            })
    }

    private func cancel(_ name: String) throws(APIError) -> Response {
        let id = try RequestID(parameter: name)
        client.cancel(id)
        return Response(status: .accepted, json: .object(["request": .string("\(id)")]))
    }
}
