import Adapters
import Tensors
import TestSupport
import Testing

@testable import Inference

@Suite struct BlockCacheTests {
    private func key(
        _ tokens: [Int32], parent: Int = 0, mixes: [AdapterMix] = [.base], salt: UInt64 = 0
    )
        -> BlockCache.Key
    {
        BlockCache.Key(parent: parent, tokens: tokens, mixes: mixes, salt: salt)
    }

    private func mix(_ byte: UInt8, _ weight: Int32 = 1024, coefficients: UInt8? = nil) throws
        -> AdapterMix
    {
        let adapter = try #require(Digest(bytes: [UInt8](repeating: byte, count: 32)))
        return AdapterMix(
            shares: [.init(adapter: adapter, weight: weight)],
            coefficients: coefficients.flatMap { Digest(bytes: [UInt8](repeating: $0, count: 32)) })
    }

    /// What the cache has to do, in the plainest way: users and keys by block, idle blocks in the order of their release.
    private struct Model {
        var users: [Int: Int] = [:]
        var keys: [Int: BlockCache.Key] = [:]
        var idle: [Int] = []
        var evictions = 0
    }

    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func randomOperationsAgreeWithASimpleModel(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let blockCount = Int.random(in: 1...24, using: &random)
        var cache = BlockCache(blockCount: blockCount)
        var model = Model()
        var held: [[Int]] = []
        for _ in 0..<4000 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<4:
                let free = Set(0..<blockCount).subtracting(model.users.keys).subtracting(model.idle)
                let block = cache.allocate()
                if free.isEmpty, let oldest = model.idle.first {
                    #expect(block == oldest)
                    model.idle.removeFirst()
                    model.evictions += 1
                    model.keys[oldest] = nil
                } else {
                    #expect(block.map(free.contains) ?? free.isEmpty)
                }
                guard let block else { break }
                #expect(model.users[block] == nil)
                model.users[block] = 1
                held.append([block])
            case 4..<6:
                let key = key([Int32.random(in: 0..<12, using: &random)])
                let expected = model.keys.first { $0.value == key }?.key
                let found = cache.find(key)?.block
                #expect(found == expected)
                guard let expected else { break }
                model.idle.removeAll { $0 == expected }
                model.users[expected, default: 0] += 1
                held.append([expected])
            case 6..<8:
                guard let blocks = held.randomElement(using: &random), model.keys[blocks[0]] == nil
                else { break }
                let key = key([Int32.random(in: 0..<12, using: &random)])
                let serial = cache.seal(blocks[0], key: key)
                #expect(serial > 0)
                if !model.keys.values.contains(key) { model.keys[blocks[0]] = key }
            default:
                guard !held.isEmpty else { break }
                let count = Int.random(in: 1...min(3, held.count), using: &random)
                held.shuffle(using: &random)
                let blocks = held.suffix(count).flatMap { $0 }
                held.removeLast(count)
                cache.release(blocks)
                for block in blocks.reversed() {
                    let left = (model.users[block] ?? 0) - 1
                    model.users[block] = left > 0 ? left : nil
                    if left == 0, model.keys[block] != nil { model.idle.append(block) }
                }
            }
            #expect(cache.availableCount == blockCount - model.users.count)
            #expect(cache.evictionCount == model.evictions)
        }
        for blocks in held { cache.release(blocks) }
        #expect(cache.availableCount == blockCount)
    }

    @Test func everyPartOfAKeyIsCompared() throws {
        var cache = BlockCache(blockCount: 4)
        let tokens = (0..<16).map { Int32($0) }
        let block = try cache.take()
        let mixes = [try mix(1)]
        let serial = cache.seal(block, key: key(tokens, parent: 3, mixes: mixes, salt: 5))
        let found = cache.find(key(tokens, parent: 3, mixes: mixes, salt: 5))?.serial
        #expect(found == serial)
        let (otherAdapter, otherWeight) = (try mix(2), try mix(1, 1023))
        let otherTable = try mix(1, coefficients: 7)
        var other = tokens
        other[15] = 99
        for different in [
            key(tokens, parent: 0, mixes: mixes, salt: 5),
            key(tokens, parent: 3, mixes: mixes, salt: 4),
            key(other, parent: 3, mixes: mixes, salt: 5), key(tokens, parent: 3, salt: 5),
            key(tokens, parent: 3, mixes: [otherAdapter], salt: 5),
            key(tokens, parent: 3, mixes: [otherWeight], salt: 5),
            key(tokens, parent: 3, mixes: [otherTable], salt: 5),
            key(tokens, parent: 3, mixes: mixes + mixes, salt: 5),
        ] {
            let found = cache.find(different)?.block
            #expect(found == nil)
        }
    }

    @Test func anEqualBlockKeepsTheSerialOfTheFirst() throws {
        var cache = BlockCache(blockCount: 2)
        let first = try cache.take()
        let second = try cache.take()
        let serials = [cache.seal(first, key: key([1])), cache.seal(second, key: key([1]))]
        #expect(serials[0] == serials[1])
        cache.release([second])
        let (free, kept) = (cache.allocate(), cache.find(key([1]))?.block)
        #expect(free == second, "a block that is not kept is free at once")
        #expect(kept == first)
    }

    /// A chain is of no use without its beginning, so its end goes first.
    @Test func chainsAreEvictedFromTheirEnds() throws {
        var cache = BlockCache(blockCount: 3)
        let blocks = [try cache.take(), try cache.take(), try cache.take()]
        var parent = 0
        for (index, block) in blocks.enumerated() {
            parent = cache.seal(block, key: key([Int32(index)], parent: parent))
        }
        cache.release(blocks)
        #expect(cache.availableCount == 3)
        let last = cache.allocate()
        let beginning = cache.find(key([0]))?.block
        let middle = cache.allocate()
        let none = cache.allocate()
        #expect(last == blocks[2] && beginning == blocks[0] && middle == blocks[1] && none == nil)
    }

    /// A prompt that many ask for is found and released without end; the records of that must not pile up.
    @Test func bookkeepingStaysSmall() throws {
        var cache = BlockCache(blockCount: 8)
        let block = try cache.take()
        _ = cache.seal(block, key: key([1]))
        cache.release([block])
        for _ in 0..<20_000 {
            let found = cache.find(key([1]))?.block
            try #require(found == block)
            cache.release([block])
        }
        #expect(cache.idle.count < 4096)
        for _ in 0..<8 { _ = try cache.take() }
        let none = cache.allocate()
        #expect(none == nil)
    }
}

extension BlockCache {
    /// A block, where there has to be one.
    fileprivate mutating func take() throws -> Int {
        let block = allocate()
        return try #require(block)
    }
}
