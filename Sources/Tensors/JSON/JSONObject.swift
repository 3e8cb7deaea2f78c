/// The members of a JSON object in their order, each key once.
///
/// Keys are told apart by their UTF-8 bytes. Swift's own string comparison takes canonically equivalent strings as equal,
/// which would merge different tokens of a vocabulary.
public struct JSONObject: Sendable, Equatable, RandomAccessCollection,
    ExpressibleByDictionaryLiteral
{
    public typealias Element = (key: String, value: JSONValue)

    /// Up to here a search is as fast as a hash.
    private static let unindexedCount = 8

    private var members: [Element] = []
    private var positions: [UTF8Key: Int] = [:]

    public init() {}

    /// Takes the first of equal keys.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        for (key, value) in elements { append(key, value) }
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { members.count }
    public subscript(position: Int) -> Element { members[position] }

    public var keys: [String] { members.map(\.key) }

    public subscript(key: String) -> JSONValue? {
        position(of: key).map { members[$0].value }
    }

    /// Adds a member at the end; false, and nothing is added, when the key is there.
    @discardableResult
    public mutating func append(_ key: String, _ value: JSONValue) -> Bool {
        if members.count < Self.unindexedCount {
            guard position(of: key) == nil else { return false }
        } else {
            if positions.isEmpty {
                for (index, member) in members.enumerated() {
                    positions[UTF8Key(string: member.key)] = index
                }
            }
            let taken = positions.updateValue(members.count, forKey: UTF8Key(string: key))
            if let taken {
                positions[UTF8Key(string: key)] = taken
                return false
            }
        }
        members.append((key, value))
        return true
    }

    private func position(of key: String) -> Int? {
        guard positions.isEmpty else { return positions[UTF8Key(string: key)] }
        let wanted = UTF8Key(string: key)
        return members.firstIndex { UTF8Key(string: $0.key) == wanted }
    }

    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.members.elementsEqual(right.members) {
            $0.key.utf8.elementsEqual($1.key.utf8) && $0.value == $1.value
        }
    }
}

/// A string compared by its bytes.
private struct UTF8Key: Hashable {
    let string: String

    static func == (left: UTF8Key, right: UTF8Key) -> Bool {
        left.string.utf8.elementsEqual(right.string.utf8)
    }

    func hash(into hasher: inout Hasher) {
        var string = string
        string.withUTF8 { bytes in unsafe hasher.combine(bytes: UnsafeRawBufferPointer(bytes)) }
    }
}
