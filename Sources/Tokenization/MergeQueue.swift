internal import HeapModule

/// The symbols of one word while pairs of neighbours merge: a linked list with a queue of candidates.
///
/// Reused from word to word, so that encoding allocates only while words grow longer.
struct MergeQueue {
    /// A symbol; `next` and `previous` are positions, -1 at the ends.
    struct Symbol {
        var id: UInt32
        var previous: Int32
        var next: Int32
        /// False once a symbol was merged into its left neighbour.
        var isAlive = true
    }

    /// A pair to merge, lowest order first, then from left to right.
    struct Candidate: Comparable {
        var order: UInt32
        var position: UInt32
        var mergedID: UInt32

        static func < (left: Candidate, right: Candidate) -> Bool {
            (left.order, left.position) < (right.order, right.position)
        }
    }

    private(set) var symbols: [Symbol] = []
    private var candidates = Heap<Candidate>()
    /// For few symbols: the order and the id of each with its right neighbour.
    private var orders: [(order: UInt32, id: UInt32)] = []

    /// Up to here a search for the lowest order is faster than a queue.
    private static let shortCount = 24

    mutating func append(_ id: UInt32) {
        let position = Int32(symbols.count)
        if position > 0 { symbols[symbols.count - 1].next = position }
        symbols.append(Symbol(id: id, previous: position - 1, next: -1))
    }

    /// Merges until no pair is left, adds the symbols' ids in order, and empties the queue.
    ///
    /// A candidate is stale when the pair now at its place merges to another id, or to none.
    /// Complexity: n log n.
    ///
    /// - Parameter merge: the order and the id of a pair, lowest order first.
    mutating func finish(
        into ids: inout [Int32], merge: (UInt32, UInt32) -> (order: UInt32, id: UInt32)?
    ) {
        guard symbols.count > Self.shortCount else { return finishShort(into: &ids, merge) }
        for position in symbols.indices { propose(Int32(position), merge) }
        while let candidate = candidates.popMin() {
            let position = Int(candidate.position)
            let left = symbols[position]
            guard left.isAlive, left.next >= 0 else { continue }
            let right = symbols[Int(left.next)]
            guard merge(left.id, right.id)?.id == candidate.mergedID else { continue }
            symbols[Int(left.next)].isAlive = false
            symbols[position].id = candidate.mergedID
            symbols[position].next = right.next
            if right.next >= 0 { symbols[Int(right.next)].previous = Int32(position) }
            if left.previous >= 0 { propose(left.previous, merge) }
            propose(Int32(position), merge)
        }
        for symbol in symbols where symbol.isAlive {
            ids.append(Int32(bitPattern: symbol.id))
        }
        symbols.removeAll(keepingCapacity: true)
    }

    /// The same for few symbols, by looking for the lowest order again and again.
    private mutating func finishShort(
        into ids: inout [Int32], _ merge: (UInt32, UInt32) -> (order: UInt32, id: UInt32)?
    ) {
        orders.removeAll(keepingCapacity: true)
        for index in symbols.indices.dropLast() {
            let pair = merge(symbols[index].id, symbols[index + 1].id)
            orders.append((pair?.order ?? .max, pair?.id ?? 0))
        }
        while true {
            var best = -1
            var lowest = UInt32.max
            for index in orders.indices where orders[index].order < lowest {
                lowest = orders[index].order
                best = index
            }
            guard best >= 0 else { break }
            symbols[best].id = orders[best].id
            symbols.remove(at: best + 1)
            orders.remove(at: best)
            for index in [best - 1, best] where orders.indices.contains(index) {
                let pair = merge(symbols[index].id, symbols[index + 1].id)
                orders[index] = (pair?.order ?? .max, pair?.id ?? 0)
            }
        }
        for symbol in symbols { ids.append(Int32(bitPattern: symbol.id)) }
        symbols.removeAll(keepingCapacity: true)
    }

    private mutating func propose(
        _ position: Int32, _ merge: (UInt32, UInt32) -> (order: UInt32, id: UInt32)?
    ) {
        let symbol = symbols[Int(position)]
        guard symbol.next >= 0, let pair = merge(symbol.id, symbols[Int(symbol.next)].id) else {
            return
        }
        candidates.insert(
            Candidate(order: pair.order, position: UInt32(position), mergedID: pair.id))
    }
}
