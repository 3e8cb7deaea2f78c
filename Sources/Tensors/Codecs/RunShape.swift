/// What 32 weights of a block type are made of, value = scale code - minimum: what has to be kept to lose nothing.
public enum RunShape: Sendable, Equatable {
    /// Codes from -128 to 127, one scale in half precision.
    case bytes
    /// Codes from -8 to 7, one scale in half precision.
    case nibbles
    /// Codes from 0 to 255, one scale and one minimum.
    case bytesMinimum
    /// Codes from 0 to 15, one scale and one minimum.
    case nibblesMinimum
    /// Codes from 0 to 15, one scale and one minimum, both in half precision.
    case nibblesHalfMinimum
    /// Codes from 0 to 15, a scale and a minimum for each 16 weights.
    case nibblesTwoMinimums
    /// Codes from -32 to 31, a scale for each 16 weights.
    case bytesTwoScales
    /// Codes that are 16 numbers at most, one scale.
    case table([Int8])
    /// Codes that are 16 numbers at most, a scale for each 16 weights.
    case tableTwoScales([Int8])
}

/// The scales and minima of 32 weights of a block type, each of the first and of the second 16.
public struct RunScales: Sendable {
    public var scales: SIMD2<Float>
    public var minimums: SIMD2<Float>

    /// The same for all 32 weights.
    init(_ scale: Float, minimum: Float = 0) {
        self.init(scale, scale, minimums: SIMD2(minimum, minimum))
    }

    init(_ first: Float, _ second: Float, minimums: SIMD2<Float> = .zero) {
        scales = SIMD2(first, second)
        self.minimums = minimums
    }

    /// Whether all are numbers, and so small that no code makes their weight infinite.
    public var isFinite: Bool {
        let largest = scales * 128
        return largest[0].isFinite && largest[1].isFinite && minimums[0].isFinite
            && minimums[1].isFinite
    }
}
