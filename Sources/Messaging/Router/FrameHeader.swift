/// A frame's flags and length: two bytes, or nine where the length needs them.
struct FrameHeader: Equatable {
    static let more: UInt8 = 1
    static let long: UInt8 = 2
    static let command: UInt8 = 4

    let isCommand: Bool
    let hasMore: Bool
    let length: Int

    /// How many bytes a header has whose flags these are.
    static func byteCount(flags: UInt8) -> Int { flags & long == 0 ? 2 : 9 }

    /// Reads a whole header.
    init(_ bytes: [UInt8]) throws(TransportFault) {
        let flags = bytes[0]
        guard flags & ~(Self.more | Self.long | Self.command) == 0 else { throw .malformed }
        isCommand = flags & Self.command != 0
        hasMore = flags & Self.more != 0
        guard !(isCommand && hasMore) else { throw .malformed }
        let length = bytes.dropFirst().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= Int32.max else { throw .oversized }
        self.length = Int(length)
    }

    /// Lays a data frame's header out.
    static func bytes(length: Int, hasMore: Bool) -> [UInt8] {
        let flags = hasMore ? more : 0
        guard length > 255 else { return [flags, UInt8(length)] }
        return [flags | long]
            + (0..<8).reversed().map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
    }
}
