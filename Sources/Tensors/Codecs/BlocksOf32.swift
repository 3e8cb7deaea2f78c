/// ggml's formats of 32 weights that share a half-precision scale d, stored first.
///
/// | type | bytes after d                                             | value          |
/// |------|-----------------------------------------------------------|----------------|
/// | q8_0 | 32 signed codes                                           | d * q          |
/// | q4_0 | 16: code i in the low, code i + 16 in the high four bits  | d * (q - 8)    |
/// | q5_0 | 4: the fifth bits, code 0 lowest; then 16 as in q4_0      | d * (q - 16)   |
///
/// Each product is rounded once, so that the values are those of ggml's own reference, bit for bit.
enum BlocksOf32 {
    static func dequantizeQ8(
        _ source: UnsafeRawPointer, into target: UnsafeMutablePointer<Float>, blockCount: Int
    ) {
        for block in 0..<blockCount {
            let bytes = unsafe source + block * 34
            let values = unsafe target + block * 32
            let scale = unsafe HalfPrecision.float(f16: bytes.loadUnaligned(as: UInt16.self))
            for index in 0..<32 {
                let code = unsafe bytes.load(fromByteOffset: 2 &+ index, as: Int8.self)
                unsafe values[index] = Float(code) * scale
            }
        }
    }

    static func dequantizeQ4(
        _ source: UnsafeRawPointer, into target: UnsafeMutablePointer<Float>, blockCount: Int
    ) {
        for block in 0..<blockCount {
            let bytes = unsafe source + block * 18
            let values = unsafe target + block * 32
            let scale = unsafe HalfPrecision.float(f16: bytes.loadUnaligned(as: UInt16.self))
            for index in 0..<16 {
                let pair = Int32(unsafe bytes.load(fromByteOffset: 2 &+ index, as: UInt8.self))
                unsafe values[index] = scale * Float(pair & 15 &- 8)
                unsafe values[index &+ 16] = scale * Float(pair >> 4 &- 8)
            }
        }
    }

    static func dequantizeQ5(
        _ source: UnsafeRawPointer, into target: UnsafeMutablePointer<Float>, blockCount: Int
    ) {
        for block in 0..<blockCount {
            let bytes = unsafe source + block * 22
            let values = unsafe target + block * 32
            let scale = unsafe HalfPrecision.float(f16: bytes.loadUnaligned(as: UInt16.self))
            let fifth = unsafe bytes.loadUnaligned(fromByteOffset: 2, as: UInt32.self)
            for index in 0..<16 {
                let pair = UInt32(unsafe bytes.load(fromByteOffset: 6 &+ index, as: UInt8.self))
                let low = pair & 15 | (fifth >> UInt32(index) & 1) << 4
                let high = pair >> 4 | (fifth >> UInt32(index &+ 16) & 1) << 4
                unsafe values[index] = scale * Float(Int32(bitPattern: low) &- 16)
                unsafe values[index &+ 16] = scale * Float(Int32(bitPattern: high) &- 16)
            }
        }
    }
}
