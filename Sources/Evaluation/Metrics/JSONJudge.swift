internal import Tensors

/// Judges replies that have to be JSON.
enum JSONJudge {
    /// Replies are small; what is deeper or longer is no answer.
    private static let limits = JSONLimits(depth: 32, byteCount: 1 << 20, stringByteCount: 1 << 20)

    /// Whether a reply is one JSON document; with keys, an object that has them all.
    static func isValid(_ reply: String, keys: [String]) -> Bool {
        guard let value = value(reply) else { return false }
        guard !keys.isEmpty else { return true }
        return keys.allSatisfy { value.object?[$0] != nil }
    }

    /// Whether a reply is the same document as a reference, whatever the order of its members and its spaces.
    static func isEqual(_ reply: String, to reference: String) -> Bool {
        guard let left = value(reply), let right = value(reference) else { return false }
        return ordered(left) == ordered(right)
    }

    private static func value(_ text: String) -> JSONValue? {
        try? JSONValue(parsing: Array(text.utf8), limits: limits)
    }

    /// The document with the members of all objects in the order of their keys, and whole numbers written as such.
    private static func ordered(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let elements): return .array(elements.map(ordered))
        case .object(let members):
            var sorted = JSONObject()
            for (key, value) in members.sorted(by: { $0.key < $1.key }) {
                sorted.append(key, ordered(value))
            }
            return .object(sorted)
        case .number: return value.int.map { .integer(Int64($0)) } ?? value
        default: return value
        }
    }
}
