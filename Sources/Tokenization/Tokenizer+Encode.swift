extension Tokenizer {
    /// The ids of a text.
    ///
    /// - Parameters:
    ///   - addSpecialTokens: whether the files' begin and end tokens are put around it.
    ///   - allowSpecial: whether the text of a special token in it becomes that token; what a user wrote
    ///     stays text. Added tokens that are not special are always found, as in the `tokenizers` package.
    /// - Throws: for texts that are too long.
    public func encode(
        _ text: String, addSpecialTokens: Bool, allowSpecial: Bool = false
    ) throws(TokenizationError) -> [Int32] {
        var run = EncodingRun(tokenizer: self, allowSpecial: allowSpecial)
        if addSpecialTokens { run.append(parts.prefixIDs) }
        try run.encode(Array(text.utf8), isFirst: true)
        if addSpecialTokens { run.append(parts.suffixIDs) }
        return run.ids
    }

    /// The ids of a chat in the model's template; its special tokens come from the template only.
    ///
    /// - Parameter addGenerationPrompt: whether the head of the assistant's reply follows.
    /// - Throws: when there is no template to use, and for chats that it refuses.
    public func encode(
        chat turns: [ChatTurn], addGenerationPrompt: Bool
    ) throws(TokenizationError) -> [Int32] {
        let rendered = try requireChatTemplate().render(
            turns, addGenerationPrompt: addGenerationPrompt,
            beginOfText: parts.beginOfText ?? "", endOfText: parts.endOfText ?? "")
        var run = EncodingRun(tokenizer: self, allowSpecial: false)
        let segments = segments(rendered)
        for (index, segment) in segments.enumerated() {
            guard case .text(let text) = segment else {
                if case .token(let token) = segment { run.append([token.id]) }
                continue
            }
            var bytes = Array(text.utf8)
            if index > 0, case .token(let before) = segments[index - 1], before.stripsRight {
                bytes = Normalizer.strip(bytes, left: true, right: false)
            }
            if index + 1 < segments.count, case .token(let next) = segments[index + 1],
                next.stripsLeft
            {
                bytes = Normalizer.strip(bytes, left: false, right: true)
            }
            try run.encode(bytes, isFirst: index == 0)
        }
        return run.ids
    }

    private enum Segment {
        case token(AddedToken)
        case text(String)
    }

    /// Markers that the vocabulary lacks become text; neighbouring text is joined, since tokens may
    /// reach across.
    private func segments(_ pieces: [ChatPiece]) -> [Segment] {
        var segments: [Segment] = []
        var text = ""
        for piece in pieces {
            switch piece {
            case .text(let part): text += part
            case .marker(let content):
                guard let token = markers[content] else {
                    text += content
                    continue
                }
                if !text.isEmpty { segments.append(.text(text)) }
                text = ""
                segments.append(.token(token))
            }
        }
        if !text.isEmpty { segments.append(.text(text)) }
        return segments
    }
}

/// The stages of encoding: raw added tokens, normalization, normalized added tokens, words, merges.
private struct EncodingRun {
    let tokenizer: Tokenizer
    let allowSpecial: Bool
    private(set) var ids: [Int32] = []
    private var queue = MergeQueue()

    init(tokenizer: Tokenizer, allowSpecial: Bool) {
        self.tokenizer = tokenizer
        self.allowSpecial = allowSpecial
    }

    mutating func append(_ tokens: [UInt32]) {
        ids += tokens.map { Int32(bitPattern: $0) }
    }

    /// - Parameter isFirst: whether the input starts with this text.
    mutating func encode(_ text: [UInt8], isFirst: Bool) throws(TokenizationError) {
        guard text.count <= Tokenizer.maximumTextByteCount else {
            throw TokenizationError(
                .limitExceeded,
                "a text of \(text.count) bytes; at most \(Tokenizer.maximumTextByteCount) are allowed"
            )
        }
        for stretch in tokenizer.rawFinder.stretches(of: text.span, findsSpecial: allowSpecial) {
            if let token = stretch.token {
                append([token.id])
            } else {
                try encodeStretch(
                    Array(text[stretch.range]), isFirst: isFirst && stretch.range.lowerBound == 0)
            }
        }
    }

    private mutating func encodeStretch(
        _ text: [UInt8], isFirst: Bool
    ) throws(TokenizationError) {
        let text = try tokenizer.parts.normalizer.apply(
            to: text, byteLimit: Tokenizer.maximumTextByteCount * 4, isFirst: isFirst)
        for stretch in tokenizer.normalizedFinder.stretches(
            of: text.span, findsSpecial: allowSpecial)
        {
            if let token = stretch.token {
                append([token.id])
            } else {
                try encodeWords(
                    Array(text[stretch.range]), isFirst: isFirst && stretch.range.lowerBound == 0)
            }
        }
    }

    private mutating func encodeWords(
        _ text: [UInt8], isFirst: Bool
    ) throws(TokenizationError) {
        try tokenizer.parts.preTokenizer.forEachWord(of: text, isFirst: isFirst) { word in
            switch tokenizer.parts.model {
            case .bytePair(let model): model.encode(word, queue: &queue, into: &ids)
            case .scoredPair(let model): model.encode(word, queue: &queue, into: &ids)
            case .unigram(let model): model.encode(word, into: &ids)
            }
        }
    }
}
