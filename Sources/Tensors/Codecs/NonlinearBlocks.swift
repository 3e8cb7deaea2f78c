/// ggml's formats of 4 bits whose codes name 16 numbers that lie denser around zero, with a half-precision scale d.
///
/// | type   | layout of a block                                                                    | value         |
/// |--------|--------------------------------------------------------------------------------------|---------------|
/// | iq4_nl | of 32: d, 16 bytes as in q4_0                                                        | d k           |
/// | iq4_xs | of 256: d, 16 bits of high and 4 bytes of low bits of scales, runs of 16 bytes       | d (s - 32) k  |
enum NonlinearBlocks {
    static let table: [Int8] = [
        -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113,
    ]

    static func nl(
        _ block: UnsafeRawPointer, _: Int, _ codes: UnsafeMutablePointer<Int8>
    ) -> RunScales {
        unsafe lookUp(block + 2, codes)
        return RunScales(unsafe block.half(0))
    }

    static func xs(
        _ block: UnsafeRawPointer, _ run: Int, _ codes: UnsafeMutablePointer<Int8>
    ) -> RunScales {
        unsafe lookUp(block + (8 + 16 * run), codes)
        let low = unsafe block.byte(4 + run / 2) >> UInt8(run % 2 * 4) & 15
        let high = unsafe UInt8(truncatingIfNeeded: block.word(2) >> UInt16(2 * run)) & 3
        return RunScales(unsafe block.half(0) * Float(Int(low | high << 4) - 32))
    }

    @inline(__always)
    private static func lookUp(_ pairs: UnsafeRawPointer, _ codes: UnsafeMutablePointer<Int8>) {
        for index in 0..<16 {
            let pair = Int(unsafe pairs.byte(index))
            unsafe codes[index] = table[pair & 15]
            unsafe codes[index &+ 16] = table[pair >> 4]
        }
    }
}
