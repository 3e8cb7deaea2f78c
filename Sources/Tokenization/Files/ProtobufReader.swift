/// Reads the fields of a Protocol Buffers message one after the other.
///
/// Source: the encoding of Protocol Buffers, without groups, which no message here has.
struct ProtobufReader {
    enum Value {
        case integer(UInt64)
        case fixed32(UInt32)
        case fixed64(UInt64)
        case bytes(ArraySlice<UInt8>)
    }

    private var bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
    }

    /// The next field; nil at the end.
    mutating func next() throws(TokenizationError) -> (number: Int, value: Value)? {
        guard !bytes.isEmpty else { return nil }
        let key = try integer()
        guard let number = Int(exactly: key >> 3), number > 0 else {
            throw malformed("a field without a number")
        }
        switch key & 7 {
        case 0: return (number, .integer(try integer()))
        case 1: return (number, .fixed64(try fixed(8)))
        case 2:
            let declared = try integer()
            guard let count = Int(exactly: declared), count <= bytes.count else {
                throw malformed("a field of \(declared) bytes, where \(bytes.count) are left")
            }
            defer { bytes = bytes.dropFirst(count) }
            return (number, .bytes(bytes.prefix(count)))
        case 5: return (number, .fixed32(UInt32(truncatingIfNeeded: try fixed(4))))
        default: throw malformed("a field of the unknown kind \(key & 7)")
        }
    }

    private mutating func integer() throws(TokenizationError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = bytes.popFirst() else { throw malformed("the end inside a number") }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw malformed("a number of more than ten bytes")
    }

    private mutating func fixed(_ count: Int) throws(TokenizationError) -> UInt64 {
        guard bytes.count >= count else { throw malformed("the end inside a number") }
        var value: UInt64 = 0
        for (place, byte) in bytes.prefix(count).enumerated() {
            value |= UInt64(byte) << UInt64(8 * place)
        }
        bytes = bytes.dropFirst(count)
        return value
    }

    private func malformed(_ what: String) -> TokenizationError {
        TokenizationError(.malformed, "byte \(bytes.startIndex): \(what)")
    }
}
