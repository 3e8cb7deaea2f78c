import FuseboxClient
import FuseboxWire
import HTTPTypes
import Hummingbird

import struct Wire.RequestID

/// The adapters of the service, and how they change while requests run.
///
/// A path that a client names is one of the service's machine, and a change is everybody's: so changes are refused unless whoever
/// started the gateway allows them. The socket of a service lies in a folder of its user's own, a port of the same machine is
/// open to all of its users, and keys have no roles.
struct AdapterEndpoints: Sendable {
    let client: FuseboxClient
    let feed: SnapshotFeed
    let metrics: Metrics
    let allowsChanges: Bool
    let turns: KeyTurns

    /// `GET /fusebox/v1/adapters`, as the service has them now.
    func list() async throws(APIError) -> Response {
        try await feed.refreshAdapters()
        let adapters = feed.latest.adapters
        return Response(
            json: .object([
                "adapters": metrics.read { SnapshotDocument.adapters(adapters, $0) },
                "refused": AdaptersDocument.json(adapters)["refused"] ?? .array([]),
                "revision": JSONValue(adapters.revision),
            ]))
    }

    /// `GET /fusebox/v1/adapters/{name}`.
    func describe(_ request: EndpointRequest) async throws(APIError) -> Response {
        let name = try Self.name(request)
        try await feed.refreshAdapters()
        let adapters = feed.latest.adapters
        let documents = metrics.read { SnapshotDocument.adapters(adapters, $0) }
        guard let found = documents.array?.first(where: { $0["name"]?.string == name }) else {
            throw APIError(
                .notFound, "not_found",
                "there is no adapter \"\(name.prefix(64))\"; GET /fusebox/v1/adapters lists them",
                param: "name")
        }
        return Response(json: found)
    }

    /// What changes the shelf, in this gateway's words: the path has the name, except of what is added.
    func change(_ verb: WireAdapterVerb, _ request: EndpointRequest) async throws -> Response {
        try checkAllowed()
        let name = request.parameter.isEmpty ? nil : try Self.name(request)
        let body = verb == .remove ? JSONValue.object([:]) : try await request.optionalBody()
        let changed = try await make(WireChangeAdapter(verb, name: name, body), for: request)
        return Response(json: .object(AdaptersDocument.json(changed)))
    }

    /// `POST /v1/load_lora_adapter`, in vLLM's words.
    func load(_ request: EndpointRequest) async throws -> Response {
        try checkAllowed()
        let body = try await request.body()
        try await feed.refreshAdapters()
        let change = try WireChangeAdapter(loading: body) { name in
            feed.latest.catalog.adapters.contains { $0.name == name }
        }
        _ = try await make(change, for: request)
        return Self.success("LoRA adapter '\(change.name)' added successfully.")
    }

    /// `POST /v1/unload_lora_adapter`, in vLLM's words.
    func unload(_ request: EndpointRequest) async throws -> Response {
        try checkAllowed()
        let change = try WireChangeAdapter(unloading: try await request.body())
        _ = try await make(change, for: request)
        return Self.success("LoRA adapter '\(change.name)' removed successfully.")
    }

    private static func success(_ message: String) -> Response {
        Response(text: "Success: \(message)", mediaType: "text/plain; charset=utf-8")
    }

    private func checkAllowed() throws(APIError) {
        guard allowsChanges else {
            throw APIError(
                .forbidden, "forbidden",
                "this gateway does not change adapters; start it with --allow-adapter-changes, or use `fusebox adapters`"
            )
        }
    }

    private static func name(_ request: EndpointRequest) throws(APIError) -> String {
        guard let name = request.parameter.percentDecoded else {
            throw .invalid("the name in the path is no percent-encoded UTF-8", param: "name")
        }
        return name
    }

    /// Waits until the change is in force everywhere; whoever goes away stops the waiting, not the change.
    private func make(
        _ change: WireChangeAdapter, for request: EndpointRequest
    ) async throws -> WireAdapterChanged {
        var change = change
        change.requestID =
            request.request.headers[.idempotencyKey].map {
                RequestID(key: $0, owner: request.owner, choice: 0)
            } ?? .random()
        await turns.begin(change.requestID)
        defer { turns.end(change.requestID) }
        let answer = Task { [client, change] in try await client.changeAdapter(change) }
        let watch = try await request.context.watch()
        watch.onEnd { answer.cancel() }
        defer { watch.onEnd(nil) }
        do {
            let changed = try await answer.value
            // What is in force is told, whether or not the list comes.
            try? await feed.refreshAdapters()
            return changed
        } catch let error as ClientError {
            throw APIError(error)
        }
    }
}
