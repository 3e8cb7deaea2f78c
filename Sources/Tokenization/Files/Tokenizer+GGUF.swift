public import Tensors

extension Tokenizer {
    /// Reads the tokenizer of a model: of a Hugging Face directory, or of a file that ends in `.gguf`.
    public init(path: String) throws(TokenizationError) {
        guard path.hasSuffix(".gguf") else {
            try self.init(directory: path)
            return
        }
        let file: GGUFFile
        do {
            file = try GGUFFile(path: path)
        } catch {
            throw TokenizationError(
                error.code == .unreadable ? .unreadable : .malformed, error.message)
        }
        do {
            try self.init(gguf: file)
        } catch {
            throw error.at(path)
        }
    }

    /// Reads the vocabulary inside a GGUF file: `tokenizer.ggml.model` `gpt2` with a known
    /// `tokenizer.ggml.pre`, `llama`, or `t5`.
    public init(gguf: GGUFFile) throws(TokenizationError) {
        let vocabulary = try GGUFVocabulary(gguf)
        try self.init(try vocabulary.parts(), chat: vocabulary.chatTemplateSource())
    }
}

/// The keys of a GGUF file that start with `tokenizer.`.
struct GGUFVocabulary {
    let file: GGUFFile
    let texts: [String]
    let types: [TokenType]

    /// `tokenizer.ggml.token_type`.
    enum TokenType: Int {
        case normal = 1
        case unknown
        case control
        case userDefined
        case unused
        case byte

        /// Whether text turns into the token only where special tokens are allowed.
        var isSpecial: Bool { self == .unknown || self == .control }
    }

    /// Where llama.cpp looks when a vocabulary does not say.
    private static let defaults: [String: [String: UInt32]] = [
        "llama": ["bos": 1, "eos": 2], "t5": ["padding": 0, "eos": 1, "unknown": t5Unknown],
    ]
    static let t5Unknown: UInt32 = 2

    private var kind: String { file.metadata["tokenizer.ggml.model"]?.string ?? "" }

    init(_ file: GGUFFile) throws(TokenizationError) {
        self.file = file
        guard let texts = file.metadata["tokenizer.ggml.tokens"]?.strings else {
            throw Self.malformed("tokens", "an array of strings was expected")
        }
        guard texts.count < VocabularyLimits.tokenCount else {
            throw TokenizationError(
                .limitExceeded,
                "tokenizer.ggml.tokens: \(texts.count) tokens; fewer than \(VocabularyLimits.tokenCount) are allowed"
            )
        }
        self.texts = texts
        guard let value = file.metadata["tokenizer.ggml.token_type"] else {
            types = Array(repeating: .normal, count: texts.count)
            return
        }
        guard let numbers = value.ints, numbers.count == texts.count else {
            throw Self.malformed(
                "token_type", "one number for each of \(texts.count) tokens was expected")
        }
        types = numbers.map { TokenType(rawValue: $0) ?? .normal }
    }

    func parts() throws(TokenizationError) -> Tokenizer.Parts {
        var parts: Tokenizer.Parts
        switch kind {
        case "gpt2": parts = try bytePairParts()
        case "llama": parts = try scoredPairParts()
        case "t5": parts = try unigramParts()
        default:
            throw TokenizationError(
                .unsupported,
                "tokenizer.ggml.model \(quoted(kind)) is not supported; gpt2, llama and t5 are")
        }
        try addSpecialTokens(to: &parts)
        return parts
    }

    func chatTemplateSource() -> Result<String, TokenizationError> {
        guard let text = file.metadata["tokenizer.chat_template"]?.string else {
            return .failure(ChatTemplate.missing("the GGUF file"))
        }
        return .success(text)
    }

    // MARK: Models

    func table(_ spelling: VocabularyBuilder.Spelling) throws(TokenizationError) -> (
        VocabularyBuilder, TokenTable
    ) {
        var builder = VocabularyBuilder(spelling)
        for (id, text) in texts.enumerated() {
            let isModelToken = types[id] == .normal || types[id] == .unused
            do {
                try builder.insert(text, id: UInt32(id), isAdded: !isModelToken)
            } catch {
                throw error.at("tokenizer.ggml.tokens")
            }
        }
        return (builder, try builder.finish())
    }

    private func bytePairParts() throws(TokenizationError) -> Tokenizer.Parts {
        let name = file.metadata["tokenizer.ggml.pre"]?.string ?? "default"
        guard let rule = PreTokenizer.rule(namedInGGUF: name) else {
            throw TokenizationError(
                .unsupported,
                "tokenizer.ggml.pre \(quoted(name)) is not supported; gpt-2, gpt-4o, llama-bpe, qwen2, smollm, tekken, deepseek-v3 and their kin are"
            )
        }
        let (builder, table) = try table(.byteAlphabet)
        guard let lines = file.metadata["tokenizer.ggml.merges"]?.strings,
            lines.count <= VocabularyLimits.mergeCount
        else {
            throw Self.malformed(
                "merges", "at most \(VocabularyLimits.mergeCount) strings were expected")
        }
        var merges: [BytePairModel.Merge] = []
        merges.reserveCapacity(lines.count)
        for (rank, line) in lines.enumerated() {
            guard let (left, right) = VocabularyBuilder.splitMerge(line) else {
                throw Self.malformed("merges", "merge \(rank) is no pair of tokens")
            }
            merges.append(try builder.merge(left, right, rank: rank, in: table))
        }
        let model = BytePairModel(
            tokens: table, merges: merges,
            alphabet: .bytes(try VocabularyBuilder.byteIDs(in: table)),
            unknown: BytePairModel.Unknown(),
            ignoresMerges: rule.ignoresMerges)
        var parts = Tokenizer.Parts(
            model: .bytePair(model), decoder: TokenDecoder(tokens: table, style: .bytes))
        parts.preTokenizer.steps = rule.steps
        parts.prefixIDs = try beginIDs(default: rule.ignoresMerges)
        return parts
    }

