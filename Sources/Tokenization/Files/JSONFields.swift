internal import Tensors

/// The members of a JSON object, read with errors that name them.
struct JSONFields {
    let object: JSONObject
    /// Where the object stands, for errors.
    let place: String

    init(_ value: JSONValue, _ place: String) throws(TokenizationError) {
        guard let object = value.object else {
            throw TokenizationError(.malformed, "\(place): an object was expected")
        }
        self.object = object
        self.place = place
    }

    /// A member that is there and not null.
    func value(_ key: String) -> JSONValue? {
        guard let value = object[key], !value.isNull else { return nil }
        return value
    }

    func fields(_ key: String) throws(TokenizationError) -> JSONFields {
        guard let value = value(key) else { throw malformed(key, "is missing") }
        return try JSONFields(value, "\(place).\(key)")
    }

    func optionalFields(_ key: String) throws(TokenizationError) -> JSONFields? {
        value(key) == nil ? nil : try fields(key)
    }

    func array(_ key: String) throws(TokenizationError) -> [JSONValue] {
        guard let value = value(key) else { throw malformed(key, "is missing") }
        guard let array = value.array else { throw malformed(key, "an array was expected") }
        return array
    }

    func string(_ key: String) throws(TokenizationError) -> String {
        guard let value = try optionalString(key) else { throw malformed(key, "is missing") }
        return value
    }

    func optionalString(_ key: String) throws(TokenizationError) -> String? {
        guard let value = value(key) else { return nil }
        guard let string = value.string else { throw malformed(key, "a string was expected") }
        return string
    }

    func bool(_ key: String, default fallback: Bool) throws(TokenizationError) -> Bool {
        guard let value = value(key) else { return fallback }
        guard let bool = value.bool else { throw malformed(key, "true or false was expected") }
        return bool
    }

    /// A token id.
    func id(_ key: String) throws(TokenizationError) -> UInt32 {
        guard let value = value(key) else { throw malformed(key, "is missing") }
        return try Self.id(value, "\(place).\(key)")
    }

    static func id(_ value: JSONValue, _ place: String) throws(TokenizationError) -> UInt32 {
        guard let int = value.int, let id = UInt32(exactly: int), id < VocabularyLimits.tokenCount
        else {
            throw TokenizationError(
                .malformed,
                "\(place): a token id from 0 to \(VocabularyLimits.tokenCount - 1) was expected")
        }
        return id
    }

    func type() throws(TokenizationError) -> String { try string("type") }

    /// Refuses a member that asks for something that is not implemented.
    func refuse(_ key: String) throws(TokenizationError) {
        guard let value = value(key) else { return }
        if value.bool == false || value.string == "" || value.double == 0 { return }
        throw unsupported("\(key) \(value.text.prefix(80))")
    }

    func malformed(_ key: String, _ what: String) -> TokenizationError {
        TokenizationError(.malformed, "\(place).\(key): \(what)")
    }

    func unsupported(_ what: String) -> TokenizationError {
        TokenizationError(
            .unsupported, "\(place): \(what) is not supported; use a tokenizer of a supported kind")
    }
}

/// What a vocabulary may have.
enum VocabularyLimits {
    static let tokenCount: UInt32 = 1 << 20
    static let mergeCount = 1 << 22
    static let fileByteCount = 128 << 20
    static let addedTokenCount = 1 << 16
}
