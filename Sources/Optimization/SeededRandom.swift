internal import Glibc

/// SplitMix64 (Steele, Lea, Flood 2014), so that a seed gives the same result everywhere.
public struct SeededRandom: RandomNumberGenerator, Sendable {
    /// What the next numbers depend on.
    public private(set) var state: UInt64

    public init(seed: UInt64) {
        state = seed
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Uniform in [0, 1).
    public mutating func unit() -> Float {
        Float(next() >> 40) * 0x1p-24
    }

    /// Uniform in 0..<count.
    public mutating func index(_ count: Int) -> Int {
        Int(truncatingIfNeeded: ((next() >> 32) &* UInt64(truncatingIfNeeded: count)) >> 32)
    }

    /// Normal with mean zero and variance one, by Box and Muller.
    public mutating func normal() -> Float {
        let radius = (-2 * logf(1 - unit())).squareRoot()
        return radius * cosf(2 * Float.pi * unit())
    }

    /// Fisher and Yates's shuffle.
    public mutating func shuffle<Element>(_ elements: inout [Element]) {
        for last in stride(from: elements.count - 1, to: 0, by: -1) {
            elements.swapAt(last, index(last + 1))
        }
    }
}
