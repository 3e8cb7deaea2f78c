/// A value of a GGUF file's metadata.
public enum GGUFValue: Sendable, Equatable {
    case uint8(UInt8), int8(Int8)
    case uint16(UInt16), int16(Int16)
    case uint32(UInt32), int32(Int32)
    case uint64(UInt64), int64(Int64)
    case float32(Float), float64(Double)
    case bool(Bool)
    case string(String)
    /// Elements of one kind.
    case array(Kind, [GGUFValue])

    /// The kinds, by their number in the file.
    public enum Kind: UInt32, Sendable {
        case uint8, int8, uint16, int16, uint32, int32, float32, bool, string, array, uint64, int64,
            float64

        /// Bytes of a value, or the fewest that one takes.
        var leastByteCount: Int {
            switch self {
            case .uint8, .int8, .bool: 1
            case .uint16, .int16: 2
            case .uint32, .int32, .float32: 4
            case .uint64, .int64, .float64, .string: 8
            case .array: 12
            }
        }
    }

    public var kind: Kind {
        switch self {
        case .uint8: .uint8
        case .int8: .int8
        case .uint16: .uint16
        case .int16: .int16
        case .uint32: .uint32
        case .int32: .int32
        case .uint64: .uint64
        case .int64: .int64
        case .float32: .float32
        case .float64: .float64
        case .bool: .bool
        case .string: .string
        case .array: .array
        }
    }

    /// A whole number of any integer kind.
    public var int: Int? {
        switch self {
        case .uint8(let value): Int(value)
        case .int8(let value): Int(value)
        case .uint16(let value): Int(value)
        case .int16(let value): Int(value)
        case .uint32(let value): Int(value)
        case .int32(let value): Int(value)
        case .uint64(let value): Int(exactly: value)
        case .int64(let value): Int(exactly: value)
        default: nil
        }
    }

    /// A number of any kind.
    public var double: Double? {
        switch self {
        case .float32(let value): Double(value)
        case .float64(let value): value
        default: int.map { Double($0) }
        }
    }

    public var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    public var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The elements of an array.
    public var array: [GGUFValue]? {
        if case .array(_, let elements) = self { elements } else { nil }
    }

    /// The elements of an array of strings.
    public var strings: [String]? {
        elements { $0.string }
    }

    /// The elements of an array of whole numbers.
    public var ints: [Int]? {
        elements { $0.int }
    }

    /// The elements of an array of numbers.
    public var doubles: [Double]? {
        elements { $0.double }
    }

    /// Nil unless this is an array whose every element converts.
    private func elements<T>(_ convert: (GGUFValue) -> T?) -> [T]? {
        guard let array else { return nil }
        var elements: [T] = []
        elements.reserveCapacity(array.count)
        for value in array {
            guard let element = convert(value) else { return nil }
            elements.append(element)
        }
        return elements
    }
}
