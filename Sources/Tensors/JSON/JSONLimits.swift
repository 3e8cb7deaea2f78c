/// What a JSON document may cost.
public struct JSONLimits: Sendable {
    /// Arrays and objects inside each other.
    public var depth: Int
    /// Bytes of the document.
    public var byteCount: Int
    /// Bytes of one string, as it is written.
    public var stringByteCount: Int

    public init(depth: Int = 64, byteCount: Int = 64 << 20, stringByteCount: Int = 16 << 20) {
        self.depth = depth
        self.byteCount = byteCount
        self.stringByteCount = stringByteCount
    }
}
