/// Byte strings by id, and ids by byte string: all bytes lie in one array.
struct TokenTable: Sendable {
    /// Longest token, in bytes.
    static let maximumTokenByteCount = 1024

    private var bytes: [UInt8] = []
    /// Token i is `bytes[offsets[i]..<offsets[i + 1]]`.
    private var offsets: [UInt32] = [0]
    /// Id + 1 in open addressing; 0 marks a free slot.
    private var slots: [UInt32]
    private var findableCount = 0

    init(capacity: Int) {
        var size = 16
        while size < capacity * 2 { size *= 2 }
        slots = Array(repeating: 0, count: size)
        offsets.reserveCapacity(capacity + 1)
    }

    var count: Int { offsets.count - 1 }

    /// The bytes of an id below `count`.
    subscript(id: UInt32) -> ArraySlice<UInt8> {
        bytes[Int(offsets[Int(id)])..<Int(offsets[Int(id) + 1])]
    }

    /// Adds a string under the next id.
    ///
    /// - Parameter isFindable: whether `id(of:)` finds it; the first of equal strings is found.
    mutating func append(_ token: some Collection<UInt8>, isFindable: Bool = true) {
        let id = UInt32(count)
        bytes += token
        offsets.append(UInt32(bytes.count))
        guard isFindable else { return }
        if (findableCount + 1) * 2 > slots.count { grow() }
        let slot = slot(of: bytes.span.extracting(Int(offsets[Int(id)])..<bytes.count))
        guard slots[slot] == 0 else { return }
        slots[slot] = id + 1
        findableCount += 1
    }

    /// The id of a byte string.
    func id(of token: Span<UInt8>) -> UInt32? {
        guard token.count <= Self.maximumTokenByteCount else { return nil }
        let id = slots[slot(of: token)]
        return id == 0 ? nil : id - 1
    }

    func id(of token: [UInt8]) -> UInt32? { id(of: token.span) }

    private func slot(of token: Span<UInt8>) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: Self.hash(token) >> 24) & mask
        while slots[slot] != 0, !equals(slots[slot] - 1, token) { slot = (slot + 1) & mask }
        return slot
    }

    private func equals(_ id: UInt32, _ token: Span<UInt8>) -> Bool {
        let start = Int(offsets[Int(id)])
        guard Int(offsets[Int(id) + 1]) - start == token.count else { return false }
        for index in token.indices where bytes[start + index] != token[index] { return false }
        return true
    }

    private static func hash(_ token: Span<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in token.indices { hash = (hash ^ UInt64(token[index])) &* 0x100_0000_01B3 }
        return hash &* 0x9E37_79B9_7F4A_7C15
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: 0, count: old.count * 2)
        for entry in old where entry != 0 {
            let start = Int(offsets[Int(entry) - 1])
            let slot = slot(of: bytes.span.extracting(start..<Int(offsets[Int(entry)])))
            slots[slot] = entry
        }
    }
}
