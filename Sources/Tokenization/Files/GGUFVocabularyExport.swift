public import Tensors

/// The tokenizer of a Hugging Face directory as metadata of a GGUF file, for tokenizers that llama.cpp has a kind for.
///
/// | tokenizer | `tokenizer.ggml.model` | `tokenizer.ggml.pre` | order of merging |
/// |---|---|---|---|
/// | byte-level BPE | `gpt2` | by its split pattern | `merges` |
/// | SentencePiece-style BPE | `llama` | `default` | `scores`, the negated rank of a token's first merge |
/// | SentencePiece's BPE, in `tokenizer.model` | `llama` | `default` | `scores`, its own |
public struct GGUFVocabularyExport {
    let tokenizer: Tokenizer
    private let file: VocabularyFile
    private let chatTemplate: String?

    /// `tokenizer.ggml.token_type`.
    enum TokenType: Int32 {
        case normal = 1
        case unknown, control, userDefined, unused, byte
    }

    /// The tokens of a model by id.
    struct Tokens {
        private(set) var texts: [String]
        private(set) var types: [TokenType]

        /// Ids that have no token are filled up.
        init(count: Int) {
            texts = (0..<count).map { "[PAD\($0)]" }
            types = Array(repeating: .unused, count: count)
        }

        mutating func place(
            _ id: Int, _ text: String, _ type: TokenType
        ) throws(TokenizationError) {
            guard texts.indices.contains(id) else {
                throw TokenizationError(
                    .malformed,
                    "the token \(quoted(text)) has the id \(id), the model has \(texts.count) tokens"
                )
            }
            texts[id] = text
            types[id] = type
        }
    }

    /// The metadata of a model without a vocabulary.
    public static let none: [(key: String, value: GGUFValue)] = [
        ("tokenizer.ggml.model", .string("none"))
    ]

    /// Reads the files of a directory.
    ///
    /// - Throws: also for tokenizers that `Tokenizer` does not read.
    public init(directory: String) throws(TokenizationError) {
        tokenizer = try Tokenizer(directory: directory)
        file = try VocabularyFile(directory: directory)
        chatTemplate = try Tokenizer.chatTemplateSource(directory: directory)
    }

    /// The metadata for a model of `vocabularySize` tokens; ids that have no token are filled up.
    ///
    /// - Parameter endOfTextIDs: what the model's configuration says ends a text.
    /// - Throws: when llama.cpp would make other ids of the same text, and for more tokens than the model has.
    public func metadata(
        vocabularySize: Int, endOfTextIDs: [Int32]
    ) throws(TokenizationError) -> [(key: String, value: GGUFValue)] {
        var tokens = Tokens(count: vocabularySize)
        var metadata: [(key: String, value: GGUFValue)] = []
        switch (tokenizer.parts.model, file) {
        case (.bytePair(let pairs), .json(let document)):
            let model = try JSONFields(document, "tokenizer.json").fields("model")
            try place(model, in: &tokens)
            if case .bytes = pairs.alphabet {
                metadata += try bytePairMetadata(model, ignoresMerges: pairs.ignoresMerges)
            } else {
                metadata += try scoredPairMetadata(model, tokens)
            }
        case (.scoredPair, .sentencePiece(let file)):
            metadata += try sentencePieceMetadata(file, &tokens)
        default: throw Self.unsupported("this model of tokens")
        }
        metadata.append(
            ("tokenizer.ggml.tokens", .array(.string, tokens.texts.map { .string($0) })))
        metadata.append(
            (
                "tokenizer.ggml.token_type",
                .array(.int32, tokens.types.map { .int32($0.rawValue) })
            ))
        return metadata + specialMetadata(endOfTextIDs)
    }

    // MARK: Tokens

    private func place(_ model: JSONFields, in tokens: inout Tokens) throws(TokenizationError) {
        let unknown = try model.optionalString("unk_token")
        let hasByteTokens = try model.bool("byte_fallback", default: false)
        for (text, id) in try model.fields("vocab").object {
            let isByte = hasByteTokens && TokenDecoder.byteValue(text.utf8) != nil
            let type: TokenType = isByte ? .byte : text == unknown ? .unknown : .normal
            try tokens.place(Int(try JSONFields.id(id, quoted(text))), text, type)
        }
        for token in tokenizer.parts.addedTokens where token.content != unknown {
            try tokens.place(
                Int(token.id), token.content, token.isSpecial ? .control : .userDefined)
        }
    }

    private func mergePairs(_ model: JSONFields) throws(TokenizationError) -> [(String, String)] {
        var pairs: [(String, String)] = []
        for (rank, merge) in try model.array("merges").enumerated() {
            guard let (left, right) = TokenizerJSON.pair(merge) else {
                throw model.malformed("merges", "merge \(rank) is no pair of tokens")
            }
            pairs.append((String(left), String(right)))
        }
        return pairs
    }

    // MARK: Kinds

    private func bytePairMetadata(
        _ model: JSONFields, ignoresMerges: Bool
    ) throws(TokenizationError) -> [(key: String, value: GGUFValue)] {
        let merges = try mergePairs(model)
        guard !merges.contains(where: { $0.0.contains(" ") || $0.1.contains(" ") }) else {
            throw Self.unsupported("a merge of tokens with spaces")
        }
        return [
            ("tokenizer.ggml.model", .string("gpt2")),
            ("tokenizer.ggml.pre", .string(try preTokenizerName(ignoresMerges: ignoresMerges))),
            ("tokenizer.ggml.merges", .array(.string, merges.map { .string("\($0.0) \($0.1)") })),
        ]
    }

