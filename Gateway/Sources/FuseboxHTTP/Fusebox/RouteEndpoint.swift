import FuseboxClient
import FuseboxWire
import Hummingbird

/// `POST /fusebox/v1/route`: how a prompt would be routed; nothing runs.
///
/// The body has `prompt` or `messages`, and selects as a request for text does.
struct RouteEndpoint {
    let client: FuseboxClient
    let feed: SnapshotFeed

    func answer(_ request: EndpointRequest) async throws -> Response {
        var body = try FieldReader(try await request.body(), at: "")
        var options = try body.object("fusebox") ?? FieldReader([:], prefix: "fusebox.")
        if let refusal = feed.latest.refusal { throw refusal }
        let selection = try await feed.resolving { catalog in
            try SelectionFields.selection(&body, &options, catalog)
        }
        let prompt: WirePrompt
        if let text = try body.string("prompt") {
            prompt = WirePrompt { $0.text = text }
        } else {
            prompt = try PromptFields.chat(&body)
        }
        do {
            return Response(
                json: .object(RouteDocument.json(try await client.route(prompt, selection))))
        } catch {
            throw APIError(error)
        }
    }
}
