// Checks of the parts that several messages share.

extension WirePrompt {
    func validate() throws(WireError) {
        switch form {
        case .text(let text), .raw(let text), .plain(let text):
            guard !text.isEmpty else { throw WireError(.invalidField, "the prompt is empty") }
        case .chat(let chat):
            guard !chat.messages.isEmpty else {
                throw WireError(.invalidField, "the chat is empty")
            }
            try FieldCheck.count(chat.messages.count, "chat", atMost: FieldCheck.chatLimit)
            for message in chat.messages {
                guard ["system", "user", "assistant"].contains(message.role) else {
                    throw WireError(
                        .invalidField, "a chat message's role must be system, user or assistant")
                }
            }
        case .tokens(let tokens):
            guard !tokens.ids.isEmpty else {
                throw WireError(.invalidField, "the prompt has no tokens")
            }
            try FieldCheck.count(tokens.ids.count, "prompt tokens", atMost: FieldCheck.tokenLimit)
        case nil:
            throw WireError(.invalidField, "the prompt is missing")
        }
    }

    /// Whether it has a last user message, which routing and splitting read.
    var hasUserMessage: Bool {
        switch form {
        case .text: true
        case .chat(let chat): chat.messages.contains { $0.role == "user" }
        case .raw, .plain: true
        case .tokens, nil: false
        }
    }
}

extension WireSampling {
    func validate() throws(WireError) {
        try FieldCheck.number(temperature, "temperature", in: 0...100)
        try FieldCheck.number(topP, "top_p", in: 0...1)
        try FieldCheck.number(minP, "min_p", in: 0...1)
        try FieldCheck.number(repetitionPenalty, "repetition_penalty", in: 0...100)
        try FieldCheck.number(presencePenalty, "presence_penalty", in: -100...100)
        try FieldCheck.number(frequencyPenalty, "frequency_penalty", in: -100...100)
    }
}

extension WireLimits {
    /// Tokens of a reply whose length nobody chose, if the model's context has room for them.
    static let defaultTokenCount: UInt32 = 256

    /// Tokens that a reply has at most; where nobody chose that, the context may leave fewer.
    public var tokenLimit: Int {
        if noReply { return 0 }
        return Int(maxTokens == 0 ? Self.defaultTokenCount : maxTokens)
    }

    func validate() throws(WireError) {
        guard !noReply || maxTokens == 0 else {
            throw WireError(
                .invalidField, "max_tokens is \(maxTokens) beside no_reply; leave one of them out")
        }
        try FieldCheck.count(stop.count, "stop", atMost: FieldCheck.stopLimit)
        for text in stop {
            guard (1...FieldCheck.stopByteLimit).contains(text.utf8.count) else {
                throw WireError(
                    .invalidField, "a stop string must have 1 to \(FieldCheck.stopByteLimit) bytes")
            }
        }
    }
}

extension WireScoresWanted {
    /// Likeliest tokens that are told beside each: more would explain nothing.
    public static let topLimit: UInt32 = 20

    func validate() throws(WireError) {
        guard top <= Self.topLimit else {
            throw WireError(.invalidField, "top is \(top), at most \(Self.topLimit) are told")
        }
    }
}

extension WireTokenScore {
    /// Checks the scores of a chunk's own tokens, where it has some, and those of the prompt's, which go alone.
    static func validate(
        _ scores: [WireTokenScore], of ids: [UInt32], prompt: [WireTokenScore], offset: UInt32,
        text: String
    ) throws(WireError) {
        guard scores.isEmpty || scores.map(\.id) == ids else {
            throw WireError(.invalidField, "scores are not those of the chunk's ids")
        }
        guard prompt.isEmpty || ids.isEmpty && text.isEmpty else {
            throw WireError(.invalidField, "prompt_scores go without ids and text")
        }
        try FieldCheck.span(offset: offset, count: prompt.count)
        for score in scores + prompt { try score.validate() }
    }

    private func validate() throws(WireError) {
        try FieldCheck.count(top.count, "top", atMost: Int(WireScoresWanted.topLimit))
        try FieldCheck.logProbability(logProbability)
        for alternative in top { try FieldCheck.logProbability(alternative.logProbability) }
    }
}

extension WireSegment {
    func validate() throws(WireError) {
        try FieldCheck.count(mix.shares.count, "mix", atMost: FieldCheck.shareLimit)
        for share in mix.shares {
            try FieldCheck.digest(share.adapter, "adapter")
            guard share.name.utf8.count <= FieldCheck.nameByteLimit else {
                throw WireError(
                    .invalidField, "an adapter's name has over \(FieldCheck.nameByteLimit) bytes")
            }
        }
        try FieldCheck.digest(mix.coefficients, "coefficients", optional: true)
    }
}

extension WireRefusedAdapter {
    static func validate(_ list: [WireRefusedAdapter]) throws(WireError) {
        try FieldCheck.count(list.count, "refused", atMost: FieldCheck.nameLimit)
        for adapter in list {
            guard adapter.name.utf8.count <= FieldCheck.folderByteLimit,
                adapter.reason.utf8.count <= FieldCheck.reasonByteLimit
            else {
                throw WireError(.invalidField, "a refused adapter's name or reason is too long")
            }
        }
    }

    /// A folder that is no adapter for this base, and why, cut to what a message takes.
    public init(folder: String, reason: String) {
        self.init()
        name = String(decoding: folder.utf8.prefix(FieldCheck.folderByteLimit - 3), as: UTF8.self)
        self.reason = String(
            decoding: reason.utf8.prefix(FieldCheck.reasonByteLimit - 3), as: UTF8.self)
    }
}

extension WireSentenceRoute {
    func validate() throws(WireError) {
        try FieldCheck.count(candidates.count, "candidates", atMost: FieldCheck.nameLimit)
        for candidate in candidates {
            try FieldCheck.name(candidate.name, "candidate")
            try FieldCheck.number(candidate.probability, "probability", in: 0...1)
        }
    }
}

extension WireSelection {
    func validate() throws(WireError) {
        switch kind {
        case .auto(let auto):
            try FieldCheck.count(auto.allowed.count, "allowed", atMost: FieldCheck.nameLimit)
            for name in auto.allowed { try FieldCheck.name(name, "allowed") }
            try FieldCheck.known(auto.weighting, "weighting")
            try FieldCheck.number(auto.gain, "gain", in: -64...64)
        case .fixed(let fixed):
            guard !fixed.shares.isEmpty else {
                throw WireError(.invalidField, "the mix is empty; select base for no adapter")
            }
            try FieldCheck.count(fixed.shares.count, "mix", atMost: FieldCheck.shareLimit)
            for share in fixed.shares {
                try FieldCheck.name(share.name, "adapter")
                try FieldCheck.number(share.weight, "weight", in: -64...64)
            }
        case .base, nil:
            break
        }
    }

    /// Whether the adapter router chooses.
    var isAuto: Bool {
        switch kind {
        case .auto, nil: true
        case .fixed, .base: false
        }
    }
}
