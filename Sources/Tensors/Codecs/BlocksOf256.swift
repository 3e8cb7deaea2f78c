/// ggml's formats of 256 weights in groups that share a scale, the scales being small integers times a half-precision one.
///
/// | type | layout of a block                                                               | value               |
/// |------|---------------------------------------------------------------------------------|---------------------|
/// | q2_K | 16 pairs of scale (low four bits) and minimum, 64 bytes of codes, d, dmin       | d s q - dmin m      |
/// | q3_K | 32 bytes of third bits, 64 of low two bits, 12 bytes of packed scales, d        | d (s - 32) (q - 4)  |
/// | q4_K | d, dmin, 12 bytes of packed scales and minima, 128 of codes                     | d s q - dmin m      |
/// | q5_K | d, dmin, 12 bytes of packed scales and minima, 32 of fifth bits, 128 of codes   | d s q - dmin m      |
/// | q6_K | 128 bytes of low four bits, 64 of high two bits, 16 signed scales, d            | d s (q - 32)        |
///
/// q2_K, q3_K and q6_K have a scale for each 16 weights, the others one for each 32. `d s` and `dmin m` are rounded first.
enum BlocksOf256 {
    static func q2(
        _ block: UnsafeRawPointer, _ run: Int, _ codes: UnsafeMutablePointer<Int8>
    ) -> RunScales {
        unsafe pairsOfBits(block + 16, run, codes)
        let (d, dmin) = unsafe (block.half(80), block.half(82))
        let (first, second) = unsafe (block.byte(2 * run), block.byte(2 * run + 1))
        return RunScales(
            d * Float(first & 15), d * Float(second & 15),
            minimums: SIMD2(dmin * Float(first >> 4), dmin * Float(second >> 4)))
    }

    static func q3(
        _ block: UnsafeRawPointer, _ run: Int, _ codes: UnsafeMutablePointer<Int8>
    ) -> RunScales {
        unsafe pairsOfBits(block + 32, run, codes)
        for index in 0..<32 {
            let isHigh = unsafe block.byte(index) &>> UInt8(run) & 1
            unsafe codes[index] &-= isHigh == 1 ? 0 : 4
        }
        let d = unsafe block.half(108)
        let packed = unsafe block + 96
        return unsafe RunScales(
            d * Float(scaleOf6Bits(2 * run, in: packed)),
            d * Float(scaleOf6Bits(2 * run + 1, in: packed)))
    }

    static func q4(
        _ block: UnsafeRawPointer, _ run: Int, _ codes: UnsafeMutablePointer<Int8>
    ) -> RunScales {
        let pairs = unsafe block + (16 + run / 2 * 32)
        let shift = UInt8(run & 1) &* 4
        for index in 0..<32 {
            unsafe codes[index] = Int8(bitPattern: pairs.byte(index) &>> shift & 15)
        }
        return unsafe scaleAndMinimum(of: run, in: block)
    }

    static func q5(
        _ block: UnsafeRawPointer, _ run: Int, _ codes: UnsafeMutablePointer<Int8>
    ) -> RunScales {
        let pairs = unsafe block + (48 + run / 2 * 32)
        let fifth = unsafe block + 16
        let shift = UInt8(run & 1) &* 4
        for index in 0..<32 {
            let low = unsafe pairs.byte(index) &>> shift & 15
            let high = unsafe fifth.byte(index) &>> UInt8(run) & 1
            unsafe codes[index] = Int8(bitPattern: low | high &<< 4)
        }
        return unsafe scaleAndMinimum(of: run, in: block)
    }

    /// The low bits of runs 0...3 are in the first 64 bytes, runs 0 and 1 in their low halves.
    static func q6(
        _ block: UnsafeRawPointer, _ run: Int, _ codes: UnsafeMutablePointer<Int8>
    ) -> RunScales {
        let low = unsafe block + (run / 4 * 64 + (run & 1) * 32)
        let lowShift = UInt8(run & 2) &* 2
        let high = unsafe block + (128 + run / 4 * 32)
        let highShift = UInt8(run & 3) &* 2
        for index in 0..<32 {
            let lowBits = unsafe low.byte(index) &>> lowShift & 15
            let highBits = unsafe high.byte(index) &>> highShift & 3
            unsafe codes[index] = Int8(bitPattern: lowBits | highBits &<< 4) &- 32
        }
        let d = unsafe block.half(208)
        let scales = unsafe block + (192 + 2 * run)
        return unsafe RunScales(
            d * Float(Int8(bitPattern: scales.byte(0))),
            d * Float(Int8(bitPattern: scales.byte(1))))
    }

    /// Codes of two bits: runs 0...3 in the first 32 bytes, run 0 lowest.
    @inline(__always)
    static func pairsOfBits(
        _ bytes: UnsafeRawPointer, _ run: Int, _ codes: UnsafeMutablePointer<Int8>
    ) {
        let quads = unsafe bytes + run / 4 * 32
        let shift = UInt8(run & 3) &* 2
        for index in 0..<32 {
            unsafe codes[index] = Int8(bitPattern: quads.byte(index) &>> shift & 3)
        }
    }

    /// Scale 0...15 of a q3_K block: four bits in the first eight bytes, scales 8...15 in their high halves, and two bits
    /// in the last four.
    @inline(__always)
    private static func scaleOf6Bits(_ scale: Int, in packed: UnsafeRawPointer) -> Int8 {
        let low = unsafe packed.byte(scale & 7) &>> UInt8(scale >> 3 &* 4) & 15
        let high = unsafe packed.byte(8 + scale & 3) &>> UInt8(scale >> 2 &* 2) & 3
        return Int8(bitPattern: low | high << 4) &- 32
    }

    /// Run `run` of a q4_K or q5_K block: d times its scale, dmin times its minimum.
    ///
    /// The six bits of runs 0...3 are whole in bytes 4 to 11; runs 4...7 keep their low four bits in bytes 12 to 15 and
    /// their high two bits at the top of bytes 4 to 11.
    @inline(__always)
    private static func scaleAndMinimum(of run: Int, in block: UnsafeRawPointer) -> RunScales {
        let (d, dmin) = unsafe (block.half(0), block.half(2))
        let column = run & 3
        let scale = unsafe block.byte(4 + column)
        let minimum = unsafe block.byte(8 + column)
        guard run >= 4 else {
            return RunScales(d * Float(scale & 63), minimum: dmin * Float(minimum & 63))
        }
        let low = unsafe block.byte(12 + column)
        return RunScales(
            d * Float(low & 15 | (scale >> 6) << 4),
            minimum: dmin * Float(low >> 4 | (minimum >> 6) << 4))
    }
}
