/// Text to token ids and back, as the model's own files say.
///
/// Made from a Hugging Face directory (`tokenizer.json`) or from the vocabulary inside a GGUF file.
/// Encoding takes n log n time at worst and gives the ids of the `tokenizers` package, or for GGUF
/// those of llama.cpp. Copies share their tables.
public struct Tokenizer: Sendable {
    /// Most bytes of one text; beyond, encoding is refused.
    public static let maximumTextByteCount = 64 << 20

    /// How words become tokens.
    enum Model: Sendable {
        case bytePair(BytePairModel)
        case scoredPair(ScoredPairModel)
    }

    /// What the loaders make a tokenizer of.
    struct Parts: Sendable {
        var model: Model
        var normalizer = Normalizer()
        var preTokenizer = PreTokenizer()
        var addedTokens: [AddedToken] = []
        /// Put around a text on demand.
        var prefixIDs: [UInt32] = []
        var suffixIDs: [UInt32] = []
        var decoder: TokenDecoder
        var specialIDs: Set<Int32> = []
        var endOfTextIDs: Set<Int32> = []
        /// The text of `bos_token` and `eos_token` in chat templates.
        var beginOfText: String?
        var endOfText: String?
    }

    let parts: Parts
    private let rawFinder: AddedTokenFinder
    private let normalizedFinder: AddedTokenFinder
    /// Special and added tokens that a chat template names, by text.
    private let markers: [String: AddedToken]
    /// The template of the files, or the reason why there is none to use.
    private let chat: Result<ChatTemplate, TokenizationError>

    init(_ parts: Parts, chat: Result<ChatTemplate, TokenizationError>) {
        var raw = AddedTokenFinder()
        var normalized = AddedTokenFinder()
        var markers: [String: AddedToken] = [:]
        for token in parts.addedTokens {
            let pattern = Array(token.content.utf8)
            if token.isNormalized {
                normalized.insert(token, as: parts.normalizer.apply(to: pattern))
            } else {
                raw.insert(token, as: pattern)
            }
            markers[token.content] = token
        }
        var parts = parts
        if case .success(let template) = chat, let end = template.endOfTurn,
            let token = markers[end]
        {
            parts.endOfTextIDs.insert(Int32(bitPattern: token.id))
        }
        self.parts = parts
        rawFinder = raw
        normalizedFinder = normalized
        self.markers = markers
        self.chat = chat
    }

    /// Tokens, added ones included: ids run from 0 to one below.
    public var vocabularySize: Int { parts.decoder.tokens.count }

    /// The ids that end a text, as the tokenizer's files have them, and a turn, as its chat template has it.
    public var endOfTextIDs: Set<Int32> { parts.endOfTextIDs }

    /// Whether an id is a special token, which decoding can leave out.
    public func isSpecial(_ id: Int32) -> Bool { parts.specialIDs.contains(id) }

    /// The id of a special or added token by its exact text.
    public func id(ofAddedToken content: String) -> Int32? {
        markers[content].map { Int32(bitPattern: $0.id) }
    }

    /// The model's chat template; nil when there is none, or none that is known.
    public var chatTemplate: ChatTemplate? { try? chat.get() }

    /// The model's chat template, or an error that says why there is none to use.
    public func requireChatTemplate() throws(TokenizationError) -> ChatTemplate {
        try chat.get()
    }

    // MARK: Encoding

    /// The ids of a text.
    ///
    /// - Parameters:
    ///   - addSpecialTokens: whether the files' begin and end tokens are put around it.
    ///   - allowSpecial: whether the text of a special token in it becomes that token. Text that a
    ///     user wrote stays text.
    public func encode(
        _ text: String, addSpecialTokens: Bool, allowSpecial: Bool = false
    ) throws(TokenizationError) -> [Int32] {
        var ids = addSpecialTokens ? parts.prefixIDs.map { Int32(bitPattern: $0) } : []
        try encode([.text(text)], allowSpecial: allowSpecial, into: &ids)
        if addSpecialTokens { ids += parts.suffixIDs.map { Int32(bitPattern: $0) } }
        return ids
    }

