/// Text to token ids and back, as the model's own files say.
///
/// Made from a Hugging Face directory (`tokenizer.json`, or `tokenizer.model`) or from the vocabulary inside a GGUF
/// file. Encoding takes n log n time at worst and gives the ids of the `tokenizers` package, of SentencePiece, or for
/// GGUF those of llama.cpp. Copies share their tables.
public struct Tokenizer: Sendable {
    /// Most bytes of one text; beyond, encoding is refused.
    public static let maximumTextByteCount = 16 << 20

    /// How words become tokens.
    enum Model: Sendable {
        case bytePair(BytePairModel)
        case scoredPair(ScoredPairModel)
        case unigram(UnigramModel)
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
        /// The text of `bos_token`, `eos_token` and their like, by these names.
        var tokenNames: [String: String] = [:]

        var beginOfText: String? {
            get { tokenNames["bos_token"] }
            set { tokenNames["bos_token"] = newValue }
        }

        var endOfText: String? {
            get { tokenNames["eos_token"] }
            set { tokenNames["eos_token"] = newValue }
        }
    }

    let parts: Parts
    /// The text of the tokens before a text and at its end, as the files name them.
    public var beginOfText: String? { parts.beginOfText }
    public var endOfText: String? { parts.endOfText }
    let rawFinder: AddedTokenFinder
    let normalizedFinder: AddedTokenFinder
    /// For chats: every special token, found before the text is normalized, and the other raw ones.
    let chatFinder: AddedTokenFinder
    /// Special and added tokens by their exact text.
    let markers: [String: AddedToken]
    /// The template of the files, or the reason why there is none to use.
    private let chat: Result<ChatTemplate, TokenizationError>

    /// Most bytes of all added tokens together.
    private static let maximumAddedByteCount = 4 << 20

    /// - Parameter chat: the template's source, or the reason why there is none to use.
    init(
        _ parts: Parts, chat: Result<String, TokenizationError>
    ) throws(TokenizationError) {
        let addedByteCount = parts.addedTokens.reduce(0) { $0 + $1.content.utf8.count }
        guard addedByteCount <= Self.maximumAddedByteCount else {
            throw TokenizationError(
                .limitExceeded,
                "added tokens of \(addedByteCount) bytes; at most \(Self.maximumAddedByteCount) are allowed"
            )
        }
        var raw = AddedTokenFinder()
        var normalized = AddedTokenFinder()
        var inChats = AddedTokenFinder()
        var markers: [String: AddedToken] = [:]
        for token in parts.addedTokens {
            let pattern = Array(token.content.utf8)
            if token.isNormalized {
                let text = try parts.normalizer.apply(
                    to: pattern, byteLimit: Self.maximumAddedByteCount)
                normalized.insert(token, as: token.normalizedPattern ?? text.bytes)
            } else {
                raw.insert(token, as: pattern)
            }
            markers[token.content] = token
        }
        var parts = parts
        var endOfTurn: UInt32?
        do {
            let template = try ChatTemplate(try chat.get(), tokenNames: parts.tokenNames)
            endOfTurn = try template.endOfTurn(among: markers)?.id
            self.chat = .success(template)
        } catch {
            self.chat = .failure(error)
        }
        if let endOfTurn { parts.endOfTextIDs.insert(Int32(bitPattern: endOfTurn)) }
        for token in parts.addedTokens {
            var token = token
            token.isSpecial =
                token.isSpecial || token.id == endOfTurn
                || AddedToken.isControlText(token.content)
            guard token.isSpecial || !token.isNormalized else { continue }
            inChats.insert(token, as: Array(token.content.utf8))
        }
        self.parts = parts
        rawFinder = raw
        normalizedFinder = normalized
        chatFinder = inChats
        self.markers = markers
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

    /// The model's chat template; nil when there is none, or none that can be used.
    public var chatTemplate: ChatTemplate? { try? chat.get() }

    /// The model's chat template, or an error that says why there is none to use.
    public func requireChatTemplate() throws(TokenizationError) -> ChatTemplate {
        try chat.get()
    }

    // MARK: Decoding

    /// The bytes that an id stands for within a text, perhaps a part of a character; none for an id that there is none of.
    public func bytes(of id: Int32) -> [UInt8] {
        let decoder = parts.decoder
        guard let index = UInt32(exactly: id), index < decoder.tokens.count else { return [] }
        let token = decoder.tokens[index]
        guard case .text(let rules) = decoder.style else { return Array(token) }
        if rules.hasByteTokens, let byte = TokenDecoder.byteValue(token) { return [byte] }
        return Normalizer.replace(rules.mark, with: rules.spelling, in: Array(token))
    }

    /// The text of ids.
    ///
    /// Ids that there are none of count as nothing. Bytes that are no UTF-8 become U+FFFD, as in the
    /// `tokenizers` package; but in a run of byte tokens that is not valid as a whole, the characters that
    /// are complete stay, so that a stream need not wait for the end of the run.
    public func decode(_ ids: [Int32], skipSpecial: Bool) -> String {
        var decoder = StreamingDecoder(self, skipSpecial: skipSpecial)
        var text = ""
        for id in ids { text += decoder.push(id) }
        return text + decoder.finish()
    }
}
