import Adapters
import Tensors
import TestSupport
import Testing

@Suite struct AdapterMixTests {
    private func digest(_ byte: UInt8) throws -> Digest {
        try #require(Digest(bytes: [UInt8](repeating: byte, count: 32)))
    }

    private func mix(_ shares: [(UInt8, Int32)]) throws -> AdapterMix {
        AdapterMix(
            shares: try shares.map { AdapterMix.Share(adapter: try digest($0.0), weight: $0.1) })
    }

    @Test func sharesAreSortedSummedAndWithoutZeros() throws {
        let found = try mix([(9, 100), (1, 5), (4, 0), (9, 24), (2, 7), (2, -7)])
        let expected = [
            AdapterMix.Share(adapter: try digest(1), weight: 5),
            AdapterMix.Share(adapter: try digest(9), weight: 124),
        ]
        #expect(found.shares == expected)
        #expect(AdapterMix(shares: found.shares) == found)
    }

    @Test func theOrderOfSharesNeverMatters() throws {
        var random = SeededGenerator(seed: 1)
        for _ in 0..<200 {
            let shares = (0..<Int.random(in: 0...8, using: &random)).map { _ in
                (
                    UInt8.random(in: 0...5, using: &random),
                    Int32.random(in: -2048...2048, using: &random)
                )
            }
            let one = try mix(shares)
            let other = try mix(shares.shuffled(using: &random))
            #expect(one == other && one.hashValue == other.hashValue)
            #expect(one.shares.map(\.adapter) == one.shares.map(\.adapter).sorted())
            #expect(Set(one.shares.map(\.adapter)).count == one.shares.count)
            #expect(one.shares.allSatisfy { $0.weight != 0 })
        }
    }

    @Test func nothingIsTheBase() throws {
        #expect(try mix([]) == .base && mix([(1, 0)]) == .base && mix([(1, 3), (1, -3)]).isBase)
        let table = try digest(7)
        #expect(AdapterMix(shares: [], coefficients: table) == .base)
        let one = AdapterMix(
            shares: [.init(adapter: try digest(1), weight: 1)], coefficients: table)
        #expect(one.coefficients == table && !one.isBase)
        #expect(try one != mix([(1, 1)]))
    }

    @Test func sumsAreClamped() throws {
        let limit = AdapterMix.weightLimit
        #expect(try mix([(1, limit), (1, 1)]).shares[0].weight == limit)
        #expect(try mix([(1, .min), (1, .min)]).shares[0].weight == -limit)
        #expect(try mix([(1, .max), (1, .max), (1, .max)]).shares[0].weight == limit)
    }

    @Test func numbersBecomeWeights() {
        #expect(AdapterMix.weight(1) == 1024 && AdapterMix.weight(-0.5) == -512)
        #expect(AdapterMix.weight(0.5 / 1024) == 0 && AdapterMix.weight(1.5 / 1024) == 2)
        #expect(AdapterMix.weight(64) == 65536 && AdapterMix.weight(-64) == -65536)
        for value in [64.001, -64.001, .infinity, -.infinity, .nan, .greatestFiniteMagnitude] {
            #expect(AdapterMix.weight(value) == nil)
        }
    }
}
