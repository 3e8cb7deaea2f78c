// The messages between a client and the front: kinds and checks. What a client sends is checked to
// the last field; what the front sends is checked in shape, so that a newer front may say more.

extension WireSubmit: RequestMessage {
    public static let kind = Kind.submit

    public func validate() throws(WireError) {
        try FieldCheck.request(request)
        try prompt.validate()
        try selection.validate()
        try sampling.validate()
        try limits.validate()
        try FieldCheck.known(kvRule, "kv_rule")
        try FieldCheck.known(priority, "priority")
        try scores.validate()
        guard !encodeOnly || !split && scores == WireScoresWanted() else {
            throw WireError(.invalidField, "encode_only goes without split and scores")
        }
        guard !noSpecialTokens || encodeOnly else {
            throw WireError(.invalidField, "no_special_tokens goes with encode_only alone")
        }
        if selection.isAuto, !encodeOnly { try prompt.checkRoutable() }
        switch prompt.form {
        case .raw where split, .plain where split, .tokens where split:
            throw WireError(.invalidField, "only a text or a chat can be split into sentences")
        default:
            break
        }
    }
}

extension WireAttach: RequestMessage {
    public static let kind = Kind.attach

    public func validate() throws(WireError) {
        try FieldCheck.request(request)
        try FieldCheck.count(fromOffsets.count, "from_offsets", atMost: FieldCheck.partLimit)
    }
}

extension WireCancel: RequestMessage {
    public static let kind = Kind.cancel

    public func validate() throws(WireError) { try FieldCheck.request(request) }
}

extension WireCredit: RequestMessage {
    public static let kind = Kind.credit

    public func validate() throws(WireError) { try FieldCheck.request(request) }
}

extension WireClose: RequestMessage {
    public static let kind = Kind.close

    public func validate() throws(WireError) { try FieldCheck.request(request) }
}

extension WireRoute: RequestMessage {
    public static let kind = Kind.route

    public func validate() throws(WireError) {
        try FieldCheck.request(request)
        try prompt.validate()
        try selection.validate()
        if selection.isAuto { try prompt.checkRoutable() }
    }
}

extension WireListAdapters: RequestMessage {
    public static let kind = Kind.listAdapters

    public func validate() throws(WireError) { try FieldCheck.request(request) }
}

extension WireStatus: RequestMessage {
    public static let kind = Kind.status

    public func validate() throws(WireError) { try FieldCheck.request(request) }
}

extension WireChangeAdapter: RequestMessage {
    public static let kind = Kind.changeAdapter

    /// Bytes of a path at most.
    static let pathByteLimit = 4096

    public func validate() throws(WireError) {
        try FieldCheck.request(request)
        try FieldCheck.known(verb, "verb")
        guard verb != .unspecified else { throw WireError(.invalidField, "verb is missing") }
        if verb == .rescan {
            guard name.isEmpty else {
                throw WireError(.invalidField, "a rescan is of the whole shelf, without a name")
            }
        } else {
            try FieldCheck.name(name, "name")
        }
        for (field, value) in [("path", path), ("examples", examples)] {
            guard value.utf8.count <= Self.pathByteLimit else {
                throw WireError(
                    .invalidField, "\(field) has more than \(Self.pathByteLimit) bytes")
            }
        }
        guard examples.isEmpty || examples.hasPrefix("/") else {
            throw WireError(.invalidField, "examples must be an absolute path")
        }
        guard path.hasPrefix("/") == [.add, .replace, .canary].contains(verb) else {
            throw WireError(
                .invalidField,
                "path must be absolute where an adapter is given, and empty elsewhere")
        }
        try FieldCheck.number(share, "share", in: 0...1)
    }
}

extension WireAccepted: RequestMessage {
    public static let kind = Kind.accepted

    public func validate() throws(WireError) {
        try FieldCheck.request(request)
        guard (1...FieldCheck.partLimit).contains(Int(parts)) else {
            throw WireError(.invalidField, "parts is \(parts), not 1 to \(FieldCheck.partLimit)")
        }
    }
}

extension WireRouted: RequestMessage {
    public static let kind = Kind.routed

