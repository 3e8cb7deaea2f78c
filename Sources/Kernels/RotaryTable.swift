internal import Glibc
internal import Tensors

/// Cosines and sines of the rotary embedding for the positions reached so far.
///
/// Sendable unchecked: it grows between jobs, jobs only read it.
@safe public final class RotaryTable: @unchecked Sendable {
    /// Angle a position, one for each pair of a head's elements.
    private let frequencies: [Double]
    /// What both are multiplied with.
    private let scale: Double
    private(set) var positions = 0
    private(set) var cosines = AlignedBuffer<Float>(count: 0)
    private(set) var sines = AlignedBuffer<Float>(count: 0)

    /// - Parameters:
    ///   - frequencies: after scaling; half as many as elements of a head are rotated.
    ///   - scale: of cosines and sines, by which some scalings sharpen attention.
    public init(frequencies: [Double], scale: Double = 1) {
        self.frequencies = frequencies
        self.scale = scale
    }

    var half: Int { frequencies.count }

    /// Makes the positions below `count` available.
    public func reserve(_ count: Int) {
        guard count > positions else { return }
        let capacity = max(count, 2 * positions, 256)
        let cosines = AlignedBuffer<Float>(count: capacity * half)
        let sines = AlignedBuffer<Float>(count: capacity * half)
        for position in 0..<capacity {
            for (index, frequency) in frequencies.enumerated() {
                let angle = Double(position) * frequency
                cosines[position * half + index] = Float(cos(angle) * scale)
                sines[position * half + index] = Float(sin(angle) * scale)
            }
        }
        self.cosines = cosines
        self.sines = sines
        positions = capacity
    }
}
