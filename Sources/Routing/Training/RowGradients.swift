internal import Optimization

/// The gradients of the table's rows that a batch touches, each row once.
struct RowGradients {
    /// The touched rows, in the order of their first use.
    private(set) var rows: [Int] = []
    /// `(slot, widthBlock)` lanes, a slot for each of `rows`.
    private(set) var sums: [Lanes] = []
    /// Each row's slot, or -1.
    private var slots: [Int32]
    private let blockCount: Int

    init(rowCount: Int, blockCount: Int) {
        slots = [Int32](repeating: -1, count: rowCount)
        self.blockCount = blockCount
    }

    /// Forgets the last batch.
    mutating func reset() {
        for row in rows { slots[row] = -1 }
        rows.removeAll(keepingCapacity: true)
        sums.removeAll(keepingCapacity: true)
    }

    mutating func add(_ gradient: [Lanes], times factor: Float, to row: Int) {
        if slots[row] < 0 {
            slots[row] = Int32(truncatingIfNeeded: rows.count)
            rows.append(row)
            for lanes in gradient { sums.append(factor * lanes) }
        } else {
            let first = Int(slots[row]) * blockCount
            for (block, lanes) in gradient.enumerated() { sums[first + block] += factor * lanes }
        }
    }
}
