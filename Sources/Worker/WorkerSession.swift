internal import Adapters
internal import FoundationEssentials
internal import Inference
internal import Kernels
internal import Models
internal import Routing
internal import Tensors
internal import Tokenization
internal import Translation
public import Wire

/// What a worker makes of the front's orders: pure apart from the runner, without sockets and clocks of its own.
final class WorkerSession {
    /// A part of a request at this worker.
    private struct Part: Hashable {
        let request: Data
        let part: UInt32
    }

    private struct Running {
        let part: Part
        let epoch: UInt32
        let promptIDs: [UInt32]
        let deadline: ContinuousClock.Instant?
        let maxTokens: UInt32
        var completionTokens: UInt32
        let edition: HeldEdition
    }

    /// How much longer than predicted a step may take, and what is said before anything is known.
    private static let silenceFactor = 8.0
    private static let unknownSilence: UInt32 = 60_000
    /// Silence that nobody is told of, and the longest that is asked for, in milliseconds.
    private static let usualSilence = 1000.0
    private static let longestSilence = 600_000.0

    private let runner: JobRunner
    private let encoder: PromptEncoder
    private let editions: EditionShelf
    private var running: [Int: Running] = [:]
    private var jobs: [Part: Int] = [:]
    /// What the front was told of adapters.
    private var toldFigures: [Digest: AdapterFigures] = [:]
    private(set) var isDraining = false

    init(_ runner: JobRunner) {
        self.runner = runner
        encoder = PromptEncoder(tokenizer: runner.model.tokenizer)
        editions = EditionShelf(runner)
    }

    /// Nothing runs.
    var isIdle: Bool { running.isEmpty }
    /// Adapters are to be loaded.
    var isLoading: Bool { editions.isLoading }

    /// The worker's introduction.
    ///
    /// - Parameter identity: what the front gave the process; empty for one that was started by hand.
    func ready(processID: Int32, identity: [UInt8]) -> WireReady {
        let model = runner.model
        return WireReady { ready in
            ready.pid = processID
            ready.slots = UInt32(clamping: runner.engine.slotCount)
            ready.context = UInt32(clamping: runner.engine.contextLength)
            ready.identity = Data(identity)
            ready.vocabulary = UInt32(
                clamping: model.loaded.transformer.configuration.vocabularySize)
            ready.cacheTokens = UInt64(clamping: runner.engine.cacheTokenCount)
            ready.base = Data(model.loaded.transformer.digest.bytes)
            ready.router = Data(model.router?.digest.bytes ?? [])
            ready.type = model.loaded.transformer.precision.name
            ready.kernels = runner.engine.kernelName
            ready.defaults = WireSampling(model.loaded.samplingDefaults)
            ready.beginToken = model.tokenizer.beginOfText ?? ""
            ready.endToken = model.tokenizer.endOfText ?? ""
            ready.refused = model.refusedAdapters.map {
                WireRefusedAdapter(folder: $0.name, reason: $0.reason)
            }
            ready.adapters = model.loaded.shelf.named.sorted { $0.key < $1.key }.map {
                name, adapter in WireResidentAdapter(adapter, name: name)
            }
        }
    }

    /// How long the adapter or the step that is due may keep this worker from saying anything, in milliseconds; 0: not
    /// unusually long.
    var silence: UInt32 {
        if isLoading { return Self.unknownSilence }
        return isIdle ? 0 : Self.silence(predicted: runner.engine.nextStepSeconds)
    }

    static func silence(predicted seconds: Double?) -> UInt32 {
        guard let seconds else { return unknownSilence }
        let milliseconds = seconds * silenceFactor * 1000
        return milliseconds > usualSilence ? UInt32(min(milliseconds, longestSilence)) : 0
    }

    func heartbeat(silence: UInt32 = 0, rollCall: UInt64 = 0) -> WireHeartbeat {
        WireHeartbeat {
            $0.silenceMs = silence
            $0.rollCall = rollCall
            $0.steps = UInt64(clamping: runner.engine.stepCount)
            $0.tokens = UInt64(clamping: runner.engine.tokenCount)
            $0.running = UInt32(clamping: running.count)
            $0.freeBlocks = UInt32(clamping: runner.engine.availableBlockCount)
            $0.promptTokens = UInt64(clamping: runner.engine.promptTokenCount)
            $0.cachedTokens = UInt64(clamping: runner.engine.cachedTokenCount)
            $0.evictedBlocks = UInt64(clamping: runner.engine.evictedBlockCount)
            $0.adapterBytes = UInt64(clamping: runner.engine.adapterByteCount)
            $0.adapterByteLimit = UInt64(clamping: runner.engine.adapterByteLimit)
            $0.adapters = newUses()
        }
    }

