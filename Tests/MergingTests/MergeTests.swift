import Adapters
import TestSupport
import Testing

@testable import Merging

@Suite struct MergeTests {
    private func merged(
        _ weights: [(String, Double)], _ method: MergeMethod, density: Double? = nil,
        rank: Int? = nil, seed: UInt64 = 0
    ) throws -> AdapterFile {
        try Merge(
            MergeGolden.parts(weights),
            settings: MergeSettings(method: method, density: density, rank: rank, seed: seed)
        ).merged()
    }

    /// PEFT fails here for rank-stabilized adapters.
    @Test(arguments: MergeMethod.allCases, ["a", "b", "r"])
    func oneAdapterStaysWhatItIs(_ method: MergeMethod, name: String) throws {
        let adapter = try MergeGolden.adapter(name)
        let merged = try merged([(name, 1)], method, density: method.takesDensity ? 1 : nil)
        #expect(merged.modules.keys == adapter.modules.keys)
        for (module, factors) in adapter.modules {
            let other = try #require(merged.modules[module])
            #expect(other.rank == factors.rank)
            #expect(relativeDistance(other.delta, factors.delta) < 1e-5)
        }
    }

    @Test(arguments: MergeMethod.allCases)
    func aMergeCanBeWrittenAndServed(_ method: MergeMethod) throws {
        let merged = try merged(
            [("a", 1), ("b", 0.5)], method, density: method.takesDensity ? 0.4 : nil,
            rank: method.takesRank ? 3 : nil)
        let folder = try TemporaryFolder()
        try merged.write(to: folder.path("m"))
        let read = try AdapterFile(path: folder.path("m"), base: MergeGolden.base)
        #expect(read.modules == merged.modules)
        #expect(read.baseName == "tiny/llama")
        let adapter = try Adapter(path: folder.path("m"), base: MergeGolden.base)
        #expect(adapter.warnings.isEmpty)
        #expect(adapter.rank == (method.takesRank ? 3 : method == .cat ? 8 : 4))
    }

    @Test(arguments: MergeMethod.allCases.filter(\.takesSeed))
    func aSeedGivesTheSameAdapter(_ method: MergeMethod) throws {
        func adapter(_ seed: UInt64, _ names: [String] = ["a", "b"]) throws -> AdapterFile {
            try merged(
                names.map { ($0, 1) }, method, density: method.takesDensity ? 0.5 : nil, seed: seed)
        }
        let first = try adapter(1)
        #expect(try adapter(1).modules == first.modules)
        if method != .lego { #expect(try adapter(2).modules != first.modules) }
        // What is drawn for a module does not depend on the others.
        let module = AdapterModule.linear(layer: 0, .key)
        let other = try adapter(
            1, ["a", "b", "c"].filter { $0 != "c" || method.space != .factors })
        #expect(other.modules[module] == first.modules[module])
    }

    @Test func modulesThatOneAdapterHasAreMergedOfThatOne() throws {
        let sum = try merged([("a", 0.5), ("b", 2)], .cat)
        let key = AdapterModule.linear(layer: 1, .key)
        let given = try #require(MergeGolden.adapter("b").modules[key])
        let factors = try #require(sum.modules[key])
        #expect(factors.rank == given.rank)
        #expect(relativeDistance(factors.delta, given.delta.map { 2 * $0 }) < 1e-6)
    }

    /// The whole of what adapters have together is their sum, however it is written.
    @Test func fullRankLosesNothing() throws {
        let weights = [("a", 0.7), ("b", -0.4), ("c", 1.1)]
        let sum = try merged(weights, .cat)
        for method in [MergeMethod.svd, .dareLinearSVD] {
            let other = try merged(
                weights, method, density: method.takesDensity ? 1 : nil, rank: 10)
            for (module, factors) in sum.modules {
                let merged = try #require(other.modules[module])
                #expect(relativeDistance(merged.delta, factors.delta) < 1e-5)
            }
        }
    }

    /// Order, and signs of a row and column together, do not change what a rank is.
    @Test func clustersKnowRanksWhereverTheyStand() throws {
        let adapter = try MergeGolden.adapter("a")
        let turned = try AdapterFile(
            adapter.modules.mapValues { factors throws(AdapterError) in
                try AdapterFactors(
                    a: (0..<factors.rank).reversed().flatMap { rank in
                        factors.a[rank * factors.inputs..<(rank + 1) * factors.inputs].map { -$0 }
                    },
                    b: (0..<factors.outputs).flatMap { row in
                        (0..<factors.rank).reversed().map { -factors.b[row * factors.rank + $0] }
                    }, rank: factors.rank, scale: factors.scale)
            }, base: MergeGolden.base)
        let merged = try Merge(
            [Merge.Part(name: "a", adapter: adapter), Merge.Part(name: "t", adapter: turned)],
            settings: MergeSettings(method: .lego, rank: 4)
        ).merged()
        for (module, factors) in adapter.modules {
            let other = try #require(merged.modules[module])
            #expect(other.rank == 4)
            #expect(relativeDistance(other.delta, factors.delta) < 1e-5)
        }
    }

    @Test func progressComesToItsEnd() throws {
        var parts: [Double] = []
        _ = try Merge(MergeGolden.parts([("a", 1)]), settings: MergeSettings(method: .cat))
            .merged { parts.append($0) }
        #expect(parts.count == 6 && parts.last == 1 && parts == parts.sorted())
    }
}