    /// One score a token, rounded as llama.cpp keeps them.
    func scores() throws(TokenizationError) -> [Double] {
        guard let scores = file.metadata["tokenizer.ggml.scores"]?.doubles,
            scores.count == texts.count,
            scores.allSatisfy({ Float($0).isFinite })
        else {
            throw Self.malformed(
                "scores", "one finite number for each of \(texts.count) tokens was expected")
        }
        return scores.map { Double(Float($0)) }
    }

    private func scoredPairParts() throws(TokenizationError) -> Tokenizer.Parts {
        let scores = try scores()
        let (_, table) = try table(.text)
        var byteIDs: [UInt32?] = Array(repeating: nil, count: 256)
        for (id, text) in texts.enumerated() {
            if let byte = TokenDecoder.byteValue(text.utf8) { byteIDs[Int(byte)] = UInt32(id) }
        }
        let bytes = byteIDs.compactMap { $0 }
        guard bytes.count == 256 else {
            throw Self.malformed(
                "tokens",
                "\(bytes.count) of the 256 tokens <0x00> to <0xFF> are there; all are needed")
        }
        let mark = Array("▁".utf8)
        let hasPrefix = file.metadata["tokenizer.ggml.add_space_prefix"]?.bool ?? true
        let rules = TokenDecoder.TextRules(
            mark: mark, spelling: [UInt8(ascii: " ")], hasByteTokens: true,
            start: hasPrefix ? .stripped(1) : .kept)
        var parts = Tokenizer.Parts(
            model: .scoredPair(
                ScoredPairModel(tokens: table, scores: scores.map(Float.init), byteIDs: bytes)),
            decoder: TokenDecoder(tokens: table, style: .text(rules)))
        parts.normalizer.steps = hasPrefix ? [.prepend(mark)] : []
        parts.normalizer.steps.append(.replace([UInt8(ascii: " ")], with: mark))
        parts.prefixIDs = try beginIDs(default: true)
        return parts
    }

    // MARK: Special tokens

    private func addSpecialTokens(to parts: inout Tokenizer.Parts) throws(TokenizationError) {
        let ends = GenerationEnds(texts)
        for (id, text) in texts.enumerated() where !text.isEmpty {
            let isEnd = ends.ids.contains(id)
            // Some converters write control tokens with the type of plain text.
            let isSpecial =
                types[id].isSpecial || isEnd
                || types[id] == .normal && AddedToken.isControlText(text)
            guard isSpecial || types[id] == .userDefined else { continue }
            parts.addedTokens.append(
                AddedToken(id: UInt32(id), content: text, isSpecial: isSpecial))
            if isSpecial { parts.specialIDs.insert(Int32(id)) }
            if isEnd { parts.endOfTextIDs.insert(Int32(id)) }
        }
        for name in ["eos", "eot", "eom"] {
            if let id = try id(name) { parts.endOfTextIDs.insert(Int32(bitPattern: id)) }
        }
        for (role, name) in ["bos": "bos", "eos": "eos", "unknown": "unk", "padding": "pad"] {
            parts.tokenNames["\(name)_token"] = try id(role).map { texts[Int($0)] }
        }
        if flag("add_eos_token", default: kind == "t5"), let id = try id("eos") {
            parts.suffixIDs = [id]
        }
    }

    func beginIDs(default fallback: Bool) throws(TokenizationError) -> [UInt32] {
        guard flag("add_bos_token", default: fallback), let id = try id("bos") else { return [] }
        return [id]
    }

    func flag(_ name: String, default fallback: Bool) -> Bool {
        file.metadata["tokenizer.ggml.\(name)"]?.bool ?? fallback
    }

    /// The id of a role such as `bos`; nil when the file names none.
    func id(_ role: String) throws(TokenizationError) -> UInt32? {
        guard let value = file.metadata["tokenizer.ggml.\(role)_token_id"] else {
            return Self.defaults[kind]?[role].flatMap { $0 < texts.count ? $0 : nil }
        }
        guard let id = value.int, texts.indices.contains(id) else {
            throw Self.malformed(
                "\(role)_token_id", "an id from 0 to \(texts.count - 1) was expected")
        }
        return UInt32(id)
    }

    static func malformed(_ key: String, _ what: String) -> TokenizationError {
        TokenizationError(.malformed, "tokenizer.ggml.\(key): \(what)")
    }
}