    /// The ids of a chat in the model's template; its special tokens come from the template only.
    ///
    /// - Parameter addGenerationPrompt: whether the head of the assistant's reply follows.
    public func encode(
        chat turns: [ChatTurn], addGenerationPrompt: Bool
    ) throws(TokenizationError) -> [Int32] {
        let rendered = try requireChatTemplate().render(
            turns, addGenerationPrompt: addGenerationPrompt,
            beginOfText: parts.beginOfText ?? "", endOfText: parts.endOfText ?? "")
        var ids: [Int32] = []
        try encode(segments(rendered), allowSpecial: false, into: &ids)
        return ids
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

    private func encode(
        _ segments: [Segment], allowSpecial: Bool, into ids: inout [Int32]
    ) throws(TokenizationError) {
        var queue = MergeQueue()
        for (index, segment) in segments.enumerated() {
            switch segment {
            case .token(let token): ids.append(Int32(bitPattern: token.id))
            case .text(let text):
                var bytes = Array(text.utf8)
                guard bytes.count <= Self.maximumTextByteCount else {
                    throw TokenizationError(
                        .limitExceeded,
                        "a text of \(bytes.count) bytes; at most \(Self.maximumTextByteCount) are allowed"
                    )
                }
                if index > 0, case .token(let before) = segments[index - 1], before.stripsRight {
                    bytes = Normalizer(steps: [.strip(left: true, right: false)]).apply(to: bytes)
                }
                if index + 1 < segments.count, case .token(let next) = segments[index + 1],
                    next.stripsLeft
                {
                    bytes = Normalizer(steps: [.strip(left: false, right: true)]).apply(to: bytes)
                }
                encode(bytes, isFirst: index == 0, allowSpecial, &queue, into: &ids)
            }
        }
    }

    private func encode(
        _ text: [UInt8], isFirst: Bool, _ allowSpecial: Bool, _ queue: inout MergeQueue,
        into ids: inout [Int32]
    ) {
        guard !rawFinder.isEmpty else {
            return encodeStretch(text, isFirst: isFirst, allowSpecial, &queue, into: &ids)
        }
        rawFinder.forEachStretch(of: text.span, findsSpecial: allowSpecial) { range, token in
            if let token {
                ids.append(Int32(bitPattern: token.id))
            } else {
                encodeStretch(
                    Array(text[range]), isFirst: isFirst && range.lowerBound == 0, allowSpecial,
                    &queue,
                    into: &ids)
            }
        }
    }

    private func encodeStretch(
        _ text: [UInt8], isFirst: Bool, _ allowSpecial: Bool, _ queue: inout MergeQueue,
        into ids: inout [Int32]
    ) {
        let text = parts.normalizer.apply(to: text)
        guard !normalizedFinder.isEmpty else {
            return encodeWords(text, isFirst: isFirst, &queue, into: &ids)
        }
        normalizedFinder.forEachStretch(of: text.span, findsSpecial: allowSpecial) { range, token in
            if let token {
                ids.append(Int32(bitPattern: token.id))
            } else {
                encodeWords(
                    Array(text[range]), isFirst: isFirst && range.lowerBound == 0, &queue,
                    into: &ids)
            }
        }
    }

    private func encodeWords(
        _ text: [UInt8], isFirst: Bool, _ queue: inout MergeQueue, into ids: inout [Int32]
    ) {
        parts.preTokenizer.forEachWord(of: text, isFirst: isFirst) { word in
            switch parts.model {
            case .bytePair(let model): model.encode(word, queue: &queue, into: &ids)
            case .scoredPair(let model): model.encode(word, queue: &queue, into: &ids)
            }
        }
    }

    // MARK: Decoding

    /// The text of ids. Ids that there are none of count as nothing; bytes that are no UTF-8 become
    /// U+FFFD.
    public func decode(_ ids: [Int32], skipSpecial: Bool) -> String {
        var decoder = StreamingDecoder(self, skipSpecial: skipSpecial)
        var text = ""
        for id in ids { text += decoder.push(id) }
        return text + decoder.finish()
    }
}
