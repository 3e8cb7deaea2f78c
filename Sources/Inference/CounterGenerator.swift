/// Randomness as a function of seed and counter, so that a resumed sequence draws what it would have drawn.
///
/// Source: the finalizer of SplitMix64 (Steele, Lea, Flood 2014), applied to a Weyl sequence.
public enum CounterGenerator {
    /// 64 random bits for a counter.
    public static func bits(seed: UInt64, counter: UInt64) -> UInt64 {
        mix(mix(seed) &+ counter &* 0x9E37_79B9_7F4A_7C15)
    }

    /// A number in 0..<bound for a counter: the bits, read as a fraction of 1, times the bound.
    static func number(below bound: UInt64, seed: UInt64, counter: UInt64) -> UInt64 {
        bits(seed: seed, counter: counter).multipliedFullWidth(by: bound).high
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
