/// Byte strings, each with a number, to be found where a text goes on with one of them.
struct PrefixTree: Sendable, Equatable {
    /// (node, byte) to the node below; node 0 is the root.
    private var children: PairTable
    /// By node: the number of the string that ends there, plus 1; 0 for none.
    private var ends: [UInt32] = [0]

    init(capacity: Int) {
        children = PairTable(capacity: capacity)
    }

    /// Adds a string that is not empty; the first of equal ones stays.
    ///
    /// - Returns: whether it was added.
    @discardableResult
    mutating func insert(_ bytes: some Collection<UInt8>, _ number: Int) -> Bool {
        var node: UInt32 = 0
        for byte in bytes {
            if let child = children[node, UInt32(byte)] {
                node = child
            } else {
                let child = UInt32(ends.count)
                children.insert(node, UInt32(byte), child)
                ends.append(0)
                node = child
            }
        }
        guard node != 0, ends[Int(node)] == 0 else { return false }
        ends[Int(node)] = UInt32(number) + 1
        return true
    }

    /// Calls `body` with the end and the number of each string that starts at an index, the shortest first.
    @inline(__always)
    func forEachString(in text: Span<UInt8>, from start: Int, _ body: (Int, Int) -> Void) {
        var (node, end) = (UInt32(0), start)
        while end < text.count, let child = children[node, UInt32(text[end])] {
            node = child
            end += 1
            if ends[Int(node)] != 0 { body(end, Int(ends[Int(node)]) - 1) }
        }
    }

    /// The number of the string that is all of a text.
    func number(of text: Span<UInt8>) -> Int? {
        var found: Int?
        forEachString(in: text, from: 0) { end, number in
            if end == text.count { found = number }
        }
        return found
    }

    /// The end of the longest string that starts at an index.
    func longestEnd(in text: Span<UInt8>, from start: Int) -> Int? {
        var found: Int?
        forEachString(in: text, from: start) { end, _ in found = end }
        return found
    }
}
