/// Blocks of 4-bit floats (E2M1), whose codes are twice their values.
///
/// | type  | layout of a block                                             | value        |
/// |-------|---------------------------------------------------------------|--------------|
/// | mxfp4 | an exponent (E8M0), 16 bytes as in q4_0                       | 2^(e-128) k  |
/// | nvfp4 | 4 scales (E4M3 without sign), each of 8 bytes of 16 codes     | s / 2 k      |
///
/// Source: OCP Microscaling Formats 1.0; `ggml_e8m0_to_fp32_half` and `ggml_ue4m3_to_fp32` of ggml.
enum SmallFloatBlocks {
    static let table: [Int8] = [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12]

    static func mx(
        _ block: UnsafeRawPointer, _: Int, _ codes: UnsafeMutablePointer<Int8>
    ) -> RunScales {
        for index in 0..<16 {
            let pair = Int(unsafe block.byte(1 &+ index))
            unsafe codes[index] = table[pair & 15]
            unsafe codes[index &+ 16] = table[pair >> 4]
        }
        let exponent = UInt32(unsafe block.byte(0))
        // The two smallest are subnormal floats.
        let bits = exponent < 2 ? 0x0020_0000 << exponent : (exponent - 1) << 23
        return RunScales(Float(bitPattern: bits))
    }

    static func nv(
        _ block: UnsafeRawPointer, _ run: Int, _ codes: UnsafeMutablePointer<Int8>
    ) -> RunScales {
        for half in 0..<2 {
            let pairs = unsafe block + (4 + 8 * (2 * run + half))
            for index in 0..<8 {
                let pair = Int(unsafe pairs.byte(index))
                unsafe codes[16 * half + index] = table[pair & 15]
                unsafe codes[16 * half + index + 8] = table[pair >> 4]
            }
        }
        return unsafe RunScales(
            halfOfE4M3(block.byte(2 * run)), halfOfE4M3(block.byte(2 * run + 1)))
    }

    /// Half of a number without sign, of which the highest bit counts for nothing and 0x7F is 0.
    private static func halfOfE4M3(_ byte: UInt8) -> Float {
        guard byte != 0x7F else { return 0 }
        let (exponent, mantissa) = (Int(byte >> 3 & 15), Float(byte & 7))
        if exponent == 0 { return mantissa * 0x1p-10 }
        return Float(sign: .plus, exponent: exponent - 8, significand: 1 + mantissa / 8)
    }
}
