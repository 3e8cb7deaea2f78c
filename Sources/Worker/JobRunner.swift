public import Adapters
public import Inference
internal import Kernels
internal import Models
internal import Routing
internal import Tensors
internal import Tokenization
internal import Wire

/// Runs jobs on an engine: tokens in, text, routes and endings out.
///
/// Owned by one thread.
public final class JobRunner {
    public private(set) var model: ServedModel
    public let engine: Engine
    private var replies: [Int: Reply] = [:]

    private struct Reply {
        let job: Job
        var text: ReplyText
        /// Events of the replay, to be handed out with the next step.
        var pending: [JobEvent] = []
    }

    /// - Parameter settings: nil: those that fit the model and what memory was left before it was loaded.
    public init(model: ServedModel, settings: EngineSettings? = nil) throws(WorkerError) {
        self.model = model
        do {
            engine = try Engine(
                model: model.loaded.transformer, shelf: model.loaded.shelf,
                kernels: model.loaded.kernels, pool: model.loaded.pool,
                settings: settings ?? EngineSettings(for: model.loaded))
        } catch {
            throw WorkerError(.resourceExhausted, "\(error)")
        }
        // The engine has them now, and lets go of those whose room it needs.
        self.model.loaded.dropAdapterWeights()
    }

    public var hasWork: Bool { !replies.isEmpty }

    /// Takes one more adapter between two steps, by its content alone.
    ///
    /// - Parameter digest: what the folder must hold; nil: whatever it does.
    func hold(path: String, digest: Digest? = nil) throws(WorkerError) -> ShelvedAdapter {
        do {
            let adapter = try ShelvedAdapter(reading: model.loaded.adapterSource(path: path))
            guard digest.map({ $0 == adapter.digest }) ?? true else {
                throw AdapterError(
                    .malformed, "\(path): holds other bytes, with the digest \(adapter.digest)")
            }
            guard adapter.byteCount <= engine.adapterByteLimit else {
                throw AdapterError(
                    .unsupported,
                    "\(path): takes \(adapter.byteCount) bytes, all adapters may take \(engine.adapterByteLimit); start the worker with more --adapter-memory"
                )
            }
            engine.hold(adapter)
            return adapter
        } catch {
            throw WorkerError(.invalidArgument, "\(error)")
        }
    }

    /// Says that a mix will be asked for soon; one that cannot be had is no error.
    public func expect(_ mix: AdapterMix) {
        engine.expect(mix)
    }

    /// Starts a job; its events come from `runStep` under the number returned.
    public func start(_ job: Job) throws(WorkerError) -> Int {
        var job = job
        if !job.ignoresEndOfText { job.request.endOfTextIDs.formUnion(model.endOfTextIDs) }
        var text = ReplyText(job, tokenizer: model.tokenizer, router: replyRouter(job))
        var pending: [JobEvent] = []
        var missing = ""
        for (index, id) in job.request.emitted.enumerated() {
            let isLast = index + 1 == job.request.emitted.count
            let (piece, route) = text.replay(id, index: index, isLast: isLast)
            missing += piece
            if let route {
                job.request.segments.append(route.segment)
                pending.append(.routed(route.segment, route.sentence))
            }
        }
        let emittedCount = job.request.emitted.count
        if !missing.isEmpty {
            pending.insert(.chunk(offset: emittedCount, ids: [], text: missing, scores: []), at: 0)
        }
        if text.isStopped { job.request.maxTokens = emittedCount }
        do throws(InferenceError) {
            for segment in job.coming { try engine.check(segment.mix) }
            let id = try engine.submit(job.request)
            for segment in job.coming { engine.expect(segment.mix) }
            replies[id] = Reply(job: job, text: text, pending: pending)
            return id
        } catch {
            throw WorkerError(error.code, "\(error)")
        }
    }

    /// Ends a job without any more events.
    public func cancel(_ id: Int) {
        replies[id] = nil
        engine.cancel(id)
    }

