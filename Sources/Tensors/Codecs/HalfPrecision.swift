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
