/// ggml's formats of 256 weights whose codes name points of a grid, with a half-precision scale d.
///
/// | type    | layout of a block                                                              | value                 |
/// |---------|--------------------------------------------------------------------------------|-----------------------|
/// | iq2_xxs | d, each run: 4 points, 32 bits of 4 signs (7 bits each) and a scale            | d (s + 1/2) / 4 g     |
/// | iq2_xs  | d, 32 points (9 bits) with signs (7 bits), 16 scales (4 bits)                  | d (s + 1/2) / 4 g     |
/// | iq2_s   | d, 32 low bytes of points, 32 bytes of signs, 8 of high bits, 16 scales        | d (s + 1/2) / 4 g     |
/// | iq3_xxs | d, 64 points, each run: 32 bits of 4 signs (7 bits each) and a scale           | d (s + 1/2) / 2 g     |
/// | iq3_s   | d, 64 low bytes of points, 8 of ninth bits, 32 of signs, 8 scales (4 bits)     | d (2 s + 1) g         |
/// | iq1_s   | d, 32 low bytes of points, each run: 16 bits of high bits, a scale and a shift | d (2 s + 1) (g ± 1/8) |
/// | iq1_m   | 32 low bytes of points, 16 of high bits and shifts, 64 bits of d and 16 scales | d (2 s + 1) (g ± 1/8) |
///
/// Seven bits of signs are those of seven weights; the eighth makes their number even. All products are exact in floats.
enum GridBlocks {
    static func iq2xxs(
        _ block: UnsafeRawPointer, _ run: Int, _ codes: UnsafeMutablePointer<Int8>
    ) -> RunScales {
        let rest = unsafe block.long(6 + 8 * run)
        for eight in 0..<4 {
            unsafe BlockGrid.iq2xxs.write(
                Int(block.byte(2 + 8 * run + eight)), signs: evenSigns(rest, eight),
                to: codes + 8 * eight)
        }
        return RunScales(unsafe block.half(0) * (Float(rest >> 28) + 0.5) * 0.25)
    }

    static func iq2xs(
        _ block: UnsafeRawPointer, _ run: Int, _ codes: UnsafeMutablePointer<Int8>
    ) -> RunScales {
        for eight in 0..<4 {
            let code = UInt32(unsafe block.word(2 + 2 * (4 * run + eight)))
            unsafe BlockGrid.iq2xs.write(
                Int(code & 511), signs: evenSigns(code >> 9, 0), to: codes + 8 * eight)
        }
        return unsafe twoScales(block.half(0), block.byte(66 + run))
    }

    static func iq2s(
        _ block: UnsafeRawPointer, _ run: Int, _ codes: UnsafeMutablePointer<Int8>
    ) -> RunScales {
        let high = Int(unsafe block.byte(66 + run))
        for eight in 0..<4 {
            let low = Int(unsafe block.byte(2 + 4 * run + eight))
            unsafe BlockGrid.iq2s.write(
                low | (high >> (2 * eight) & 3) << 8, signs: block.byte(34 + 4 * run + eight),
                to: codes + 8 * eight)
        }
        return unsafe twoScales(block.half(0), block.byte(74 + run))
    }

    static func iq3xxs(
        _ block: UnsafeRawPointer, _ run: Int, _ codes: UnsafeMutablePointer<Int8>
    ) -> RunScales {
        let rest = unsafe block.long(66 + 4 * run)
        for four in 0..<8 {
            unsafe BlockGrid.iq3xxs.write(
                Int(block.byte(2 + 8 * run + four)),
                signs: evenSigns(rest, four / 2) >> UInt8(four % 2 * 4), to: codes + 4 * four)
        }
        return RunScales(unsafe block.half(0) * (Float(rest >> 28) + 0.5) * 0.5)
    }

    static func iq3s(
        _ block: UnsafeRawPointer, _ run: Int, _ codes: UnsafeMutablePointer<Int8>
    ) -> RunScales {
        let ninth = Int(unsafe block.byte(66 + run))
        for four in 0..<8 {
            let low = Int(unsafe block.byte(2 + 8 * run + four))
            let signs = unsafe block.byte(74 + 4 * run + four / 2) >> UInt8(four % 2 * 4)
            unsafe BlockGrid.iq3s.write(
                low | (ninth >> four & 1) << 8, signs: signs, to: codes + 4 * four)
        }
        let scale = unsafe block.byte(106 + run / 2) >> UInt8(run % 2 * 4) & 15
        return RunScales(unsafe block.half(0) * Float(2 * scale + 1))
    }

    static func iq1s(
        _ block: UnsafeRawPointer, _ run: Int, _ codes: UnsafeMutablePointer<Int8>
    ) -> RunScales {
        let rest = Int(unsafe block.word(34 + 2 * run))
        for eight in 0..<4 {
            let low = Int(unsafe block.byte(4 * run + eight + 2))
            unsafe writeShifted(
                low | (rest >> (3 * eight) & 7) << 8, isDown: rest & 0x8000 != 0,
                to: codes + 8 * eight)
        }
        return RunScales(unsafe block.half(0) * Float(2 * (rest >> 12 & 7) + 1) * 0.125)
    }

    /// The bits of d are the highest four of four words, whose others are the scales of four times 16 weights.
    static func iq1m(
        _ block: UnsafeRawPointer, _ run: Int, _ codes: UnsafeMutablePointer<Int8>
    ) -> RunScales {
        for eight in 0..<4 {
            let place = 4 * run + eight
            let high = Int(unsafe block.byte(32 + place / 2) >> UInt8(place % 2 * 4))
            unsafe writeShifted(
                Int(block.byte(place)) | (high & 7) << 8, isDown: high & 8 != 0,
                to: codes + 8 * eight)
        }
        let bits = (0..<4).reduce(UInt16(0)) { bits, part in
            unsafe bits | (block.word(48 + 2 * part) >> 12) << UInt16(4 * part)
        }
        let d = HalfPrecision.float(f16: bits) * 0.125
        let scales = unsafe block.word(48 + run / 2 * 2) >> UInt16(run % 2 * 6)
        return RunScales(d * Float(2 * (scales & 7) + 1), d * Float(2 * (scales >> 3 & 7) + 1))
    }

    /// A point of IQ1, in eighths and shifted by one eighth.
    @inline(__always)
    private static func writeShifted(
        _ point: Int, isDown: Bool, to codes: UnsafeMutablePointer<Int8>
    ) {
        unsafe BlockGrid.iq1.write(point, signs: 0, to: codes)
        for index in 0..<8 { unsafe codes[index] &+= isDown ? -1 : 1 }
    }

    /// The signs of eight weights from seven bits.
    @inline(__always)
    private static func evenSigns(_ bits: UInt32, _ eight: Int) -> UInt8 {
        let signs = UInt8(truncatingIfNeeded: bits >> UInt32(7 * eight)) & 0x7F
        return signs | UInt8(truncatingIfNeeded: signs.nonzeroBitCount) << 7
    }

    /// The scales of IQ2_XS and IQ2_S, four bits for each 16 weights.
    @inline(__always)
    private static func twoScales(_ d: Float, _ pair: UInt8) -> RunScales {
        RunScales(
            d * (Float(pair & 15) + 0.5) * 0.25, d * (Float(pair >> 4) + 0.5) * 0.25)
    }
}
