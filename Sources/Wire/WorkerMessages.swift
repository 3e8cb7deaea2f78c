// The messages between a worker and the front: kinds and checks.

extension WireReady: WireMessage {
    public static let kind = Kind.ready

    public func validate() throws(WireError) {
        guard slots > 0, context > 0 else {
            throw WireError(.invalidField, "a worker must have slots and context")
        }
        try FieldCheck.digest(base, "base")
        try FieldCheck.digest(router, "router", optional: true)
        guard identity.isEmpty || identity.count == RequestID.byteCount else {
            throw WireError(
                .invalidField, "identity has \(identity.count) bytes, not \(RequestID.byteCount)")
        }
        try WireResidentAdapter.validate(adapters)
        try defaults.validate()
        try WireRefusedAdapter.validate(refused)
    }
}

extension WireResidentAdapter {
    static func validate(_ adapters: [WireResidentAdapter]) throws(WireError) {
        try FieldCheck.count(adapters.count, "adapters", atMost: FieldCheck.nameLimit)
        for adapter in adapters {
            try FieldCheck.name(adapter.name, "adapter")
            try FieldCheck.digest(adapter.digest, "digest")
            try FieldCheck.count(
                adapter.warnings.count, "warnings", atMost: FieldCheck.warningLimit)
        }
    }
}

extension WireEditionHeld: WireMessage {
    public static let kind = Kind.editionHeld

    public func validate() throws(WireError) {
        try FieldCheck.digest(edition, "edition")
        try WireResidentAdapter.validate(adapters)
        try WireRefusedAdapter.validate(refused)
    }
}

extension WireEdition: WireMessage {
    public static let kind = Kind.edition

    public func validate() throws(WireError) {
        try FieldCheck.digest(edition, "edition")
        try FieldCheck.count(adapters.count, "adapters", atMost: FieldCheck.nameLimit)
        for adapter in adapters {
            try FieldCheck.name(adapter.name, "adapter")
            try FieldCheck.digest(adapter.digest, "digest")
        }
        try FieldCheck.digest(router, "router", optional: true)
    }
}

extension WireDropEdition: WireMessage {
    public static let kind = Kind.dropEdition

    public func validate() throws(WireError) {
        try FieldCheck.digest(edition, "edition")
    }
}

extension WireHeartbeat: WireMessage {
    public static let kind = Kind.heartbeat

    public func validate() throws(WireError) {
        try FieldCheck.count(adapters.count, "adapters", atMost: FieldCheck.nameLimit)
        for use in adapters {
            try FieldCheck.digest(use.adapter, "adapter")
            try FieldCheck.number(use.loadMs, "load_ms", in: 0...3_600_000)
        }
    }
}

extension WireWorkerChunk: RequestMessage {
    public static let kind = Kind.workerChunk

    public func validate() throws(WireError) {
        try FieldCheck.request(request)
        try FieldCheck.part(part)
        try FieldCheck.span(offset: offset, count: ids.count)
        try WireTokenScore.validate(
            scores, of: ids, prompt: promptScores, offset: promptOffset, text: text)
    }

    /// Bytes of text in a chunk: more than any model says with the tokens of one step.
    public static let textByteLimit = 256 << 10
}

extension WireWorkerRouted: RequestMessage {
    public static let kind = Kind.workerRouted

    public func validate() throws(WireError) {
        try FieldCheck.request(request)
        try FieldCheck.part(part)
        try segment.validate()
        try FieldCheck.known(segment.reason, "reason")
        try sentence.validate()
    }
}

extension WireFinished: RequestMessage {
    public static let kind = Kind.finished

    public func validate() throws(WireError) {
        try FieldCheck.request(request)
        try FieldCheck.part(part)
        switch outcome {
        case .reason(let reason): try FieldCheck.known(reason, "reason")
        case .failure(let code): try FieldCheck.known(code, "failure")
        case nil: throw WireError(.invalidField, "the outcome is missing")
        }
        try FieldCheck.count(promptTokens.count, "prompt_tokens", atMost: FieldCheck.tokenLimit)
    }
}

extension WireDispatch: RequestMessage {
    public static let kind = Kind.dispatch

    public func validate() throws(WireError) {
        try FieldCheck.request(request)
        try FieldCheck.part(part)
        try prompt.validate()
        try sampling.validate()
        guard sampling.hasSeed else { throw WireError(.invalidField, "the seed is missing") }
        try limits.validate()
        try scores.validate()
        try FieldCheck.known(kvRule, "kv_rule")
        guard let first = segments.first, first.fromToken == 0 else {
            throw WireError(.invalidField, "the first segment must govern token 0")
        }
        try FieldCheck.count(segments.count, "segments", atMost: FieldCheck.segmentLimit)
        for (segment, next) in zip(segments, segments.dropFirst())
        where segment.fromToken >= next.fromToken {
            throw WireError(.invalidField, "segments are not in the order of their tokens")
        }
        for segment in segments {
            try segment.validate()
            try FieldCheck.known(segment.reason, "reason")
        }
        try FieldCheck.count(emitted.count, "emitted", atMost: FieldCheck.tokenLimit)
        try FieldCheck.count(
            allowedAdapters.count, "allowed_adapters", atMost: FieldCheck.nameLimit)
        for digest in allowedAdapters { try FieldCheck.digest(digest, "allowed_adapters") }
        try FieldCheck.known(weighting, "weighting")
        try FieldCheck.number(gain, "gain", in: -64...64)
        try FieldCheck.digest(router, "router", optional: true)
        try FieldCheck.digest(edition, "edition", optional: true)
    }
}

extension WireWorkerCancel: RequestMessage {
    public static let kind = Kind.workerCancel

    public func validate() throws(WireError) {
        try FieldCheck.request(request)
        try FieldCheck.part(part)
    }
}

extension WireExpect: WireMessage {
    public static let kind = Kind.expect

    public func validate() throws(WireError) {
        try FieldCheck.count(adapters.count, "adapters", atMost: FieldCheck.nameLimit)
        for digest in adapters { try FieldCheck.digest(digest, "adapters") }
    }
}

extension WireDrain: WireMessage {
    public static let kind = Kind.drain

    public func validate() throws(WireError) {}
}
