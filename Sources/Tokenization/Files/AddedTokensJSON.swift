internal import Tensors

/// What the JSON files beside `tokenizer.model` add to it: `added_tokens.json` and `added_tokens_decoder` in
/// `tokenizer_config.json`, whose entries win.
struct AddedTokensJSON {
    private(set) var tokens: [AddedToken] = []
    private(set) var addsBegin: Bool?
    private(set) var addsEnd = false
    /// Whether a text behind a special token, too, gets a blank in front.
    private(set) var isLegacy = false

    private static let roles = [
        "bos_token", "eos_token", "unk_token", "pad_token", "sep_token", "cls_token", "mask_token",
    ]

    /// - Throws: for files that are there and cannot be read.
    init(directory: String) throws(TokenizationError) {
        var special: Set<String> = []
        var byID: [UInt32: AddedToken] = [:]
        let config = try Self.document("\(directory)/tokenizer_config.json")
        if let map = try Self.document("\(directory)/special_tokens_map.json") {
            special.formUnion(Self.names(map))
        }
        if let config {
            special.formUnion(Self.names(config))
            addsBegin = config.value("add_bos_token")?.bool
            addsEnd = try config.bool("add_eos_token", default: false)
            isLegacy = try config.bool("legacy", default: false)
        }
        if let added = try Self.document("\(directory)/added_tokens.json") {
            for (content, value) in added.object {
                let id = try JSONFields.id(value, "\(added.place).\(quoted(content))")
                byID[id] = AddedToken(
                    id: id, content: content, isSpecial: special.contains(content))
            }
        }
        for (key, value) in try config?.optionalFields("added_tokens_decoder")?.object ?? .init() {
            let fields = try JSONFields(value, "added_tokens_decoder.\(quoted(key))")
            guard let number = Int(key), let id = UInt32(exactly: number),
                number < VocabularyLimits.tokenCount
            else { throw fields.malformed("id", "\(quoted(key)) is no id") }
            byID[id] = AddedToken(
                id: id, content: try fields.string("content"),
                isSingleWord: try fields.bool("single_word", default: false),
                stripsLeft: try fields.bool("lstrip", default: false),
                stripsRight: try fields.bool("rstrip", default: false),
                isSpecial: try fields.bool("special", default: false))
        }
        guard byID.count <= VocabularyLimits.addedTokenCount else {
            throw TokenizationError(
                .limitExceeded,
                "at most \(VocabularyLimits.addedTokenCount) added tokens are allowed")
        }
        tokens = byID.values.sorted { $0.id < $1.id }
        if let token = tokens.first(where: \.content.isEmpty) {
            throw TokenizationError(.malformed, "the added token \(token.id) is empty")
        }
    }

    /// Nil when the file is not there.
    private static func document(_ path: String) throws(TokenizationError) -> JSONFields? {
        do throws(TokenizationError) {
            return try JSONFields(try Tokenizer.document(path), path)
        } catch {
            guard error.code == .unreadable else { throw error }
            return nil
        }
    }

    private static func names(_ fields: JSONFields) -> [String] {
        let more = fields.value("additional_special_tokens")?.array ?? []
        return (roles.compactMap { fields.value($0) } + more).compactMap {
            $0.string ?? $0["content"]?.string
        }
    }
}