    /// Runs one forward pass and returns what it brought, in order.
    public func runStep() -> [(id: Int, event: JobEvent)] {
        var events: [(id: Int, event: JobEvent)] = []
        for (id, reply) in replies where !reply.pending.isEmpty {
            events += reply.pending.map { (id, $0) }
            replies[id]?.pending.removeAll()
        }
        for event in engine.runStep() {
            switch event {
            case .token(let id, let index, let token, let score):
                receive(token, score, index: index, of: id, into: &events)
            case .promptScores(let id, let start, let scores):
                events.append((id, .promptScores(start: start, scores)))
            case .finished(let id, let reason, let tokenCount, let cachedCount):
                finish(
                    id, reason == .endOfText ? .endOfText : .length, completionTokens: tokenCount,
                    cachedTokens: cachedCount, into: &events)
            case .failed(let id, let error): fail(id, error, into: &events)
            }
        }
        return events
    }

    private func receive(
        _ token: Int32, _ score: TokenScore?, index: Int, of id: Int,
        into events: inout [(id: Int, event: JobEvent)]
    ) {
        // In its place: a copy of the text's state for every token would grow with the reply.
        guard let (text, route) = replies[id]?.text.push(token, index: index),
            let reply = replies[id]
        else { return }
        let scores = score.map { [$0] } ?? []
        events.append((id, .chunk(offset: index, ids: [token], text: text, scores: scores)))
        if reply.text.isStopped {
            let cached = engine.cancel(id)
            finish(id, .stop, completionTokens: index + 1, cachedTokens: cached, into: &events)
        } else if index + 1 < reply.job.request.maxTokens {
            do throws(InferenceError) {
                if let route {
                    try engine.route(id, to: route.segment.mix)
                    events.append((id, .routed(route.segment, route.sentence)))
                } else if let next = reply.job.coming.first(where: { $0.fromToken == index + 1 }) {
                    try engine.route(id, to: next.mix)
                }
            } catch {
                engine.cancel(id)
                fail(id, error, into: &events)
            }
        }
    }

    /// Tells that a reply ended in the middle: under any other mix it would not be what was asked for.
    private func fail(
        _ id: Int, _ error: InferenceError, into events: inout [(id: Int, event: JobEvent)]
    ) {
        guard replies.removeValue(forKey: id) != nil else { return }
        // What was had at the beginning is missed by this worker's fault, not by the client's.
        let code: WireCode = if case .unknownAdapter = error { .internal } else { error.code }
        events.append((id, .failed(WorkerError(code, "\(error)"))))
    }

    private func finish(
        _ id: Int, _ ending: JobEvent.Ending, completionTokens: Int, cachedTokens: Int,
        into events: inout [(id: Int, event: JobEvent)]
    ) {
        guard var reply = replies.removeValue(forKey: id) else { return }
        let rest = reply.text.finish()
        if !rest.isEmpty {
            events.append((id, .chunk(offset: completionTokens, ids: [], text: rest, scores: [])))
        }
        let ending = reply.text.isStopped ? .stop : ending
        events.append(
            (id, .finished(ending, completionTokens: completionTokens, cachedTokens: cachedTokens)))
    }

    private func replyRouter(_ job: Job) -> ReplyRouter? {
        guard let rerouting = job.rerouting, job.request.kvRule != .pin else { return nil }
        return ReplyRouter(
            router: rerouting.router, userMessage: rerouting.userMessage, policy: rerouting.policy,
            allowing: rerouting.allowed)
    }
}

extension InferenceError {
    /// As the wire names it.
    fileprivate var code: WireCode {
        switch self {
        case .contextOverflow, .sequenceOverflow, .memoryOverflow: .contextOverflow
        case .unknownAdapter: .notFound
        case .emptyPrompt, .idOutOfRange, .coefficients, .mix: .invalidArgument
        case .notFinite, .adapter: .internal
        case .setting, .outOfMemory, .adapterOverflow: .resourceExhausted
        }
    }
}
