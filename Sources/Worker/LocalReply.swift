internal import Adapters
internal import FoundationEssentials
public import Inference
internal import Kernels
internal import Models
internal import Tensors
public import Wire

/// One reply made in this process: what a worker does for a front, without either.
public struct LocalReply {
    public var prompt: WirePrompt
    /// All mixes of the reply, known beforehand; each takes over at its token.
    public var segments: [MixSegment]
    public var reason = WireReason.requested
    public var kvRule = WireKVRule.keep
    public var sampling = WireSampling()
    public var limits = WireLimits()

    public init(prompt: WirePrompt, segments: [MixSegment]) {
        self.prompt = prompt
        self.segments = segments
    }

    /// Runs to the end and returns it; `emit` gets each chunk.
    public func run(
        on runner: JobRunner, emit: (WireChunk) -> Void
    ) throws(WorkerError) -> WireDone {
        let model = runner.model
        let ids = try PromptEncoder(tokenizer: model.tokenizer).encode(prompt)
        let edition = HeldEdition(own: model)
        let shown = segments.map { WireSegment($0, names: edition.names, reason: reason) }
        let sampling = sampling.completed(by: WireSampling(model.loaded.samplingDefaults))
        let dispatch = WireDispatch {
            $0.prompt = prompt
            $0.segments = Array(shown.prefix(1))
            $0.sampling = sampling
            $0.limits = limits
            $0.kvRule = kvRule
        }
        var job = try Job(
            dispatch, prompt: ids, edition: edition, contextLength: runner.engine.contextLength)
        job.coming = Array(segments.dropFirst())
        let id = try runner.start(job)
        var tokens: [UInt32] = []
        while true {
            for (source, event) in runner.runStep() where source == id {
                switch event {
                case .chunk(let offset, let new, let text, _):
                    tokens += new.map { UInt32(clamping: $0) }
                    emit(
                        WireChunk {
                            $0.offset = UInt32(clamping: offset)
                            $0.ids = new.map { UInt32(clamping: $0) }
                            $0.text = text
                        })
                case .routed, .promptScores: continue
                case .failed(let error): throw error
                case .finished(let ending, _, let cachedTokens):
                    return WireDone {
                        $0.reason = ending.wire
                        $0.usage.promptTokens = UInt32(clamping: ids.count)
                        $0.usage.completionTokens = UInt32(clamping: tokens.count)
                        $0.usage.cachedTokens = UInt32(clamping: cachedTokens)
                        $0.provenance = provenance(
                            runner, job, sampling: sampling, tokens: tokens, segments: shown)
                    }
                }
            }
        }
    }

    private func provenance(
        _ runner: JobRunner, _ job: Job, sampling: WireSampling, tokens: [UInt32],
        segments: [WireSegment]
    ) -> WireProvenance {
        let transformer = runner.model.loaded.transformer
        return WireProvenance {
            $0.base = Data(transformer.digest.bytes)
            $0.type = transformer.precision.name
            $0.kernels = runner.engine.kernelName
            $0.kvRule = kvRule == .unspecified ? .keep : kvRule
            $0.seed = sampling.seed
            $0.segments = segments
            $0.promptTokens = job.request.prompt.map { UInt32(clamping: $0) }
            $0.tokens = tokens
            $0.sampling = sampling
            $0.limits = limits
            $0.limits.maxTokens = UInt32(clamping: job.request.maxTokens)
            $0.warnings = Set(self.segments.flatMap(\.mix.shares)).flatMap { share in
                runner.model.loaded.shelf[share.adapter]?.warnings ?? []
            }.sorted()
        }
    }
}
