/// What a safetensors file may hold.
public struct SafetensorsLimits: Sendable {
    /// Bytes of the JSON header.
    public var headerByteCount: Int
    public var tensorCount: Int
    /// Dimensions of one tensor.
    public var rank: Int
    /// The size of one dimension.
    public var dimension: Int
    /// Bytes of a file that is copied into memory.
    public var fileByteCount: Int

    /// A base model's checkpoint; the header's limit is that of the reference implementation.
    public static let model = SafetensorsLimits(
        headerByteCount: 100_000_000, tensorCount: 262_144, rank: 8, dimension: 1 << 40,
        fileByteCount: 4 << 30)

    /// What a user brings along: an adapter or a router.
    public static let adapter = SafetensorsLimits(
        headerByteCount: 1 << 20, tensorCount: 8192, rank: 4, dimension: 1 << 24,
        fileByteCount: 4 << 30)
}
