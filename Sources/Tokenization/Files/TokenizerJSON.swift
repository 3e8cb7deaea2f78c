internal import Tensors

/// Reads `tokenizer.json` of the `tokenizers` package.
///
/// Whatever is not implemented is refused by name. `truncation` and `padding` are the habits of a training run, not
/// of the model, and are not applied, as in transformers.
struct TokenizerJSON {
    private let file: JSONFields
    private let model: JSONFields
    /// Nil: the model is BPE.
    private let unigram: UnigramJSON?
    private let preTokenizer: PreTokenizerJSON
    private var addedTokens: [AddedToken] = []

    init(_ document: JSONValue) throws(TokenizationError) {
        file = try JSONFields(document, "tokenizer.json")
        model = try file.fields("model")
        // Very old files leave the type out.
        let type = try model.optionalString("type") ?? "BPE"
        guard type == "BPE" || type == "Unigram" else {
            throw model.unsupported("the model \(quoted(type))")
        }
        unigram = type == "Unigram" ? try UnigramJSON(model) : nil
        for key in ["dropout", "continuing_subword_prefix", "end_of_word_suffix"] {
            try model.refuse(key)
        }
        preTokenizer = try PreTokenizerJSON(try file.optionalFields("pre_tokenizer"))
        if preTokenizer.isByteLevel, unigram != nil {
            throw model.unsupported("the model \(quoted(type)) behind ByteLevel")
        }
        addedTokens = try readAddedTokens()
    }

    /// Everything but what other files say.
    func parts() throws(TokenizationError) -> Tokenizer.Parts {
        var vocabulary = VocabularyBuilder(preTokenizer.isByteLevel ? .byteAlphabet : .text)
        let table: TokenTable
        do {
            if let unigram {
                try unigram.insert(into: &vocabulary)
            } else {
                for (text, id) in try model.fields("vocab").object {
                    let id = try JSONFields.id(id, quoted(text))
                    try vocabulary.insert(text, id: id, isAdded: false)
                }
            }
            for token in addedTokens {
                try vocabulary.insert(token.content, id: token.id, isAdded: true)
            }
            table = try vocabulary.finish()
        } catch {
            throw error.at("tokenizer.json.model.vocab")
        }
        let decoder = try TokenDecoder(
            file.optionalFields("decoder"), tokens: table, isByteLevel: preTokenizer.isByteLevel)
        let model =
            if let unigram {
                Tokenizer.Model.unigram(try unigram.model(table))
            } else {
                Tokenizer.Model.bytePair(try bytePair(vocabulary, table))
            }
        var parts = Tokenizer.Parts(model: model, decoder: decoder)
        parts.normalizer = try Normalizer(file.optionalFields("normalizer"))
        parts.preTokenizer = preTokenizer.value
        parts.addedTokens = addedTokens
        parts.specialIDs = Set(addedTokens.filter(\.isSpecial).map { Int32(bitPattern: $0.id) })
        if let processor = try file.optionalFields("post_processor") {
            try PostProcessorJSON(vocabularySize: table.count).read(processor, into: &parts)
        }
        return parts
    }

    // MARK: Byte pairs

    private func bytePair(
        _ vocabulary: VocabularyBuilder, _ table: TokenTable
    ) throws(TokenizationError) -> BytePairModel {
        let (alphabet, unknown) = try alphabet(table)
        return BytePairModel(
            tokens: table, merges: try merges(vocabulary, table), alphabet: alphabet,
            unknown: unknown, ignoresMerges: try model.bool("ignore_merges", default: false))
    }

    private func alphabet(
        _ table: TokenTable
    ) throws(TokenizationError) -> (BytePairModel.Alphabet, BytePairModel.Unknown) {
        let text = try model.optionalString("unk_token")
        let unknown = BytePairModel.Unknown(
            id: text.flatMap { table.id(of: Array($0.utf8)) },
            isFused: try model.bool("fuse_unk", default: false))
        if preTokenizer.isByteLevel {
            return (.bytes(try VocabularyBuilder.byteIDs(in: table)), unknown)
        }
        if let text, unknown.id == nil {
            throw model.malformed("unk_token", "\(quoted(text)) is no token of the vocabulary")
        }
        let hasByteFallback = try model.bool("byte_fallback", default: false)
        let byteIDs = hasByteFallback ? VocabularyBuilder.byteTokenIDs(in: table) : []
        if unknown.id == nil, byteIDs.isEmpty || byteIDs.contains(nil) {
            throw model.malformed(
                "unk_token", "is missing, and not every byte has a token: text would be lost")
        }
        return (.characters(byteIDs), unknown)
    }

    /// Merges as `"a b"` or `["a", "b"]`.
    private func merges(
        _ vocabulary: VocabularyBuilder, _ table: TokenTable
    ) throws(TokenizationError) -> [BytePairModel.Merge] {
        let entries = try model.array("merges")
        guard entries.count <= VocabularyLimits.mergeCount else {
            throw TokenizationError(
                .limitExceeded,
                "tokenizer.json: \(entries.count) merges; at most \(VocabularyLimits.mergeCount) are allowed"
            )
        }
        var merges: [BytePairModel.Merge] = []
        merges.reserveCapacity(entries.count)
        for (rank, entry) in entries.enumerated() {
            guard let (left, right) = Self.pair(entry) else {
                throw model.malformed("merges", "merge \(rank) is no pair of tokens")
            }
            do {
                merges.append(try vocabulary.merge(left, right, rank: rank, in: table))
            } catch {
                throw error.at("tokenizer.json.model.merges")
            }
        }
        return merges
    }

    static func pair(_ entry: JSONValue) -> (Substring, Substring)? {
        switch entry {
        case .array(let halves):
            guard halves.count == 2, let left = halves[0].string, let right = halves[1].string
            else { return nil }
            return (left[...], right[...])
        case .string(let text): return VocabularyBuilder.splitMerge(text)
        default: return nil
        }
    }

    // MARK: Added tokens

    private func readAddedTokens() throws(TokenizationError) -> [AddedToken] {
        guard file.value("added_tokens") != nil else { return [] }
        let entries = try file.array("added_tokens")
        guard entries.count <= VocabularyLimits.addedTokenCount else {
            throw TokenizationError(
                .limitExceeded,
                "tokenizer.json: \(entries.count) added tokens; at most \(VocabularyLimits.addedTokenCount) are allowed"
            )
        }
        var tokens: [AddedToken] = []
        for (index, entry) in entries.enumerated() {
            let fields = try JSONFields(entry, "tokenizer.json.added_tokens[\(index)]")
            let token = AddedToken(
                id: try fields.id("id"), content: try fields.string("content"),
                isSingleWord: try fields.bool("single_word", default: false),
                stripsLeft: try fields.bool("lstrip", default: false),
                stripsRight: try fields.bool("rstrip", default: false),
                isNormalized: try fields.bool("normalized", default: true),
                isSpecial: try fields.bool("special", default: false))
            guard !token.content.isEmpty else { throw fields.malformed("content", "is empty") }
            tokens.append(token)
        }
        return tokens
    }
}
