import FuseboxClient
import FuseboxWire
import HTTPTypes
import Hummingbird
import Messaging

import struct Wire.RequestID

/// Makes a response of a feed: one document, or chunks as they come.
struct ReplyWriter: Sendable {
    private let request: GenerationRequest
    private let feed: ReplyFeed
    /// Where a stream is written: at the socket's thread.
    private let executor: LoopExecutor
    private let metrics: Metrics
    private let catalog: Catalog
    private let created: Int64
    /// By choice, what goes before the reply.
    private let echoes: [String]

    init(
        _ request: GenerationRequest, echoes: [String], feed: ReplyFeed, executor: LoopExecutor,
        metrics: Metrics, catalog: Catalog, created: Int64
    ) {
        self.request = request
        self.echoes = echoes
        self.feed = feed
        self.executor = executor
        self.metrics = metrics
        self.catalog = catalog
        self.created = created
    }

    /// The response, once it is known that the service takes the request.
    ///
    /// - Parameter onEnd: called when all was written or nobody reads any more.
    /// - Throws: `APIError` for what is known before the first byte goes out.
    func response(onEnd: @escaping @Sendable () -> Void) async throws -> Response {
        var choices = echoes.map { ChoiceProgress(echo: $0, isCollected: !request.streams) }
        let early = try await open(&choices)
        let document = ReplyDocument(
            request, catalog: catalog, mix: choices.first?.firstMix, created: created)
        var headers: HTTPFields = [.requestID: "\(document.id)"]
        if let mix = choices.first?.firstMix { headers[.route] = Self.text(mix) }
        guard request.streams else {
            defer { onEnd() }
            return try await whole(document, choices, headers)
        }
        for field in EventWriter.headers { headers[field.name] = field.value }
        let opened = choices
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                defer {
                    end()
                    onEnd()
                }
                var events = EventWriter(writer)
                try await withTaskExecutorPreference(executor) {
                    try await stream(document, opened, early, to: &events)
                    try await events.finish()
                }
            })
    }

    /// Stops what still runs; doing it again changes nothing.
    func end() {
        feed.cancel()
        for submit in request.submissions {
            metrics.end(submit.requestID, format: request.format, now: .now)
        }
    }

    /// Reads until every choice was routed, which comes before its first token, also while it waits for a place.
    ///
    /// - Returns: what came beyond that.
    private func open(_ choices: inout [ChoiceProgress]) async throws(APIError)
        -> [(choice: Int, delta: ChoiceProgress.Delta)]
    {
        var early: [(choice: Int, delta: ChoiceProgress.Delta)] = []
        while choices.contains(where: { $0.firstMix == nil && $0.finish == nil }) {
            guard let item = await feed.next() else { throw Self.gone }
            if let found = try receive(item, &choices) { early.append(found) }
        }
        return early
    }

    private func receive(
        _ item: ReplyFeed.Item, _ choices: inout [ChoiceProgress]
    ) throws(APIError) -> (choice: Int, delta: ChoiceProgress.Delta)? {
        switch item {
        case .tick: return nil
        case .broken(let error): throw error
        case .event(let choice, let event):
            note(event)
            return try choices[choice].receive(event).map { (choice, $0) }
        }
    }

    private func note(_ event: ReplyEvent) {
        switch event {
        case .routed(let routed): metrics.note(routed)
        case .chunk(let chunk): metrics.note(chunk, format: request.format, now: .now)
        case .done(let done): metrics.note(done, format: request.format)
        case .accepted, .failed: break
        }
    }

    private func whole(
        _ document: ReplyDocument, _ choices: [ChoiceProgress], _ headers: HTTPFields
    ) async throws(APIError) -> Response {
        var choices = choices
        while let item = await feed.next() { _ = try receive(item, &choices) }
        guard choices.allSatisfy({ $0.finish != nil }) else { throw Self.gone }
        end()
        var response = Response(json: document.whole(choices))
        for field in headers { response.headers[field.name] = field.value }
        return response
    }

    @concurrent private func stream(
        _ document: ReplyDocument, _ opened: [ChoiceProgress],
        _ early: [(choice: Int, delta: ChoiceProgress.Delta)], to events: inout EventWriter
    ) async throws {
        var choices = opened
        for (choice, delta) in early {
            try await events.write(line: chunk(document, choice, delta, &choices))
        }
        do {
            while let item = await feed.next() {
                if case .tick = item { try await events.tick() }
                if let line = try line(for: item, document, &choices) {
                    try await events.write(line: line)
                }
            }
        } catch let error as APIError {
            // The head is out: the error is the last event, and there is no [DONE].
            metrics.note(error)
            return try await events.write(error.json)
        }
        guard choices.allSatisfy({ $0.finish != nil }) else { return }
        if request.includesUsage { try await events.write(document.usageChunk(choices)) }
        try await events.writeDone()
    }

    // Functions of their own, or a stream that waits would hold room for all their values: 20 KiB.

    @inline(never)
    private func line(
        for item: ReplyFeed.Item, _ document: ReplyDocument, _ choices: inout [ChoiceProgress]
    ) throws(APIError) -> String? {
        try receive(item, &choices).map { chunk(document, $0.choice, $0.delta, &choices) }
    }

    @inline(never)
    private func chunk(
        _ document: ReplyDocument, _ choice: Int, _ delta: ChoiceProgress.Delta,
        _ choices: inout [ChoiceProgress]
    ) -> String {
        EventWriter.line(document.chunk(choice, delta, &choices[choice]))
    }

    /// `hotels=0.625,positive=0.375`, as `select` takes it.
    private static func text(_ mix: WireMix) -> String {
        guard !mix.shares.isEmpty else { return Catalog.base }
        return mix.shares.map { "\($0.name)=\(Double($0.weight) / 1024)" }.joined(separator: ",")
    }

    /// Nobody reads what is said to a client that left.
    private static let gone = APIError(
        .serviceUnavailable, "cancelled", "the request was cancelled")
}