    /// What became of adapters of which the front does not know it yet.
    private func newUses() -> [WireAdapterResidency] {
        let adapters = Set(runner.engine.adapters)
        toldFigures = toldFigures.filter { adapters.contains($0.key) }
        var uses: [WireAdapterResidency] = []
        for adapter in adapters.sorted() {
            guard let figures = runner.engine.figures(of: adapter),
                figures != toldFigures[adapter, default: AdapterFigures()]
            else { continue }
            toldFigures[adapter] = figures
            uses.append(
                WireAdapterResidency {
                    $0.adapter = Data(adapter.bytes)
                    $0.resident = figures.isResident
                    $0.loads = UInt64(clamping: figures.loadCount)
                    $0.evictions = UInt64(clamping: figures.evictionCount)
                    $0.uses = UInt64(clamping: figures.useCount)
                    $0.loadMs = Float(figures.loadSeconds * 1000)
                })
        }
        return uses
    }

    /// Obeys an order; what it has to say at once is returned.
    func receive(_ order: WorkerOrder, now: ContinuousClock.Instant) -> [WorkerReport] {
        switch order {
        case .dispatch(let dispatch): return start(dispatch, now: now)
        case .cancel(let cancel):
            let part = Part(request: cancel.request, part: cancel.part)
            guard let id = jobs[part], running[id]?.epoch == cancel.epoch else { return [] }
            return [end(id, .reason(.cancelled))].compactMap(\.self)
        case .expect(let expect):
            let adapters = expect.adapters.compactMap { Digest(bytes: $0) }
            runner.expect(AdapterMix(shares: adapters.map { .init(adapter: $0, weight: 1) }))
            return []
        case .drain:
            isDraining = true
            return []
        case .edition(let edition):
            editions.take(edition)
            return []
        case .dropEdition(let edition):
            editions.drop(edition)
            return []
        case .heartbeat(let heartbeat):
            guard heartbeat.rollCall > 0 else { return [] }
            return [.heartbeat(self.heartbeat(rollCall: heartbeat.rollCall))]
        case .failed: return []
        }
    }

    /// Loads an adapter that the front wants held.
    func loadNext() -> [WorkerReport] { editions.loadNext() }

    /// Runs a step and reports what it brought.
    func runStep(now: ContinuousClock.Instant) -> [WorkerReport] {
        var reports: [WorkerReport] = []
        for (id, job) in running {
            guard let deadline = job.deadline, deadline <= now else { continue }
            reports += [end(id, .reason(.deadline))].compactMap(\.self)
        }
        for (id, event) in runner.runStep() {
            guard let job = running[id] else { continue }
            switch event {
            case .chunk(let offset, let ids, let text, let scores):
                running[id]?.completionTokens = UInt32(clamping: offset + ids.count)
                reports.append(
                    .chunk(
                        chunk(job) {
                            $0.offset = UInt32(clamping: offset)
                            $0.ids = ids.map { UInt32(clamping: $0) }
                            $0.text = text
                            $0.scores = wire(scores)
                        }))
            case .promptScores(let start, let scores):
                reports.append(
                    .chunk(
                        chunk(job) {
                            $0.promptOffset = UInt32(clamping: start)
                            $0.promptScores = wire(scores)
                        }))
            case .routed(let segment, let sentence):
                reports.append(.routed(routed(job, segment, sentence)))
            case .finished(let ending, let completionTokens, let cachedTokens):
                running[id]?.completionTokens = UInt32(clamping: completionTokens)
                reports += [end(id, .reason(ending.wire), cachedTokens: cachedTokens)].compactMap(
                    \.self)
            case .failed(let error):
                forget(id)
                reports.append(Self.failure(job.part, epoch: job.epoch, error))
            }
        }
        return reports
    }

    /// Ends the part of a report that cannot be sent, and returns what is to be said instead; nil: it is of no part.
    func fail(_ report: WorkerReport, because error: WireError) -> WorkerReport? {
        let (part, epoch): (Part, UInt32)
        switch report {
        case .ready, .heartbeat, .editionHeld: return nil
        case .chunk(let chunk):
            (part, epoch) = (Part(request: chunk.request, part: chunk.part), chunk.epoch)
        case .routed(let routed):
            (part, epoch) = (Part(request: routed.request, part: routed.part), routed.epoch)
        case .finished(let finished):
            (part, epoch) = (Part(request: finished.request, part: finished.part), finished.epoch)
        }
        if let id = jobs[part], running[id]?.epoch == epoch { forget(id) }
        return Self.failure(part, epoch: epoch, WorkerError(.internal, error.message))
    }

    /// Forgets all work: the front gave it to others.
    func abandon() {
        for id in running.keys { runner.cancel(id) }
        running.removeAll()
        jobs.removeAll()
        editions.dropAll()
    }

