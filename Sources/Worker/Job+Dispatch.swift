internal import Adapters
internal import Inference
internal import Models
internal import Routing
internal import Tensors
internal import Translation
internal import Wire

extension Job {
    /// Reads what the front dispatches.
    ///
    /// - Parameters:
    ///   - prompt: the prompt's ids.
    ///   - edition: what the part was accepted under.
    init(_ dispatch: WireDispatch, prompt: [Int32], edition: HeldEdition, contextLength: Int)
        throws(WorkerError)
    {
        var segments: [MixSegment] = []
        for segment in dispatch.segments {
            segments.append(try MixSegment(segment))
        }
        let limits = dispatch.limits
        // A prompt that leaves no room at all is refused for it, as it would be with a length.
        let room = max(contextLength - prompt.count, 1)
        var request = GenerationRequest(
            prompt: prompt, segments: segments,
            maxTokens: limits.maxTokens > 0 ? limits.tokenLimit : min(limits.tokenLimit, room))
        if dispatch.hasScores {
            request.scores = ScoreRequest(
                ofReply: dispatch.scores.reply,
                promptStart: dispatch.scores.prompt ? Int(dispatch.promptScored) : nil,
                topCount: Int(dispatch.scores.top))
        }
        request.emitted = dispatch.emitted.map { Int32(clamping: $0) }
        request.kvRule = KVRule(dispatch.kvRule)
        request.sampling = SamplingParameters(dispatch.sampling)
        self.init(request: request)
        stop = limits.stop
        ignoresEndOfText = limits.ignoreEos
        emittedTextByteCount = Int(dispatch.emittedTextBytes)
        if dispatch.reroute { rerouting = try Rerouting(dispatch, edition: edition) }
    }
}

extension Job.Rerouting {
    init?(_ dispatch: WireDispatch, edition: HeldEdition) throws(WorkerError) {
        var allowed: Set<Digest> = []
        for bytes in dispatch.allowedAdapters {
            guard let digest = Digest(bytes: bytes), edition.names[digest] != nil else {
                throw WorkerError(
                    .unavailable, "an adapter that the request may use is not at this worker")
            }
            allowed.insert(digest)
        }
        guard dispatch.router.isEmpty || Digest(bytes: dispatch.router) == edition.router?.digest
        else {
            throw WorkerError(
                .unavailable,
                "this worker's router is \(edition.router?.digest.description ?? "none"), the request was routed by another"
            )
        }
        guard let router = edition.router else { return nil }
        do {
            let policy = try AdapterPolicy(dispatch.weighting, gain: dispatch.gain)
            self.init(
                userMessage: dispatch.routedText, policy: policy,
                allowed: allowed.isEmpty ? nil : allowed, router: router)
        } catch {
            throw WorkerError(.invalidArgument, "\(error)")
        }
    }
}

extension KVRule {
    init(_ rule: WireKVRule) {
        switch rule {
        case .recompute: self = .recompute
        case .pin: self = .pin
        case .keep, .unspecified, .UNRECOGNIZED: self = .keep
        }
    }
}

extension WireSampling {
    /// A model's own defaults.
    init(_ defaults: SamplingDefaults) {
        self.init()
        if let value = defaults.temperature { temperature = value }
        if let value = defaults.topK { topK = UInt32(clamping: value) }
        if let value = defaults.topP { topP = value }
        if let value = defaults.minP { minP = value }
        if let value = defaults.repetitionPenalty { repetitionPenalty = value }
    }
}

extension SamplingParameters {
    init(_ sampling: WireSampling) {
        self.init()
        temperature = sampling.temperature
        topK = Int(sampling.topK)
        topP = sampling.topP == 0 ? 1 : sampling.topP
        minP = sampling.minP
        repetitionPenalty = sampling.repetitionPenalty == 0 ? 1 : sampling.repetitionPenalty
        presencePenalty = sampling.presencePenalty
        frequencyPenalty = sampling.frequencyPenalty
        seed = sampling.seed
    }
}
