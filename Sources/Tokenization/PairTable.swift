/// A map from pairs of ids to ids: open addressing over flat arrays, made for lookups in a loop.
struct PairTable: Sendable, Equatable {
    /// `left << 32 | right`; `empty` marks a free slot.
    private var keys: [UInt64]
    private var values: [UInt32]
    private var count = 0

    private static let empty = UInt64.max

    /// Makes room for a number of pairs; more are taken and cost a rebuild now and then.
    init(capacity: Int) {
        var size = 16
        while size < capacity * 2 { size *= 2 }
        keys = Array(repeating: Self.empty, count: size)
        values = Array(repeating: 0, count: size)
    }

    subscript(left: UInt32, right: UInt32) -> UInt32? {
        let key = UInt64(left) << 32 | UInt64(right)
        let slot = slot(of: key)
        return keys[slot] == key ? values[slot] : nil
    }

    /// Sets the value of a pair, which is not two times `UInt32.max`.
    mutating func insert(_ left: UInt32, _ right: UInt32, _ value: UInt32) {
        if (count + 1) * 2 > keys.count { grow() }
        let key = UInt64(left) << 32 | UInt64(right)
        let slot = slot(of: key)
        if keys[slot] != key { count += 1 }
        keys[slot] = key
        values[slot] = value
    }

    private func slot(of key: UInt64) -> Int {
        let mask = keys.count - 1
        var slot = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 24) & mask
        while keys[slot] != key, keys[slot] != Self.empty { slot = (slot + 1) & mask }
        return slot
    }

    private mutating func grow() {
        let (oldKeys, oldValues) = (keys, values)
        keys = Array(repeating: Self.empty, count: oldKeys.count * 2)
        values = Array(repeating: 0, count: oldKeys.count * 2)
        for (key, value) in zip(oldKeys, oldValues) where key != Self.empty {
            let slot = slot(of: key)
            keys[slot] = key
            values[slot] = value
        }
    }
}
