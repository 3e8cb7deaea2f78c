extension BlocksOf32 {
    /// The scale is the largest magnitude / 127, codes are rounded to the nearest, halves away from zero.
    ///
    /// False when a value is not finite or a scale is too large for half precision.
    static func quantizeQ8(
        _ source: UnsafePointer<Float>, into target: UnsafeMutableRawPointer, blockCount: Int
    ) -> Bool {
        for block in 0..<blockCount {
            let values = unsafe source + block * 32
            let bytes = unsafe target + block * 34
            let (largest, _) = unsafe largestMagnitude(of: values)
            let scale = largest / 127
            guard unsafe store(scale: scale, at: bytes) else { return false }
            let inverse = inverse(of: scale)
            for index in 0..<32 {
                let quotient = unsafe values[index] * inverse
                let code = roundedHalfAwayFromZero(quotient.magnitude)
                unsafe bytes.storeBytes(
                    of: Int8(truncatingIfNeeded: quotient < 0 ? 0 &- code : code),
                    toByteOffset: 2 &+ index,
                    as: Int8.self)
            }
        }
        return true
    }

    /// The scale is the value of largest magnitude, the first of equals, / -8; codes are truncated after adding 8.5.
    ///
    /// False when a value is not finite or a scale is too large for half precision.
    static func quantizeQ4(
        _ source: UnsafePointer<Float>, into target: UnsafeMutableRawPointer, blockCount: Int
    ) -> Bool {
        for block in 0..<blockCount {
            let values = unsafe source + block * 32
            let bytes = unsafe target + block * 18
            let (_, position) = unsafe largestMagnitude(of: values)
            let scale = unsafe values[position] / -8
            guard unsafe store(scale: scale, at: bytes) else { return false }
            // An underflow of the scale leaves code 0 everywhere, as a conversion of NaN would.
            guard scale == 0 || (1 / scale).isFinite else {
                unsafe (bytes + 2).initializeMemory(as: UInt8.self, repeating: 0, count: 16)
                continue
            }
            let inverse = inverse(of: scale)
            for index in 0..<16 {
                let low = codeOf4Bits(unsafe values[index] * inverse)
                let high = codeOf4Bits(unsafe values[index &+ 16] * inverse)
                unsafe bytes.storeBytes(
                    of: UInt8(truncatingIfNeeded: low | high &<< 4), toByteOffset: 2 &+ index,
                    as: UInt8.self)
            }
        }
        return true
    }

    /// The largest magnitude of 32 values and where it first occurs; NaN counts as the largest.
    private static func largestMagnitude(of values: UnsafePointer<Float>) -> (Float, Int) {
        // Magnitudes order like their bits, and integers have a vector maximum without rules for NaN.
        var largest: Int32 = 0
        for index in 0..<32 {
            let bits = unsafe Int32(bitPattern: values[index].bitPattern & 0x7FFF_FFFF)
            largest = bits > largest ? bits : largest
        }
        let magnitude = Float(bitPattern: UInt32(bitPattern: largest))
        var position = 0
        while position < 31,
            unsafe values[position].bitPattern & 0x7FFF_FFFF != magnitude.bitPattern
        {
            position += 1
        }
        return (magnitude, position)
    }

    /// False when the scale is not finite in half precision.
    private static func store(scale: Float, at target: UnsafeMutableRawPointer) -> Bool {
        let half = HalfPrecision.f16(scale)
        unsafe target.storeBytes(of: half, as: UInt16.self)
        return half & 0x7C00 != 0x7C00
    }

    /// 1 / scale; 0 for a scale of zero or one so small that the inverse overflows, whose codes do not matter.
    private static func inverse(of scale: Float) -> Float {
        let inverse = 1 / scale
        return inverse.isFinite ? inverse : 0
    }

    @inline(__always)
    private static func roundedHalfAwayFromZero(_ magnitude: Float) -> Int32 {
        // Adding 2^23 rounds to the nearest, halves to even; what went down by a half has to go up. Magnitudes are below 128.
        let shifted = magnitude + 0x1p23
        let even = Int32(bitPattern: shifted.bitPattern & 0xFF)
        return magnitude - (shifted - 0x1p23) == 0.5 ? even &+ 1 : even
    }

    /// The quotient + 8.5 without its fraction, at most 15.
    @inline(__always)
    private static func codeOf4Bits(_ quotient: Float) -> Int32 {
        // As above; what went up has to go down again. The sum is within 0.5 ... 16.5 up to rounding.
        let sum = quotient + 8.5
        let shifted = sum + 0x1p23
        let even = Int32(bitPattern: shifted.bitPattern & 0xFF)
        let code = sum < shifted - 0x1p23 ? even &- 1 : even
        return code < 15 ? code : 15
    }
}
