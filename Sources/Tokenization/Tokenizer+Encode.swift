internal import Templates

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
        var run = EncodingRun(
            tokenizer: self, specialPlaces: allowSpecial ? .everywhere : .nowhere)
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
        try encode(
            try requireChatTemplate().render(turns, addGenerationPrompt: addGenerationPrompt))
    }

    /// The ids of a rendered chat, tokenized as one text; special tokens are found in the template's runs only.
    func encode(_ rendered: [TemplateRun]) throws(TokenizationError) -> [Int32] {
        var text: [UInt8] = []
        var ranges: [Range<Int>] = []
        for run in rendered {
            let start = text.count
            text += run.text.utf8
            if run.origin == .template { ranges.append(start..<text.count) }
        }
        var run = EncodingRun(tokenizer: self, specialPlaces: .within(ranges))
        try run.encode(text, isFirst: true)
        return run.ids
    }
}

/// The stages of encoding: raw added tokens, normalization, normalized added tokens, words, merges.
private struct EncodingRun {
    let tokenizer: Tokenizer
    let specialPlaces: AddedTokenFinder.SpecialPlaces
    private(set) var ids: [Int32] = []
    private var queue = MergeQueue()

    init(tokenizer: Tokenizer, specialPlaces: AddedTokenFinder.SpecialPlaces) {
        self.tokenizer = tokenizer
        self.specialPlaces = specialPlaces
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
        var finder = tokenizer.rawFinder
        if case .within = specialPlaces { finder = tokenizer.chatFinder }
        for stretch in finder.stretches(of: text.span, special: specialPlaces) {
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
        // In a chat the special ones were found before.
        var places = specialPlaces
        if case .within = places { places = .nowhere }
        for stretch in tokenizer.normalizedFinder.stretches(of: text.bytes.span, special: places) {
            if let token = stretch.token {
                append([token.id])
            } else {
                try encodeWords(
                    Array(text.bytes[stretch.range]),
                    isFirst: isFirst && stretch.range.lowerBound < text.startCount)
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
