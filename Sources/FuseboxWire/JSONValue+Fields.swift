internal import FoundationEssentials
public import Tensors

extension JSONValue {
    /// A count or a size.
    public init(_ value: some FixedWidthInteger) {
        self = .integer(Int64(clamping: value))
    }

    /// The shortest decimal that reads back as the same Float.
    public init(_ value: Float) {
        self = .number(Double(value.description) ?? Double(value))
    }

    public init(_ ids: [UInt32]) {
        self = .array(ids.map { JSONValue($0) })
    }

    /// A seed: a string of digits, since readers round large numbers.
    public init(seed: UInt64) {
        self = .string(String(seed))
    }

    /// 64 hexadecimal digits; null where a message has no digest.
    init(digest bytes: Data) {
        self = Digest(bytes: bytes).map { .string($0.description) } ?? .null
    }
}

extension UInt64 {
    /// A seed in JSON: a string of digits, or a whole number that Int64 holds.
    public init?(seed value: JSONValue) {
        if let number = value.int.flatMap({ UInt64(exactly: $0) }) {
            self = number
        } else if let number = value.string.flatMap({ UInt64($0) }) {
            self = number
        } else {
            return nil
        }
    }
}
