/// ggml's formats of 256 weights in groups that share a scale, the scales being small integers times a half-precision one.
///
/// | type | layout of a block                                                               | value               |
/// |------|---------------------------------------------------------------------------------|---------------------|
/// | q4_K | d, dmin, 12 bytes of packed scales and minima, 128 of codes                     | d s q - dmin m      |
/// | q5_K | d, dmin, 12 bytes of packed scales and minima, 32 of fifth bits, 128 of codes   | d s q - dmin m      |
/// | q6_K | 128 bytes of low four bits, 64 of high two bits, 16 signed scales, d            | d s (q - 32)        |
///
/// `d s` and `dmin m` are rounded first, then the product with q, then the difference: the order of ggml's own reference,
/// whose values these are, bit for bit.
enum BlocksOf256 {
    static func dequantizeQ4(
        _ source: UnsafeRawPointer, into target: UnsafeMutablePointer<Float>, blockCount: Int
    ) {
        for block in 0..<blockCount {
            let bytes = unsafe source + block * 144
            for group in 0..<8 {
                let (scale, minimum) = unsafe scaleAndMinimum(of: group, in: bytes)
                let codes = unsafe bytes + (16 + group / 2 * 32)
                let values = unsafe target + (block * 256 + group * 32)
                let shift = UInt8(group & 1) &* 4
                for index in 0..<32 {
                    let code =
                        unsafe codes.load(fromByteOffset: index, as: UInt8.self) &>> shift & 15
                    unsafe values[index] = scale * Float(code) - minimum
                }
            }
        }
    }

    static func dequantizeQ5(
        _ source: UnsafeRawPointer, into target: UnsafeMutablePointer<Float>, blockCount: Int
    ) {
        for block in 0..<blockCount {
            let bytes = unsafe source + block * 176
            let fifth = unsafe bytes + 16
            for group in 0..<8 {
                let (scale, minimum) = unsafe scaleAndMinimum(of: group, in: bytes)
                let codes = unsafe bytes + (48 + group / 2 * 32)
                let values = unsafe target + (block * 256 + group * 32)
                let shift = UInt8(group & 1) &* 4
                for index in 0..<32 {
                    let low =
                        unsafe codes.load(fromByteOffset: index, as: UInt8.self) &>> shift & 15
                    let high =
                        unsafe fifth.load(fromByteOffset: index, as: UInt8.self) &>> UInt8(group)
                        & 1
                    unsafe values[index] = scale * Float(low | high &<< 4) - minimum
                }
            }
        }
    }

    static func dequantizeQ6(
        _ source: UnsafeRawPointer, into target: UnsafeMutablePointer<Float>, blockCount: Int
    ) {
        for block in 0..<blockCount {
            let bytes = unsafe source + block * 210
            let d = unsafe HalfPrecision.float(
                f16: bytes.loadUnaligned(fromByteOffset: 208, as: UInt16.self))
            // A run of 32 codes: the low bits of runs 0...3 are in the first 64 bytes, runs 0 and 1 in their low halves.
            for run in 0..<8 {
                let low = unsafe bytes + (run / 4 * 64 + (run & 1) * 32)
                let lowShift = UInt8(run & 2) &* 2
                let high = unsafe bytes + (128 + run / 4 * 32)
                let highShift = UInt8(run & 3) &* 2
                for half in 0..<2 {
                    let scale =
                        d
                        * Float(
                            unsafe bytes.load(fromByteOffset: 192 + run * 2 + half, as: Int8.self))
                    let values = unsafe target + (block * 256 + run * 32 + half * 16)
                    for index in 0..<16 {
                        let position = half &* 16 &+ index
                        let lowBits =
                            unsafe low.load(fromByteOffset: position, as: UInt8.self) &>> lowShift
                            & 15
                        let highBits =
                            unsafe high.load(fromByteOffset: position, as: UInt8.self) &>> highShift
                            & 3
                        unsafe values[index] = scale * Float(Int32(lowBits | highBits &<< 4) &- 32)
                    }
                }
            }
        }
    }

    /// Group `group` of 32 weights in a q4_K or q5_K block: d times its scale, dmin times its minimum.
    ///
    /// The six bits of groups 0...3 are whole in bytes 4 to 11; groups 4...7 keep their low four bits in bytes 12 to 15
    /// and their high two bits at the top of bytes 4 to 11.
    private static func scaleAndMinimum(of group: Int, in block: UnsafeRawPointer) -> (Float, Float)
    {
        let d = unsafe HalfPrecision.float(f16: block.loadUnaligned(as: UInt16.self))
        let dmin = unsafe HalfPrecision.float(
            f16: block.loadUnaligned(fromByteOffset: 2, as: UInt16.self))
        let column = group & 3
        let scaleByte = unsafe block.load(fromByteOffset: 4 + column, as: UInt8.self)
        let minimumByte = unsafe block.load(fromByteOffset: 8 + column, as: UInt8.self)
        guard group >= 4 else { return (d * Float(scaleByte & 63), dmin * Float(minimumByte & 63)) }
        let lowBits = unsafe block.load(fromByteOffset: 12 + column, as: UInt8.self)
        return (
            d * Float(lowBits & 15 | (scaleByte >> 6) << 4),
            dmin * Float(lowBits >> 4 | (minimumByte >> 6) << 4)
        )
    }
}