    private func start(_ dispatch: WireDispatch, now: ContinuousClock.Instant) -> [WorkerReport] {
        let part = Part(request: dispatch.request, part: dispatch.part)
        if let id = jobs[part] { forget(id) }
        do throws(WorkerError) {
            let prompt = try encoder.encode(
                dispatch.prompt, addSpecialTokens: !dispatch.noSpecialTokens)
            if dispatch.encodeOnly { return try answer(dispatch, prompt) }
            let edition = try editions.edition(dispatch.edition)
            let job = try Job(
                dispatch, prompt: prompt, edition: edition,
                contextLength: runner.engine.contextLength)
            let id = try runner.start(job)
            let limit = dispatch.limits.deadlineMs
            running[id] = Running(
                part: part, epoch: dispatch.epoch, promptIDs: prompt.map { UInt32(clamping: $0) },
                deadline: limit > 0 ? now + .milliseconds(Int64(limit)) : nil,
                maxTokens: UInt32(clamping: job.request.maxTokens),
                completionTokens: UInt32(clamping: dispatch.emitted.count), edition: edition)
            jobs[part] = id
            return []
        } catch {
            return [Self.failure(part, epoch: dispatch.epoch, error)]
        }
    }

    /// All that there is to say of a prompt that is not run: its ids, and of ids the text.
    private func answer(
        _ dispatch: WireDispatch, _ prompt: [Int32]
    ) throws(WorkerError) -> [WorkerReport] {
        var reports: [WorkerReport] = []
        if case .tokens = dispatch.prompt.form {
            let text = try encoder.text(
                of: prompt,
                vocabulary: runner.model.loaded.transformer.configuration.vocabularySize)
            let chunk = WireWorkerChunk {
                $0.request = dispatch.request
                $0.part = dispatch.part
                $0.epoch = dispatch.epoch
                $0.text = text
            }
            if !text.isEmpty { reports.append(.chunk(chunk)) }
        }
        let finished = WireFinished {
            $0.request = dispatch.request
            $0.part = dispatch.part
            $0.epoch = dispatch.epoch
            $0.reason = .length
            $0.promptTokens = prompt.map { UInt32(clamping: $0) }
            $0.usage.promptTokens = UInt32(clamping: prompt.count)
        }
        return reports + [.finished(finished)]
    }

    private func wire(_ scores: [TokenScore]) -> [WireTokenScore] {
        scores.map { WireTokenScore($0, tokenizer: runner.model.tokenizer) }
    }

    private static func failure(_ part: Part, epoch: UInt32, _ error: WorkerError) -> WorkerReport {
        .finished(
            WireFinished {
                $0.request = part.request
                $0.part = part.part
                $0.epoch = epoch
                $0.outcome = .failure(error.code)
                $0.message = error.description
            })
    }

    private func forget(_ id: Int) {
        runner.cancel(id)
        if let job = running.removeValue(forKey: id) { jobs[job.part] = nil }
    }

    private func end(
        _ id: Int, _ outcome: WireFinished.OneOf_Outcome, cachedTokens: Int = 0
    ) -> WorkerReport? {
        guard let job = running[id] else { return nil }
        forget(id)
        return .finished(
            WireFinished {
                $0.request = job.part.request
                $0.part = job.part.part
                $0.epoch = job.epoch
                $0.outcome = outcome
                $0.usage.promptTokens = UInt32(clamping: job.promptIDs.count)
                $0.usage.completionTokens = job.completionTokens
                $0.usage.cachedTokens = UInt32(clamping: cachedTokens)
                $0.promptTokens = job.promptIDs
                $0.maxTokens = job.maxTokens
            })
    }

    private func chunk(
        _ job: Running, _ fill: (inout WireWorkerChunk) -> Void
    ) -> WireWorkerChunk {
        var chunk = WireWorkerChunk()
        chunk.request = job.part.request
        chunk.part = job.part.part
        chunk.epoch = job.epoch
        fill(&chunk)
        return chunk
    }

    private func routed(
        _ job: Running, _ segment: MixSegment, _ sentence: SentenceRoute
    ) -> WireWorkerRouted {
        WireWorkerRouted {
            $0.request = job.part.request
            $0.part = job.part.part
            $0.epoch = job.epoch
            $0.segment = WireSegment(segment, names: job.edition.names, reason: .routed)
            if let router = job.edition.router {
                $0.sentence = WireSentenceRoute(sentence, router: router)
            }
        }
    }
}

extension JobEvent.Ending {
    /// As the wire names it.
    public var wire: WireFinishReason {
        switch self {
        case .endOfText: .end
        case .stop: .stop
        case .length: .length
        }
    }
}
