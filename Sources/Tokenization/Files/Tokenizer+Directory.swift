internal import Tensors

extension Tokenizer {
    /// Reads the tokenizer of a Hugging Face directory: `tokenizer.json`, or else `tokenizer.model` with
    /// `added_tokens.json`, and where they are there `tokenizer_config.json`, `special_tokens_map.json` and
    /// `chat_template.jinja`.
    public init(directory: String) throws(TokenizationError) {
        let names = try SpecialNames(directory: directory)
        let document: JSONValue
        do throws(TokenizationError) {
            document = try Self.document("\(directory)/tokenizer.json")
        } catch {
            guard error.code == .unreadable,
                let model = try? Self.read("\(directory)/tokenizer.model")
            else { throw error }
            try self.init(sentencePiece: model, directory: directory, names)
            return
        }
        do {
            var parts = try TokenizerJSON(document).parts()
            names.apply(to: &parts)
            try self.init(parts, chat: Self.chatTemplate(directory, names))
        } catch {
            throw error.at(directory)
        }
    }

    private init(
        sentencePiece bytes: [UInt8], directory: String, _ names: SpecialNames
    ) throws(TokenizationError) {
        do {
            let file = try SentencePieceFile(bytes)
            let added = try AddedTokensJSON(directory: directory)
            var parts = try SentencePieceVocabulary(file, added: added.tokens)
                .parts(isPrefixFirst: !added.isLegacy)
            if added.addsBegin == false { parts.prefixIDs = [] }
            names.apply(to: &parts)
            if added.addsEnd {
                parts.suffixIDs = parts.endOfTextIDs.sorted().map { UInt32(bitPattern: $0) }
            }
            try self.init(parts, chat: Self.chatTemplate(directory, names))
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

    private static func read(_ path: String) throws(TokenizationError) -> [UInt8] {
        do {
            return try FileBytes.array(path: path, limit: VocabularyLimits.fileByteCount)
        } catch {
            throw TokenizationError(
                error.code == .unreadable ? .unreadable : .limitExceeded, error.message)
        }
    }

    /// The template in its own file wins over the one in the configuration, as in transformers.
    private static func chatTemplate(
        _ directory: String, _ names: SpecialNames
    ) -> Result<ChatTemplate, TokenizationError> {
        let text: String
        if let bytes = try? read("\(directory)/chat_template.jinja") {
            text = String(decoding: bytes, as: UTF8.self)
        } else if let template = names.chatTemplate {
            text = template
        } else {
            return .failure(ChatTemplate.missing(directory))
        }
        return Result { () throws(TokenizationError) in try ChatTemplate(recognizing: text) }
            .mapError { $0.at(directory) }
    }
}

/// What the files beside `tokenizer.json` say about special tokens.
private struct SpecialNames {
    private var begin: String?
    private var end: String?
    private var addsBegin = false
    private(set) var chatTemplate: String?

    init(directory: String) throws(TokenizationError) {
        for name in ["special_tokens_map.json", "tokenizer_config.json"] {
            let document: JSONValue
            do {
                document = try Tokenizer.document("\(directory)/\(name)")
            } catch  where error.code == .unreadable {
                continue
            }
            let fields = try JSONFields(document, "\(directory)/\(name)")
            begin = Self.token(fields, "bos_token") ?? begin
            end = Self.token(fields, "eos_token") ?? end
            addsBegin = try fields.bool("add_bos_token", default: addsBegin)
            chatTemplate = Self.template(fields) ?? chatTemplate
        }
    }

    /// A token is its text or an object with it.
    private static func token(_ fields: JSONFields, _ key: String) -> String? {
        fields.value(key)?.string ?? fields.value(key)?["content"]?.string
    }

    /// A template is a text, or one of several with names.
    private static func template(_ fields: JSONFields) -> String? {
        guard let value = fields.value("chat_template") else { return nil }
        if let text = value.string { return text }
        return value.array?.first { $0["name"]?.string == "default" }?["template"]?.string
    }

    func apply(to parts: inout Tokenizer.Parts) {
        let ids = Dictionary(
            parts.addedTokens.map { ($0.content, $0.id) }, uniquingKeysWith: { first, _ in first })
        let prefix = parts.addedTokens.first { [$0.id] == parts.prefixIDs }
        parts.beginOfText = begin ?? prefix?.content
        parts.endOfText = end ?? parts.endOfText
        if let end, let id = ids[end] { parts.endOfTextIDs = [Int32(bitPattern: id)] }
        // Llama's fast tokenizer in transformers adds the token where the file has no template.
        if addsBegin, parts.prefixIDs.isEmpty, let begin, let id = ids[begin] {
            parts.prefixIDs = [id]
        }
    }
}
