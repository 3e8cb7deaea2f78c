/// A canonical prefix code of deflate (RFC 1951, section 3.2.2), decoded a bit at a time by the counts of its lengths.
struct HuffmanCode {
    private static let longest = 15

    /// Codes of each length.
    private var counts = [Int](repeating: 0, count: longest + 1)
    /// The symbols in the order of their codes.
    private var symbols: [Int] = []

    /// - Parameter lengths: the length of each symbol's code, zero for symbols that do not occur.
    /// - Throws: for lengths that no code can have. An incomplete code is one with a single symbol, as zlib has it.
    init(lengths: [Int]) throws(TensorError) {
        for length in lengths { counts[length] += 1 }
        counts[0] = 0
        var free = 1
        for length in 1...Self.longest {
            free = 2 * free - counts[length]
            guard free >= 0 else {
                throw TensorError(.malformed, "gzip: a code has too many short words")
            }
        }
        let used = lengths.count { $0 > 0 }
        guard free == 0 || used <= 1 && counts[1] == used else {
            throw TensorError(.malformed, "gzip: a code is incomplete")
        }
        symbols = lengths.indices.filter { lengths[$0] > 0 }
            .sorted { (lengths[$0], $0) < (lengths[$1], $1) }
    }

    /// The next symbol.
    func symbol(from reader: inout BitReader) throws(TensorError) -> Int {
        var code = 0
        var first = 0
        var place = 0
        for length in 1...Self.longest {
            code |= try reader.take(1)
            let count = counts[length]
            if code - first < count { return symbols[place + code - first] }
            place += count
            first = (first + count) << 1
            code <<= 1
        }
        throw TensorError(.malformed, "gzip: a word is in no code")
    }
}
