/// Reading scalars from bytes that are known to be valid UTF-8.
extension Span<UInt8> {
    /// The scalar that starts at an index, and the index behind it.
    ///
    /// Malformed input gives wrong scalars, never a read out of bounds: missing bytes count as 0.
    func scalar(at index: Int) -> (value: UInt32, end: Int) {
        let first = UInt32(self[index])
        if first < 0x80 { return (first, index + 1) }
        if first < 0xE0 {
            return ((first & 0x1F) << 6 | continuation(index + 1), Swift.min(index + 2, count))
        }
        if first < 0xF0 {
            let value =
                (first & 0x0F) << 12 | continuation(index + 1) << 6 | continuation(index + 2)
            return (value, Swift.min(index + 3, count))
        }
        let high = (first & 0x07) << 18 | continuation(index + 1) << 12
        let value = high | continuation(index + 2) << 6 | continuation(index + 3)
        return (value, Swift.min(index + 4, count))
    }

    private func continuation(_ index: Int) -> UInt32 {
        index < count ? UInt32(self[index] & 0x3F) : 0
    }

    /// The start of the scalar that ends before an index above 0.
    func scalarStart(before index: Int) -> Int {
        var start = index - 1
        while start > 0, self[start] & 0xC0 == 0x80 { start -= 1 }
        return start
    }

    func starts(with prefix: [UInt8]) -> Bool {
        guard count >= prefix.count else { return false }
        for index in prefix.indices where self[index] != prefix[index] { return false }
        return true
    }
}