    /// llama.cpp's name of what splits the text; its names say also whether whole words in the vocabulary need no merges.
    private func preTokenizerName(ignoresMerges: Bool) throws(TokenizationError) -> String {
        let steps = tokenizer.parts.preTokenizer.steps
        guard tokenizer.parts.normalizer.steps.allSatisfy({ $0 == .compose }) else {
            throw Self.unsupported("a tokenizer that changes the text before it splits it")
        }
        guard case .pattern(let pattern) = steps.last else {
            throw Self.unsupported("a tokenizer without a split pattern")
        }
        if case .digits(individual: true) = steps.first, steps.count == 2,
            pattern == .gpt2, !ignoresMerges
        {
            return "smollm"
        }
        guard steps.count == 1 else { throw Self.unsupported("this sequence of splits") }
        if pattern == .gpt2, !ignoresMerges { return "gpt-2" }
        if !pattern.hasGPT2Words, pattern.numbersPerPiece == 3, ignoresMerges { return "llama-bpe" }
        if !pattern.hasGPT2Words, pattern.numbersPerPiece == 1, !ignoresMerges { return "qwen2" }
        throw Self.unsupported("this split pattern, with ignore_merges \(ignoresMerges),")
    }

    private func scoredPairMetadata(
        _ model: JSONFields, _ tokens: Tokens
    ) throws(TokenizationError) -> [(key: String, value: GGUFValue)] {
        guard tokens.types.count(where: { $0 == .byte }) == 256 else {
            throw Self.unsupported("a SentencePiece-style tokenizer without a token for every byte")
        }
        let pairs = try mergePairs(model).map { (Array($0.0.utf8), Array($0.1.utf8)) }
        // By bytes: Swift takes canonically equivalent strings as equal.
        var ranks: [[UInt8]: Int] = [:]
        for (rank, pair) in pairs.enumerated() where ranks[pair.0 + pair.1] == nil {
            ranks[pair.0 + pair.1] = rank
        }
        let merges = Set(pairs.map { MergePair(left: $0.0, right: $0.1) })
        let words = zip(tokens.texts, tokens.types).map { $1 == .normal ? Array($0.utf8) : [] }
        let known = Set(words)
        var scores: [GGUFValue] = []
        for word in words {
            // llama.cpp makes a token of any two neighbours whose text together is one.
            for place in word.indices.dropFirst() {
                let pair = MergePair(left: Array(word[..<place]), right: Array(word[place...]))
                guard
                    !known.contains(pair.left) || !known.contains(pair.right)
                        || merges.contains(pair)
                else {
                    throw Self.unsupported(
                        "a vocabulary that does not merge \(quoted(String(decoding: word, as: UTF8.self))) from each of its parts"
                    )
                }
            }
            scores.append(.float32(word.isEmpty ? 0 : -Float(ranks[word] ?? ranks.count)))
        }
        return [
            ("tokenizer.ggml.model", .string("llama")), ("tokenizer.ggml.pre", .string("default")),
            ("tokenizer.ggml.scores", .array(.float32, scores)),
            ("tokenizer.ggml.add_space_prefix", .bool(try addsSpacePrefix())),
        ]
    }

    private struct MergePair: Hashable {
        let left: [UInt8]
        let right: [UInt8]
    }

    /// Whether a text gets the mark of a space in front; any other change of the text has no place in GGUF.
    private func addsSpacePrefix() throws(TokenizationError) -> Bool {
        let mark = Array("▁".utf8)
        let replacement = Normalizer.Step.replace([UInt8(ascii: " ")], with: mark)
        switch (tokenizer.parts.preTokenizer.steps.first, tokenizer.parts.normalizer.steps) {
        case (.metaspace(mark, let prefix), []):
            if case .never = prefix { return false }
            return true
        case (nil, [.prepend(mark), replacement]): return true
        case (nil, [replacement]): return false
        default:
            throw Self.unsupported("this normalizer")
        }
    }

    // MARK: Special tokens

    private func specialMetadata(_ endOfTextIDs: [Int32]) -> [(key: String, value: GGUFValue)] {
        let parts = tokenizer.parts
        var metadata: [(key: String, value: GGUFValue)] = []
        let begin = parts.beginOfText.flatMap { tokenizer.id(ofAddedToken: $0) }
        if let begin, let id = UInt32(exactly: begin) {
            metadata.append(("tokenizer.ggml.bos_token_id", .uint32(id)))
        }
        let addsBegin = begin.map { parts.prefixIDs == [UInt32(bitPattern: $0)] } ?? false
        metadata.append(("tokenizer.ggml.add_bos_token", .bool(addsBegin)))
        let named = parts.endOfText.flatMap { tokenizer.id(ofAddedToken: $0) }
        var ends = endOfTextIDs
        if let named, !ends.contains(named) { ends.insert(named, at: 0) }
        for (role, end) in zip(["eos", "eot", "eom"], ends) {
            guard let id = UInt32(exactly: end) else { continue }
            metadata.append(("tokenizer.ggml.\(role)_token_id", .uint32(id)))
        }
        metadata.append(("tokenizer.ggml.add_eos_token", .bool(!parts.suffixIDs.isEmpty)))
        if let chatTemplate {
            metadata.append(("tokenizer.chat_template", .string(chatTemplate)))
        }
        return metadata
    }

    static func unsupported(_ what: String) -> TokenizationError {
        TokenizationError(
            .unsupported,
            "\(what) has no place in a GGUF file; the model can be written without a vocabulary")
    }
}