    public func validate() throws(WireError) {
        try FieldCheck.request(request)
        try FieldCheck.part(part)
        try segment.validate()
        try FieldCheck.count(sentences.count, "sentences", atMost: FieldCheck.segmentLimit)
        for sentence in sentences { try sentence.validate() }
    }
}

extension WireChunk: RequestMessage {
    public static let kind = Kind.chunk

    public func validate() throws(WireError) {
        try FieldCheck.request(request)
        try FieldCheck.part(part)
        try FieldCheck.span(offset: offset, count: ids.count)
        try WireTokenScore.validate(
            scores, of: ids, prompt: promptScores, offset: promptOffset, text: text)
    }
}

extension WireDone: RequestMessage {
    public static let kind = Kind.done

    public func validate() throws(WireError) {
        try FieldCheck.request(request)
        try FieldCheck.part(part)
        try provenance.validate()
    }
}

extension WireProvenance {
    func validate() throws(WireError) {
        try FieldCheck.digest(base, "base", optional: true)
        try FieldCheck.digest(router, "router", optional: true)
        try FieldCheck.count(segments.count, "segments", atMost: FieldCheck.segmentLimit)
        for segment in segments { try segment.validate() }
        try FieldCheck.count(promptTokens.count, "prompt_tokens", atMost: FieldCheck.tokenLimit)
        try FieldCheck.count(tokens.count, "tokens", atMost: FieldCheck.tokenLimit)
        try FieldCheck.count(warnings.count, "warnings", atMost: FieldCheck.warningLimit)
    }
}

extension WireFailed: RequestMessage {
    public static let kind = Kind.failed

    /// The request may be missing: a message that cannot be read belongs to none.
    public func validate() throws(WireError) {
        if !request.isEmpty { try FieldCheck.request(request) }
        try FieldCheck.part(part)
    }
}

extension WireRouteReply: RequestMessage {
    public static let kind = Kind.routeReply

    public func validate() throws(WireError) {
        try FieldCheck.request(request)
        try segment.validate()
        try FieldCheck.count(sentences.count, "sentences", atMost: FieldCheck.segmentLimit)
        for sentence in sentences { try sentence.validate() }
        try FieldCheck.count(warnings.count, "warnings", atMost: FieldCheck.warningLimit)
    }
}

extension WireAdapters: RequestMessage {
    public static let kind = Kind.adapters

    public func validate() throws(WireError) {
        try FieldCheck.request(request)
        try FieldCheck.count(adapters.count, "adapters", atMost: FieldCheck.nameLimit)
        for adapter in adapters {
            try FieldCheck.name(adapter.name, "adapter")
            try FieldCheck.digest(adapter.digest, "digest")
            try FieldCheck.count(
                adapter.generations.count, "generations", atMost: FieldCheck.nameLimit)
            for generation in adapter.generations {
                try FieldCheck.digest(generation.digest, "digest")
            }
        }
        try WireRefusedAdapter.validate(refused)
    }
}

extension WireAdapterChanged: RequestMessage {
    public static let kind = Kind.adapterChanged

    public func validate() throws(WireError) {
        try FieldCheck.request(request)
        try FieldCheck.count(warnings.count, "warnings", atMost: FieldCheck.warningLimit)
        try WireRefusedAdapter.validate(refused)
    }
}

extension WireStatusReply: RequestMessage {
    public static let kind = Kind.statusReply

    public func validate() throws(WireError) {
        try FieldCheck.request(request)
        try FieldCheck.count(workers.count, "workers", atMost: FieldCheck.nameLimit)
        try FieldCheck.digest(base, "base", optional: true)
        try FieldCheck.digest(router, "router", optional: true)
        try WireRefusedAdapter.validate(refusedAdapters)
        try FieldCheck.count(adapters.count, "adapters", atMost: FieldCheck.nameLimit)
        for part in workers.flatMap(\.parts) {
            try FieldCheck.request(part.request)
            try FieldCheck.count(part.shares.count, "shares", atMost: FieldCheck.shareLimit)
        }
    }
}

extension WirePrompt {
    fileprivate func checkRoutable() throws(WireError) {
        guard hasUserMessage else {
            throw WireError(
                .invalidField,
                "the adapter router reads text: select base or a mix for a prompt of token ids "
                    + "or a chat without a user message")
        }
    }
}
