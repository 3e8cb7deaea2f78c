/// SplitMix64 (Steele, Lea, Flood 2014): the broker's only randomness, seeded from outside.
struct SplitMix: Sendable {
    private static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15

    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= Self.increment
        return Self.mix(state)
    }

    /// The seed of part `index` of a split request: a pure function of both.
    static func seed(_ seed: UInt64, part index: Int) -> UInt64 {
        mix(seed &+ UInt64(truncatingIfNeeded: index + 1) &* increment)
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
