internal import Adapters

/// Which cache blocks are free, in use, or kept for the next request with the same beginning.
///
/// A kept block is found by the block before it, its tokens, the mixes that made them and the salt: all are compared,
/// not only hashed, so no reply can be built on another's keys and values.
struct BlockCache {
    /// The identity of a sealed block.
    struct Key: Hashable {
        /// Serial number of the block before it; 0: none.
        let parent: Int
        let tokens: [Int32]
        /// The mix of each position, or of all where they agree.
        let mixes: [AdapterMix]
        /// See `ModelConfiguration.rotaryLength(prompt:total:)`.
        var rotaryLength = 0
        let salt: UInt64
    }

    private struct Entry {
        var users = 0
        var key: Key?
        var serial = 0
        var lastUse = 0
    }

    private var entries: [Entry]
    private var free: [Int]
    private var kept: [Key: Int] = [:]
    /// Kept blocks without users, oldest first once sorted by `lastUse`; stale items are skipped.
    private(set) var idle: [(block: Int, lastUse: Int)] = []
    private var idleStart = 0
    private var idleCount = 0
    private var clock = 0
    private var serials = 0
    /// Kept blocks that were given up for others so far.
    private(set) var evictionCount = 0

    init(blockCount: Int) {
        entries = Array(repeating: Entry(), count: blockCount)
        free = Array((0..<blockCount).reversed())
    }

    /// Blocks that can be had: free ones and kept ones without users.
    var availableCount: Int { free.count + idleCount }

    /// Takes an empty block; nil when every block is in use.
    mutating func allocate() -> Int? {
        if let block = free.popLast() {
            entries[block].users = 1
            return block
        }
        while idleStart < idle.count {
            let (block, lastUse) = idle[idleStart]
            idleStart += 1
            guard entries[block].users == 0, entries[block].lastUse == lastUse else { continue }
            if let key = entries[block].key { kept[key] = nil }
            entries[block] = Entry(users: 1)
            idleCount -= 1
            evictionCount += 1
            return block
        }
        return nil
    }

    /// The kept block of a key, which gets one more user.
    mutating func find(_ key: Key) -> (block: Int, serial: Int)? {
        guard let block = kept[key] else { return nil }
        if entries[block].users == 0 { idleCount -= 1 }
        entries[block].users += 1
        return (block, entries[block].serial)
    }

    /// Makes a full block findable.
    ///
    /// Returns its serial number, or that of the equal block kept before it.
    mutating func seal(_ block: Int, key: Key) -> Int {
        if let other = kept[key] { return entries[other].serial }
        serials += 1
        entries[block].key = key
        entries[block].serial = serials
        kept[key] = block
        return serials
    }

    /// Gives back one use of each block.
    ///
    /// Children go before their parents, so that a chain is evicted from its end.
    mutating func release(_ blocks: some BidirectionalCollection<Int>) {
        for block in blocks.reversed() {
            entries[block].users -= 1
            guard entries[block].users == 0 else { continue }
            guard entries[block].key != nil else {
                entries[block] = Entry()
                free.append(block)
                continue
            }
            clock += 1
            entries[block].lastUse = clock
            idle.append((block, clock))
            idleCount += 1
        }
        compactIdle()
    }

    /// Drops stale items once they outnumber the blocks: a block that is found and released again leaves one each time.
    private mutating func compactIdle() {
        guard idle.count > 2 * entries.count + 1024 else { return }
        idle = idle[idleStart...].filter { item in
            entries[item.block].users == 0 && entries[item.block].lastUse == item.lastUse
        }
        idleStart = 0
    }
}
