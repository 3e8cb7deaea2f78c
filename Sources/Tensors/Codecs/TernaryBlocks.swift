/// Blocks of 256 weights -1, 0 and 1 (BitNet) with one half-precision scale, stored last.
///
/// | type  | layout of a block                                                         | value     |
/// |-------|---------------------------------------------------------------------------|-----------|
/// | tq1_0 | 48 bytes of five digits to base 3, 4 of four                              | d (q - 1) |
/// | tq2_0 | 64 bytes of four codes                                                    | d (q - 1) |
///
/// A byte of digits is their number, as a fraction of 243, times 256: three times it, above the byte, is the first digit.
enum TernaryBlocks {
    static func tq1(
        _ block: UnsafeRawPointer, _ run: Int, _ codes: UnsafeMutablePointer<Int8>
    ) -> RunScales {
        for half in 0..<2 {
            let sixteen = 2 * run + half
            for index in 0..<16 {
                // 32 bytes hold the digits of ten sixteens, 16 those of five, 4 those of the last.
                let (byte, digit) =
                    switch sixteen {
                    case ..<10: (sixteen % 2 * 16 + index, sixteen / 2)
                    case ..<15: (32 + index, sixteen - 10)
                    default: (48 + index % 4, index / 4)
                    }
                let fraction = unsafe block.byte(byte) &* powers[digit]
                unsafe codes[16 * half + index] = Int8((UInt16(fraction) * 3) >> 8) - 1
            }
        }
        return RunScales(unsafe block.half(52))
    }

    static func tq2(
        _ block: UnsafeRawPointer, _ run: Int, _ codes: UnsafeMutablePointer<Int8>
    ) -> RunScales {
        unsafe BlocksOf256.pairsOfBits(block, run, codes)
        for index in 0..<32 { unsafe codes[index] &-= 1 }
        return RunScales(unsafe block.half(64))
    }

    private static let powers: [UInt8] = [1, 3, 9, 27, 81]
}
