internal import CKernels
internal import Tensors

/// Which rows of a step use which adapters, laid out once a step: the threads then read plain memory, with nothing to
/// count or to look up.
///
/// Sendable unchecked: it is laid out between jobs; the chunks of a job write disjoint rows of the intermediates.
@safe final class StepAdapters: @unchecked Sendable {
    /// Rows that follow each other in one adapter's list, and one of some pieces of its ranks: what one thread shrinks at
    /// a time.
    struct Chunk: BitwiseCopyable {
        let adapter: Int32
        let begin: Int32
        let end: Int32
        let piece: Int32
        let pieces: Int32
    }

    /// Rows of a chunk: whole passes of every kernel set.
    private static let chunkRows = 24
    /// Rows from which on a chunk has all ranks.
    private static let wholeRows = 3

    private(set) var groups: [LowRankGroup] = []
    /// Of each row, whether it goes through A.
    private let isDue: AlignedBuffer<Bool>
    private(set) var adapters = unsafe Scratch<fb_adapter_rows>()
    private(set) var chunks = Scratch<Chunk>()
    /// For each row where its uses begin, and where those of the last row end.
    let useStarts: AlignedBuffer<Int32>
    private(set) var uses = Scratch<fb_use>()
    /// (row of a group, rank) for one group after the other: what lies between A and B, with room for floats.
    private var inner = Scratch<Float>()

    init(rowCapacity: Int) {
        useStarts = AlignedBuffer(count: rowCapacity + 1)
        isDue = AlignedBuffer(count: rowCapacity)
    }

    /// Whether some adapter reads activations in bfloat16.
    private(set) var readBFloats = false
    /// Whether some adapter adds more than low-rank products.
    private(set) var scale = false

    /// Takes the adapters of a step, in the order in which a row adds them.
    func arrange(_ groups: [LowRankGroup]) {
        self.groups = groups
        readBFloats = groups.contains { $0.readsBFloats }
        scale = groups.contains { $0.scales }
        unsafe adapters.removeAll()
        inner.reserve(groups.reduce(0) { $0 + $1.rowCount * $1.largestRank })
        var offset = 0
        for group in groups {
            unsafe adapters.append(
                fb_adapter_rows(
                    term: group.entries.pointer, next: nil, rows: group.rows.pointer,
                    weights: group.weights.pointer,
                    inner: UnsafeMutableRawPointer(inner.pointer + offset)))
            offset += group.rowCount * group.largestRank
        }
        arrangeUses()
        for row in 0..<isDue.count { isDue[row] = true }
        cutIntoChunks()
    }

    /// Leaves out the rows that are not listed until the next step.
    func narrow(to rows: RowList) {
        for row in 0..<isDue.count { isDue[row] = false }
        for index in 0..<rows.count { isDue[rows[index]] = true }
        cutIntoChunks()
    }

    private func cutIntoChunks() {
        chunks.removeAll()
        for (adapter, group) in groups.enumerated() {
            var begin = 0
            while begin < group.rowCount {
                var end = begin
                while end < group.rowCount, end - begin < Self.chunkRows, isDue[group.rows[end]] {
                    end += 1
                }
                // A few rows are soon done, and threads would wait for the one that has a chunk more.
                let pieces = end - begin < Self.wholeRows ? 2 : 1
                for piece in 0..<(end > begin ? pieces : 0) {
                    chunks.append(
                        Chunk(
                            adapter: Int32(adapter), begin: Int32(begin), end: Int32(end),
                            piece: Int32(piece), pieces: Int32(pieces)))
                }
                begin = max(end, begin + 1)
            }
        }
    }

    /// Points every adapter to what it adds at a site; sites are numbered as they run.
    func select(site: Int) {
        for (index, group) in groups.enumerated() {
            let entry = unsafe group.entries.pointer + site
            unsafe adapters.pointer[index].term = UnsafePointer(entry)
            let isLast = unsafe site + 1 == group.entries.count
            unsafe adapters.pointer[index].next = isLast ? nil : UnsafePointer(entry + 1)
        }
    }

    private func arrangeUses() {
        let rowCount = useStarts.count - 1
        for row in 0...rowCount { useStarts[row] = 0 }
        for group in groups {
            for index in 0..<group.rowCount { useStarts[group.rows[index] + 1] += 1 }
        }
        for row in 0..<rowCount { useStarts[row + 1] += useStarts[row] }
        let total = Int(useStarts[rowCount])
        uses.removeAll()
        uses.reserve(total)
        for _ in 0..<total { uses.append(fb_use(adapter: 0, index: 0)) }
        // Filling moves each start to its end, which is the next one's start.
        for (adapter, group) in groups.enumerated() {
            for index in 0..<group.rowCount {
                let row = group.rows[index]
                unsafe uses.pointer[Int(useStarts[row])] = fb_use(
                    adapter: Int32(adapter), index: Int32(index))
                useStarts[row] += 1
            }
        }
        for row in stride(from: rowCount, to: 0, by: -1) { useStarts[row] = useStarts[row - 1] }
        useStarts[0] = 0
    }
}
