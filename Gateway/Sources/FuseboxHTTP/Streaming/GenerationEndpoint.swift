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
    let turns: KeyTurns

    /// `POST /v1/chat/completions` and `POST /v1/completions`.
    func answer(_ request: EndpointRequest, _ format: ReplyFormat) async throws -> Response {
        let body = try await request.body()
        if let refusal = feed.latest.refusal { throw refusal }
        var generation = try await feed.resolving { catalog in
            try GenerationRequest(body, format: format, catalog: catalog)
        }
        if let key = request.request.headers[.idempotencyKey] {
            generation.identify(by: key, owner: request.owner)
        }
        let echoes = try await echoes(generation)
        let isKept = generation.keeps || request.request.headers[.idempotencyKey] != nil
        for submit in generation.submissions { await turns.begin(submit.requestID) }
        let streams = generation.submissions.map { submit in
            metrics.begin(submit.requestID, now: .now)
            return client.submit(submit)
        }
        return try await respond(generation, echoes, streams, isKept: isKept, request)
    }

    /// `GET /fusebox/v1/requests/{id}?from=TOKENS`: a reply that was kept, from an offset on.
    func attach(_ request: EndpointRequest) async throws -> Response {
        let id = try RequestID(parameter: request.parameter)
        let from = request.query("from") ?? "0"
        guard let offset = UInt32(from) else {
            throw APIError.invalid("from must be a count of tokens", param: "from")
        }
        if let refusal = feed.latest.refusal { throw refusal }
        await turns.begin(id)
        metrics.begin(id, now: .now)
        let stream = client.attach(id, from: offset == 0 ? [] : [offset])
        return try await respond(
            GenerationRequest(attaching: id), [""], [stream], isKept: true, request)
    }

    /// The prompts as text, where they begin the replies.
    private func echoes(_ generation: GenerationRequest) async throws -> [String] {
        guard generation.echoes else { return generation.submissions.map { _ in "" } }
        var echoes: [String] = []
        let count = generation.choicesPerPrompt
        for index in stride(from: 0, to: generation.submissions.count, by: count) {
            let text =
                switch generation.submissions[index].prompt.form {
                case .tokens(let tokens): try await TokenEndpoints.text(tokens.ids, client)
                case .raw(let text): text
                default: ""
                }
            echoes += Array(repeating: text, count: count)
        }
        return echoes
    }

    private func respond(
        _ generation: GenerationRequest, _ echoes: [String], _ streams: [ReplyStream],
        isKept: Bool, _ request: EndpointRequest
    ) async throws -> Response {
        let executor = request.context.loopExecutor
        let replies = ReplyFeed(streams, on: executor) { [client, turns] id, isWhole in
            // What was stopped half-way is no answer to the same request again.
            if !(isWhole ? isKept : generation.keeps) { client.close(id) }
            turns.end(id)
        }
        let reply = ReplyWriter(
            generation, echoes: echoes, feed: replies, executor: executor, metrics: metrics,
            catalog: feed.latest.catalog,
            created: Int64(Date().timeIntervalSince1970))
        let watch = try await request.context.watch()
        watch.onEnd { reply.end() }
        do {
            return try await reply.response(onEnd: { watch.onEnd(nil) })
        } catch {
            reply.end()
            watch.onEnd(nil)
            throw error
        }
    }
}
