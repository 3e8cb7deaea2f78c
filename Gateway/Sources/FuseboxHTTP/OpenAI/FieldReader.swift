import FuseboxWire

/// The members of a JSON object, taken one after the other; what nobody took can be told afterwards.
///
/// A member that is null counts as left out, as clients send it for what they do not use.
struct FieldReader {
    private let object: JSONObject
    /// What goes before a member's name where an error names it: `messages[0].`.
    private let prefix: String
    private var taken: Set<String> = []

    init(_ object: JSONObject, prefix: String = "") {
        self.object = object
        self.prefix = prefix
    }

    /// Reads a value that has to be an object.
    init(_ value: JSONValue, at path: String) throws(APIError) {
        guard let object = value.object else {
            throw .invalid("\(path.isEmpty ? "the body" : path) must be an object", param: path)
        }
        self.init(object, prefix: path.isEmpty ? "" : path + ".")
    }

    /// How errors name a member.
    func path(_ name: String) -> String { prefix + name }

    mutating func value(_ name: String) -> JSONValue? {
        taken.insert(name)
        guard let value = object[name], !value.isNull else { return nil }
        return value
    }

    mutating func string(_ name: String) throws(APIError) -> String? {
        try take(name, "a string") { $0.string }
    }

    mutating func bool(_ name: String) throws(APIError) -> Bool? {
        try take(name, "true or false") { $0.bool }
    }

    mutating func number(_ name: String) throws(APIError) -> Float? {
        try take(name, "a number") { $0.double.map { Float($0) } }
    }

    mutating func count(_ name: String) throws(APIError) -> UInt32? {
        try take(name, "a whole number that is not negative") {
            $0.int.flatMap { UInt32(exactly: $0) }
        }
    }

    mutating func seed(_ name: String) throws(APIError) -> UInt64? {
        try take(name, "a whole number") { value in
            // OpenAI's seeds are signed: the bits count.
            UInt64(seed: value) ?? value.int.map { UInt64(bitPattern: Int64($0)) }
        }
    }

    /// One of an enumeration's words.
    mutating func word<Word: WireName>(
        _ name: String, of type: Word.Type
    ) throws(APIError) -> Word? {
        try take(name, "one of " + Word.names.joined(separator: ", ")) {
            $0.string.flatMap { Word(name: $0) }
        }
    }

    mutating func array(_ name: String) throws(APIError) -> [JSONValue]? {
        try take(name, "an array") { $0.array }
    }

    mutating func object(_ name: String) throws(APIError) -> FieldReader? {
        guard let value = value(name) else { return nil }
        return try FieldReader(value, at: path(name))
    }

    /// Takes a member that must be as told where it is there.
    mutating func take<Value>(
        _ name: String, _ wanted: String, _ read: (JSONValue) -> Value?
    ) throws(APIError) -> Value? {
        guard let value = value(name) else { return nil }
        guard let result = read(value) else {
            throw .invalid("\(path(name)) must be \(wanted)", param: path(name))
        }
        return result
    }

    /// The names of members that nobody took, in their order.
    var rest: [String] {
        object.compactMap { taken.contains($0.key) || $0.value.isNull ? nil : path($0.key) }
    }
}
