/// Conversion between 32-bit floats and the two 16-bit formats, by their bits.
///
/// Without compiler-rt's functions, so that the loops are vectorized on every machine.
public enum HalfPrecision {
    /// IEEE binary16 to binary32, exact.
    @inline(__always)
    public static func float(f16 bits: UInt16) -> Float {
        let magnitude = UInt32(bits & 0x7FFF)
        let sign = UInt32(bits & 0x8000) << 16
        // Subnormals count units of 2^-24; the others move their exponent's bias from 15 to 127; infinity and NaN keep all ones.
        let subnormal = (Float(Int32(bitPattern: magnitude)) * 0x1p-24).bitPattern
        let normal = magnitude << 13 &+ (112 << 23)
        let special = magnitude << 13 | 0x7F80_0000
        let finite = magnitude < 0x0400 ? subnormal : normal
        return Float(bitPattern: sign | (magnitude >= 0x7C00 ? special : finite))
    }

    /// Upper half of a binary32, exact.
    @inline(__always)
    public static func float(bf16 bits: UInt16) -> Float {
        Float(bitPattern: UInt32(bits) << 16)
    }

    /// Binary32 to IEEE binary16, to the nearest, halves to even; NaN stays NaN, what is too large becomes infinity.
    @inline(__always)
    public static func f16(_ value: Float) -> UInt16 {
        let magnitude = value.bitPattern & 0x7FFF_FFFF
        let sign = value.bitPattern >> 16 & 0x8000
        let rounded = (magnitude &- (112 << 23) &+ 0x0FFF &+ (magnitude >> 13 & 1)) >> 13
        // Adding 0.5, whose last place is 2^-24, rounds to the units of the subnormals.
        let subnormal = (Float(bitPattern: magnitude) + 0.5).bitPattern &- Float(0.5).bitPattern
        let finite = magnitude < 0x3880_0000 ? subnormal : rounded < 0x7C00 ? rounded : 0x7C00
        let nan = 0x7E00 | magnitude >> 13 & 0x3FF
        return UInt16(truncatingIfNeeded: sign | (magnitude > 0x7F80_0000 ? nan : finite))
    }

    /// Binary32 to its upper half, to the nearest, halves to even; NaN stays NaN.
    @inline(__always)
    public static func bf16(_ value: Float) -> UInt16 {
        let bits = value.bitPattern
        // A finite value or infinity carries into its exponent at most, never beyond 32 bits.
        let rounded = bits &+ 0x7FFF &+ (bits >> 16 & 1)
        let isNaN = bits & 0x7FFF_FFFF > 0x7F80_0000
        return UInt16(truncatingIfNeeded: (isNaN ? bits | 0x0040_0000 : rounded) >> 16)
    }

    static func narrowF16(
        _ source: UnsafePointer<Float>, into target: UnsafeMutableRawPointer, count: Int
    ) {
        for index in 0..<count {
            unsafe target.storeBytes(
                of: f16(source[index]), toByteOffset: 2 &* index, as: UInt16.self)
        }
    }

    static func narrowBF16(
        _ source: UnsafePointer<Float>, into target: UnsafeMutableRawPointer, count: Int
    ) {
        for index in 0..<count {
            unsafe target.storeBytes(
                of: bf16(source[index]), toByteOffset: 2 &* index, as: UInt16.self)
        }
    }

    static func widenF16(
        _ source: UnsafeRawPointer, into target: UnsafeMutablePointer<Float>, count: Int
    ) {
        for index in 0..<count {
            unsafe target[index] = float(
                f16: source.loadUnaligned(fromByteOffset: 2 &* index, as: UInt16.self))
        }
    }

    static func widenBF16(
        _ source: UnsafeRawPointer, into target: UnsafeMutablePointer<Float>, count: Int
    ) {
        for index in 0..<count {
            unsafe target[index] = float(
                bf16: source.loadUnaligned(fromByteOffset: 2 &* index, as: UInt16.self))
        }
    }
}
