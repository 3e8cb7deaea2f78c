internal import Tensors

extension Tokenizer {
    /// Reads the tokenizer of a Hugging Face directory: `tokenizer.json`, or else `tokenizer.model` with
    /// `added_tokens.json`, and where they are there `tokenizer_config.json`, `special_tokens_map.json`,
    /// `chat_template.jinja` and `chat_template.json`.
    public init(directory: String) throws(TokenizationError) {
        let names = try SpecialNames(directory: directory)
        switch try VocabularyFile(directory: directory) {
        case .sentencePiece(let file):
            try self.init(sentencePiece: file, directory: directory, names)
        case .json(let document):
            do {
                var parts = try TokenizerJSON(document).parts()
                names.apply(to: &parts)
                try self.init(parts, chat: Self.chat(directory))
            } catch {
                throw error.at(directory)
            }
        }
    }

    private init(
        sentencePiece file: SentencePieceFile, directory: String, _ names: SpecialNames
    ) throws(TokenizationError) {
        do {
            let added = try AddedTokensJSON(directory: directory)
            var parts = try SentencePieceVocabulary(file, added: added.tokens)
                .parts(isPrefixFirst: !added.isLegacy)
            if added.addsBegin == false { parts.prefixIDs = [] }
            names.apply(to: &parts)
            if added.addsEnd {
                parts.suffixIDs = parts.endOfTextIDs.sorted().map { UInt32(bitPattern: $0) }
            }
            try self.init(parts, chat: Self.chat(directory))
        } catch {
            throw error.at("\(directory)/tokenizer.model")
        }
    }

    static func document(_ path: String) throws(TokenizationError) -> JSONValue {
        let bytes = try read(path)
        let limits = JSONLimits(
            depth: 32, byteCount: VocabularyLimits.fileByteCount, stringByteCount: 1 << 20)
        do {
            return try JSONValue(parsing: bytes, limits: limits)
        } catch {
            throw TokenizationError(.malformed, "\(path): \(error.message)")
        }
    }

    static func read(_ path: String) throws(TokenizationError) -> [UInt8] {
        do {
            return try FileBytes.array(path: path, limit: VocabularyLimits.fileByteCount)
        } catch {
            throw TokenizationError(
                error.code == .unreadable ? .unreadable : .limitExceeded, error.message)
        }
    }

    private static func chat(_ directory: String) -> Result<String, TokenizationError> {
        Result { () throws(TokenizationError) in
            guard let source = try chatTemplateSource(directory: directory) else {
                throw ChatTemplate.missing(directory)
            }
            return source
        }
    }

    /// The source of a directory's chat template: in a file of its own, else in the configuration, else in the
    /// older file of processors, as in transformers.
    static func chatTemplateSource(directory: String) throws(TokenizationError) -> String? {
        if let bytes = try? read("\(directory)/chat_template.jinja") {
            return String(decoding: bytes, as: UTF8.self)
        }
        for name in ["tokenizer_config.json", "chat_template.json"] {
            if let fields = try SpecialNames.fields("\(directory)/\(name)"),
                let source = template(fields)
            {
                return source
            }
        }
        return nil
    }

    /// A template is a text, or one of several with names, of which `default` is taken.
    private static func template(_ fields: JSONFields) -> String? {
        guard let value = fields.value("chat_template") else { return nil }
        if let text = value.string { return text }
        if let named = value["default"]?.string { return named }
        return value.array?.first { $0["name"]?.string == "default" }?["template"]?.string
    }
}

/// What the files beside `tokenizer.json` say about special tokens.
private struct SpecialNames {
    /// The text of each `..._token`.
    private var tokens: [String: String] = [:]
    private var addsBegin = false
    /// Tokens that `tokenizer_config.json` adds to those of `tokenizer.json`, or marks as special.
    private var added: [AddedToken] = []

    init(directory: String) throws(TokenizationError) {
        for name in ["special_tokens_map.json", "tokenizer_config.json"] {
            guard let fields = try Self.fields("\(directory)/\(name)") else { continue }
            for (key, value) in fields.object where key.hasSuffix("_token") {
                if let text = value.string ?? value["content"]?.string { tokens[key] = text }
            }
            addsBegin = try fields.bool("add_bos_token", default: addsBegin)
            if let entries = try fields.optionalFields("added_tokens_decoder") {
                try readAdded(entries)
            }
        }
    }

    /// The members of a file that may be missing.
    static func fields(_ path: String) throws(TokenizationError) -> JSONFields? {
        do {
            return try JSONFields(try Tokenizer.document(path), path)
        } catch  where error.code == .unreadable {
            return nil
        }
    }

    private mutating func readAdded(_ entries: JSONFields) throws(TokenizationError) {
        for (key, value) in entries.object {
            guard let id = UInt32(key), id < VocabularyLimits.tokenCount,
                let content = value["content"]?.string, !content.isEmpty
            else { throw entries.malformed(key, "a token with its content was expected") }
            added.append(
                AddedToken(
                    id: id, content: content,
                    isSingleWord: value["single_word"]?.bool ?? false,
                    stripsLeft: value["lstrip"]?.bool ?? false,
                    stripsRight: value["rstrip"]?.bool ?? false,
                    isNormalized: value["normalized"]?.bool ?? false,
                    isSpecial: value["special"]?.bool ?? false))
        }
    }

    func apply(to parts: inout Tokenizer.Parts) {
        addTokens(to: &parts)
        let ids = Dictionary(
            parts.addedTokens.map { ($0.content, $0.id) }, uniquingKeysWith: { first, _ in first })
        let prefix = parts.addedTokens.first { [$0.id] == parts.prefixIDs }
        parts.tokenNames.merge(tokens) { $1 }
        if parts.beginOfText == nil { parts.tokenNames["bos_token"] = prefix?.content }
        if let end = tokens["eos_token"], let id = ids[end] {
            parts.endOfTextIDs = [Int32(bitPattern: id)]
        }
        // Llama's fast tokenizer in transformers adds the token where the file has no template.
        if addsBegin, parts.prefixIDs.isEmpty, let begin = parts.beginOfText, let id = ids[begin] {
            parts.prefixIDs = [id]
        }
    }

    /// Adds what the configuration has beyond `tokenizer.json`, where the vocabulary has the token under its id.
    private func addTokens(to parts: inout Tokenizer.Parts) {
        let known = Set(parts.addedTokens.map(\.id))
        for token in added where !known.contains(token.id) && token.id < parts.decoder.tokens.count
        {
            guard parts.decoder.tokens[token.id].elementsEqual(token.content.utf8) else { continue }
            parts.addedTokens.append(token)
            if token.isSpecial { parts.specialIDs.insert(Int32(bitPattern: token.id)) }
        }
    }
}
