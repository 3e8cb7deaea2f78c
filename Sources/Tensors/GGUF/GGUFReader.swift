/// Reads the numbers and strings of a GGUF file one after the other; every step is checked against the bytes there are.
///
/// All integers are little-endian. A string is a `u64` length and that many bytes of UTF-8.
struct GGUFReader: ~Escapable {
    private let bytes: RawSpan
    private(set) var position = 0
    /// Values that metadata may still hold: an array element takes more memory than its byte in the file.
    private var valuesLeft = 1 << 23

    private static let longestString = 16 << 20
    private static let deepestArray = 4

    @_lifetime(copy bytes)
    init(bytes: RawSpan) {
        self.bytes = bytes
    }

    var remaining: Int { bytes.byteCount - position }

    mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type)
        throws(TensorError) -> T
    {
        let size = MemoryLayout<T>.size
        guard size <= remaining else { throw malformed("the file is cut short") }
        let value = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: position, as: T.self)
        position += size
        return T(littleEndian: value)
    }

    /// A number of things that take at least `size` bytes each, which the file has to have.
    mutating func count(of things: String, atLeast size: Int) throws(TensorError) -> Int {
        let declared = try integer(UInt64.self)
        guard let count = Int(exactly: declared), count <= remaining / size else {
            throw malformed("\(declared) \(things) are more than the file has bytes for")
        }
        return count
    }

    mutating func string() throws(TensorError) -> String {
        let length = try count(of: "bytes of a string", atLeast: 1)
        guard length <= Self.longestString else {
            throw TensorError(
                .limitExceeded,
                "byte \(position): a string of \(length) bytes; at most \(Self.longestString) are allowed"
            )
        }
        let text = bytes.extracting(position..<position + length)
        guard
            let string = unsafe text.withUnsafeBytes({
                unsafe String(validating: $0, as: UTF8.self)
            })
        else {
            throw malformed("a string is not valid UTF-8")
        }
        position += length
        return string
    }

    mutating func value() throws(TensorError) -> GGUFValue {
        let kind = try kind()
        return try value(of: kind, depth: 0)
    }

    private mutating func kind() throws(TensorError) -> GGUFValue.Kind {
        let number = try integer(UInt32.self)
        guard let kind = GGUFValue.Kind(rawValue: number) else {
            throw malformed("there is no kind of value with the number \(number)")
        }
        return kind
    }

    private mutating func value(of kind: GGUFValue.Kind, depth: Int) throws(TensorError)
        -> GGUFValue
    {
        switch kind {
        case .uint8: return .uint8(try integer(UInt8.self))
        case .int8: return .int8(try integer(Int8.self))
        case .uint16: return .uint16(try integer(UInt16.self))
        case .int16: return .int16(try integer(Int16.self))
        case .uint32: return .uint32(try integer(UInt32.self))
        case .int32: return .int32(try integer(Int32.self))
        case .uint64: return .uint64(try integer(UInt64.self))
        case .int64: return .int64(try integer(Int64.self))
        case .float32: return .float32(Float(bitPattern: try integer(UInt32.self)))
        case .float64: return .float64(Double(bitPattern: try integer(UInt64.self)))
        case .bool:
            let byte = try integer(UInt8.self)
            guard byte <= 1 else { throw malformed("a bool is \(byte), neither 0 nor 1") }
            return .bool(byte == 1)
        case .string: return .string(try string())
        case .array: return try array(depth: depth + 1)
        }
    }

    private mutating func array(depth: Int) throws(TensorError) -> GGUFValue {
        guard depth <= Self.deepestArray else {
            throw TensorError(
                .limitExceeded,
                "byte \(position): arrays are nested deeper than \(Self.deepestArray) levels")
        }
        let kind = try kind()
        let count = try count(of: "elements of an array", atLeast: kind.leastByteCount)
        guard count <= valuesLeft else {
            throw TensorError(
                .limitExceeded, "byte \(position): the metadata holds too many values")
        }
        valuesLeft -= count
        var elements: [GGUFValue] = []
        elements.reserveCapacity(count)
        for _ in 0..<count {
            elements.append(try value(of: kind, depth: depth))
        }
        return .array(kind, elements)
    }

    func malformed(_ what: String) -> TensorError {
        TensorError(.malformed, "byte \(position): \(what)")
    }
}
