import FoundationEssentials
import FuseboxClient
import FuseboxWire
import HTTPTypes
import Hummingbird

import struct Wire.RequestID

/// Has the service write text, and gives it back whole or as it comes.
struct GenerationEndpoint: Sendable {
    let client: FuseboxClient
    let feed: SnapshotFeed
    let metrics: Metrics

    /// `POST /v1/chat/completions` and `POST /v1/completions`.
    func answer(_ request: EndpointRequest, _ format: ReplyFormat) async throws -> Response {
        let body = try await request.body()
        let snapshot = feed.latest
        if let refusal = snapshot.refusal { throw refusal }
        var generation = try GenerationRequest(body, format: format, catalog: snapshot.catalog)
        if let key = request.request.headers[.idempotencyKey] {
            generation.identify(by: key, owner: request.owner)
        }
        let isKept = generation.keeps || request.request.headers[.idempotencyKey] != nil
        let streams = generation.submissions.map { submit in
            metrics.begin(submit.requestID, now: .now)
            return client.submit(submit)
        }
        return try await respond(generation, streams, isKept: isKept, snapshot, request)
    }

    /// `GET /fusebox/v1/requests/{id}?from=TOKENS`: a reply that was kept, from an offset on.
    func attach(_ request: EndpointRequest) async throws -> Response {
        let id = try RequestID(parameter: request.parameter)
        let from = request.query("from") ?? "0"
        guard let offset = UInt32(from) else {
            throw APIError.invalid("from must be a count of tokens", param: "from")
        }
        let snapshot = feed.latest
        if let refusal = snapshot.refusal { throw refusal }
        metrics.begin(id, now: .now)
        let stream = client.attach(id, from: offset == 0 ? [] : [offset])
        return try await respond(
            GenerationRequest(attaching: id), [stream], isKept: true, snapshot, request)
    }

    private func respond(
        _ generation: GenerationRequest, _ streams: [ReplyStream], isKept: Bool,
        _ snapshot: Snapshot, _ request: EndpointRequest
    ) async throws -> Response {
        let feed = ReplyFeed(streams) { [client] id in if !isKept { client.close(id) } }
        let watch = try await request.context.watch()
        watch.onEnd { feed.cancel() }
        let reply = ReplyWriter(
            generation, feed: feed, metrics: metrics, catalog: snapshot.catalog,
            created: Int64(Date().timeIntervalSince1970))
        do {
            let response = try await reply.response(onEnd: { watch.onEnd(nil) })
            return response
        } catch {
            feed.cancel()
            watch.onEnd(nil)
            reply.forget()
            throw error
        }
    }
}
