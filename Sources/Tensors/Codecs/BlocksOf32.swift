/// ggml's formats of 32 weights that share a half-precision scale d, stored first.
///
/// | type | bytes after d                                             | value          |
/// |------|-----------------------------------------------------------|----------------|
/// | q8_0 | 32 signed codes                                           | d q            |
/// | q4_0 | 16: code i in the low, code i + 16 in the high four bits  | d (q - 8)      |
/// | q5_0 | 4: the fifth bits, code 0 lowest; then 16 as in q4_0      | d (q - 16)     |
/// | q4_1 | the half m, then as q4_0                                  | d q + m        |
/// | q5_1 | the half m, then as q5_0                                  | d q + m        |
enum BlocksOf32 {
    static func q8(
        _ block: UnsafeRawPointer, _: Int, _ codes: UnsafeMutablePointer<Int8>
    ) -> RunScales {
        for index in 0..<32 { unsafe codes[index] = Int8(bitPattern: block.byte(2 &+ index)) }
        return RunScales(unsafe block.half(0))
    }

    static func q4(
        _ block: UnsafeRawPointer, _: Int, _ codes: UnsafeMutablePointer<Int8>
    ) -> RunScales {
        unsafe nibbles(block + 2, minus: 8, codes)
        return RunScales(unsafe block.half(0))
    }

    static func q4WithMinimum(
        _ block: UnsafeRawPointer, _: Int, _ codes: UnsafeMutablePointer<Int8>
    ) -> RunScales {
        unsafe nibbles(block + 4, minus: 0, codes)
        return unsafe RunScales(block.half(0), minimum: -block.half(2))
    }

    static func q5(
        _ block: UnsafeRawPointer, _: Int, _ codes: UnsafeMutablePointer<Int8>
    ) -> RunScales {
        unsafe fiveBits(block + 6, fifth: block.long(2), minus: 16, codes)
        return RunScales(unsafe block.half(0))
    }

    static func q5WithMinimum(
        _ block: UnsafeRawPointer, _: Int, _ codes: UnsafeMutablePointer<Int8>
    ) -> RunScales {
        unsafe fiveBits(block + 8, fifth: block.long(4), minus: 0, codes)
        return unsafe RunScales(block.half(0), minimum: -block.half(2))
    }

    /// 16 pairs of codes, i in the low and i + 16 in the high four bits.
    @inline(__always)
    static func nibbles(
        _ pairs: UnsafeRawPointer, minus zero: Int8, _ codes: UnsafeMutablePointer<Int8>
    ) {
        for index in 0..<16 {
            let pair = unsafe pairs.byte(index)
            unsafe codes[index] = Int8(bitPattern: pair & 15) &- zero
            unsafe codes[index &+ 16] = Int8(bitPattern: pair >> 4) &- zero
        }
    }

    @inline(__always)
    private static func fiveBits(
        _ pairs: UnsafeRawPointer, fifth: UInt32, minus zero: Int8,
        _ codes: UnsafeMutablePointer<Int8>
    ) {
        for index in 0..<16 {
            let pair = UInt32(unsafe pairs.byte(index))
            let low = pair & 15 | (fifth &>> UInt32(index) & 1) << 4
            let high = pair >> 4 | (fifth &>> UInt32(index &+ 16) & 1) << 4
            unsafe codes[index] = Int8(truncatingIfNeeded: low) &- zero
            unsafe codes[index &+ 16] = Int8(truncatingIfNeeded: high) &- zero
        }
    }
}
