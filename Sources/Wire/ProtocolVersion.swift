/// What a peer speaks: frame 0 of every message.
///
/// Twelve bytes, integers little-endian:
///
///     offset  0  "FBX1"    magic
///             4  uint16    major version the sender speaks
///             6  uint16    lowest major version the sender understands
///             8  uint32    feature bits; a bit that the receiver does not know is ignored
public struct ProtocolVersion: Hashable, Sendable {
    public static let magic: [UInt8] = Array("FBX1".utf8)
    public static let byteCount = 12

    /// The version of this build.
    public static let current = ProtocolVersion(major: 1, minimum: 1, features: 0)

    public let major: UInt16
    public let minimum: UInt16
    public let features: UInt32

    public init(major: UInt16, minimum: UInt16, features: UInt32) {
        self.major = major
        self.minimum = minimum
        self.features = features
    }

    /// Reads frame 0.
    ///
    /// - Throws: `.foreign` when it has another length or does not start with the magic.
    public init(frame: [UInt8]) throws(WireError) {
        guard frame.count == Self.byteCount, frame.starts(with: Self.magic) else {
            throw WireError(.foreign, "frame 0 is not 12 bytes that start with FBX1")
        }
        func integer(_ range: Range<Int>) -> UInt32 {
            frame[range].reversed().reduce(0) { $0 << 8 | UInt32($1) }
        }
        major = UInt16(truncatingIfNeeded: integer(4..<6))
        minimum = UInt16(truncatingIfNeeded: integer(6..<8))
        features = integer(8..<12)
    }

    /// Frame 0.
    public var frame: [UInt8] {
        let fields = [(UInt32(major), 2), (UInt32(minimum), 2), (features, 4)]
        return Self.magic
            + fields.flatMap { value, byteCount in
                (0..<byteCount).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
            }
    }

    /// Whether two peers have a major version in common.
    public func isCompatible(with peer: ProtocolVersion) -> Bool {
        peer.minimum <= major && minimum <= peer.major
    }
}
