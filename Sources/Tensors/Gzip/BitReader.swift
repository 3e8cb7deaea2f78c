/// Reads bits of bytes, the lowest first, as deflate packs them.
struct BitReader {
    private let bytes: [UInt8]
    private var position = 0
    private var bits: UInt32 = 0
    private var bitCount = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Nothing is left but the rest of a byte.
    var isAtEnd: Bool { position >= bytes.count }

    /// The next `count` bits, at most sixteen.
    mutating func take(_ count: Int) throws(TensorError) -> Int {
        while bitCount < count {
            bits |= UInt32(try byteBehindBits()) << UInt32(bitCount)
            bitCount += 8
        }
        let value = bits & ((1 << UInt32(count)) - 1)
        bits >>= UInt32(count)
        bitCount -= count
        return Int(value)
    }

    /// The next whole byte; what is left of the one before is dropped.
    mutating func byte() throws(TensorError) -> UInt8 {
        alignToByte()
        return try byteBehindBits()
    }

    /// Four whole bytes.
    mutating func littleEndian() throws(TensorError) -> UInt32 {
        var value: UInt32 = 0
        for shift in [0, 8, 16, 24] as [UInt32] { value |= UInt32(try byte()) << shift }
        return value
    }

    mutating func skipZeros() {
        while position < bytes.count, bytes[position] == 0 { position += 1 }
    }

    /// `take` reads no byte before it needs one, so what is left belongs to the last.
    private mutating func alignToByte() {
        bits = 0
        bitCount = 0
    }

    private mutating func byteBehindBits() throws(TensorError) -> UInt8 {
        guard position < bytes.count else {
            throw TensorError(.malformed, "gzip: the file ends early; it was cut short")
        }
        defer { position += 1 }
        return bytes[position]
    }
}
