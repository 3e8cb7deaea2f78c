internal import Tensors

/// The keys of a `config.json`, or of an object in it, and which of them were read.
///
/// A key that is null counts as said; one that is not there has the family's default.
final class ConfigurationFields {
    private let json: JSONObject
    private let defaults: JSONObject
    /// What the object is called in messages, with a point at its end.
    private let path: String
    private(set) var read: Set<String> = []

    init(_ json: JSONObject, defaults: JSONObject = [:], path: String = "") {
        self.json = json
        self.defaults = defaults
        self.path = path
    }

    /// The value of a key; nil where it is null or nothing says it.
    func value(_ key: String) -> JSONValue? {
        read.insert(key)
        guard let value = json[key] ?? defaults[key], !value.isNull else { return nil }
        return value
    }

    private func converted<Value>(
        _ key: String, _ kind: String, _ convert: (JSONValue) -> Value?
    ) throws(ModelError) -> Value? {
        guard let value = value(key) else { return nil }
        guard let result = convert(value) else {
            throw ModelError(.malformed, "\(path)\(key) is \(value.text.prefix(64)), not \(kind)")
        }
        return result
    }

    func optionalInteger(_ key: String) throws(ModelError) -> Int? {
        try converted(key, "an integer", \.int)
    }

    func integer(_ key: String) throws(ModelError) -> Int {
        guard let value = try optionalInteger(key) else {
            throw ModelError(.malformed, "\(path)\(key) is missing or no integer")
        }
        return value
    }

    func optionalNumber(_ key: String) throws(ModelError) -> Double? {
        try converted(key, "a number", \.double)
    }

    /// A number that has to be there and positive.
    func positive(_ key: String) throws(ModelError) -> Double {
        guard let value = try optionalNumber(key), value.isFinite, value > 0 else {
            throw ModelError(.malformed, "\(path)\(key) is missing or not positive")
        }
        return value
    }

    func flag(_ key: String) throws(ModelError) -> Bool {
        try converted(key, "true or false", \.bool) ?? false
    }

    func string(_ key: String) throws(ModelError) -> String? {
        try converted(key, "a text", \.string)
    }

    func array(_ key: String) throws(ModelError) -> [JSONValue]? {
        try converted(key, "a list", \.array)
    }

    func numbers(_ key: String) throws(ModelError) -> [Double]? {
        guard let array = try array(key) else { return nil }
        let numbers = array.compactMap(\.double)
        guard numbers.count == array.count else {
            throw ModelError(.malformed, "\(path)\(key) holds something else than numbers")
        }
        return numbers
    }

    func object(_ key: String) throws(ModelError) -> JSONObject? {
        try converted(key, "an object", \.object)
    }

    /// Refuses keys that were not read, are set, and are asked for by `concerns`.
    ///
    /// - Parameter reason: why such a key cannot be left out.
    func refuseUnread(
        where concerns: (String) -> Bool, reason: String
    ) throws(ModelError) {
        for (key, value) in json where !read.contains(key) && concerns(key) && Self.isSet(value) {
            throw ModelError(
                .unsupported,
                "\(path)\(key.prefix(64)) is \(value.text.prefix(64)): \(reason)")
        }
    }

    private static func isSet(_ value: JSONValue) -> Bool {
        switch value {
        case .null, .bool(false): false
        case .array(let elements): !elements.isEmpty
        case .object(let members): !members.isEmpty
        default: true
        }
    }
}
