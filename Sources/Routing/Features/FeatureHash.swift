/// The hash of a feature: 64-bit FNV-1a over Unicode scalars (one step a scalar, not a byte), started from the kind of
/// feature, then finished with MurmurHash3's 64-bit mixer.
///
/// It is part of the artefact's format: another hash makes another table.
struct FeatureHash {
    private var state: UInt64

    /// What a feature is made of; equal scalars of different kinds are different features.
    enum Kind: UInt64 {
        case words = 1
        case characters = 2
        /// Pieces that begin a word, and those that continue one (`WordPieces`).
        case beginnings = 3
        case continuations = 4
    }

    init(_ kind: Kind) {
        state = 0xCBF2_9CE4_8422_2325 ^ (kind.rawValue &* 0x9E37_79B9_7F4A_7C15)
    }

    mutating func add(_ scalar: UInt32) {
        state = (state ^ UInt64(scalar)) &* 0x0000_0100_0000_01B3
    }

    /// All 64 bits.
    var mixed: UInt64 {
        var mixed = state
        mixed = (mixed ^ (mixed >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        mixed = (mixed ^ (mixed >> 33)) &* 0xC4CE_B9FE_1A85_EC53
        return mixed ^ (mixed >> 33)
    }

    /// The bucket: the mixed hash's upper half, scaled to the count.
    func bucket(of bucketCount: Int) -> UInt32 {
        UInt32(truncatingIfNeeded: ((mixed >> 32) &* UInt64(bucketCount)) >> 32)
    }
}
