import FuseboxClient
import FuseboxWire
import Hummingbird
import NIOCore

import struct Wire.RequestID

/// What each endpoint answers.
struct Endpoints: Sendable {
    let generation: GenerationEndpoint
    let adapters: AdapterEndpoints
    let client: FuseboxClient
    let feed: SnapshotFeed
    let metrics: Metrics
    let page = Page()

    func answer(_ endpoint: Endpoint, _ request: EndpointRequest) async throws -> Response {
        switch endpoint {
        case .models: Response(json: ModelList.json(feed.latest.catalog))
        case .model: try await model(request.parameter)
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
        case .events: events()
        case .reply: try await generation.attach(request)
        case .cancel: try cancel(request.parameter)
        case .adapters: try await adapters.list()
        case .adapter: try await adapters.describe(request)
        case .addAdapter: try await adapters.change(.add, request)
        case .replaceAdapter: try await adapters.change(.replace, request)
        case .removeAdapter: try await adapters.change(.remove, request)
        case .rollBackAdapter: try await adapters.change(.rollback, request)
        case .canaryAdapter: try await adapters.change(.canary, request)
        case .promoteAdapter: try await adapters.change(.promote, request)
        case .rescanAdapters: try await adapters.change(.rescan, request)
        case .loadAdapter: try await adapters.load(request)
        case .unloadAdapter: try await adapters.unload(request)
        }
    }

    private var tokens: TokenEndpoints { TokenEndpoints(client: client, feed: feed) }

    private func model(_ encoded: String) async throws -> Response {
        let name = encoded.percentDecoded ?? encoded
        return try await feed.resolving { catalog in
            _ = try catalog.selection(model: name)
            return Response(json: ModelList.json(name, catalog))
        }
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
