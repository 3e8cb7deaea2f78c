import Adapters
import Merging
import Tensors
import Testing

@Suite struct MergeRefusalTests {
    private func expect(
        _ code: MergeError.Code, _ words: [String], _ parts: [Merge.Part],
        _ settings: MergeSettings, _ location: SourceLocation = #_sourceLocation
    ) {
        let error = #expect(throws: MergeError.self, sourceLocation: location) {
            try Merge(parts, settings: settings)
        }
        #expect(error?.code == code, sourceLocation: location)
        for word in words {
            #expect(
                error?.message.contains(word) == true, "\(error?.message ?? "")",
                sourceLocation: location)
        }
    }

    @Test func settingsWithoutSenseAreRefused() throws {
        let parts = try MergeGolden.parts([("a", 1), ("b", 1)])
        expect(.invalid, ["no adapters"], [], MergeSettings(method: .cat))
        expect(.invalid, ["needs a density"], parts, MergeSettings(method: .ties))
        for density in [0, -0.5, 1.01, .nan, .infinity] {
            expect(
                .invalid, ["(0, 1]"], parts, MergeSettings(method: .ties, density: density))
        }
        expect(.invalid, ["prunes nothing"], parts, MergeSettings(method: .cat, density: 0.5))
        expect(.invalid, ["svd"], parts, MergeSettings(method: .cat, rank: 4))
        expect(
            .invalid, ["ties_svd"], parts, MergeSettings(method: .ties, density: 0.5, rank: 4))
        for rank in [0, -1, 1025] {
            expect(.invalid, ["1...1024"], parts, MergeSettings(method: .svd, rank: rank))
        }
        expect(.invalid, ["8 together"], parts, MergeSettings(method: .svd, rank: 9))
        for weight in [0, .nan, .infinity] {
            expect(
                .invalid, ["b:", "weight"], try MergeGolden.parts([("a", 1), ("b", weight)]),
                MergeSettings(method: .cat))
        }
    }

    @Test func unequalRanksAreRefusedWhereTheyMatter() throws {
        let parts = try MergeGolden.parts([("a", 1), ("c", 1)])
        expect(
            .mismatch, ["a has the rank 4", "c 2", "svd"], parts, MergeSettings(method: .linear))
        expect(
            .mismatch, ["dare_ties_svd"], parts, MergeSettings(method: .dareTies, density: 0.5))
    }

    @Test func differentBasesAreRefused() throws {
        let other = BaseShape(
            name: "llama", digest: Digest(of: [2]), layerCount: 2,
            linears: MergeGolden.base.linears)
        let adapter = try MergeGolden.adapter("b")
        let parts =
            try MergeGolden.parts([("a", 1)])
            + [Merge.Part(name: "b", adapter: AdapterFile(adapter.modules, base: other))]
        expect(.mismatch, ["b:", "base"], parts, MergeSettings(method: .cat))
    }

    @Test func ranksThatNobodyServesAreRefused() throws {
        let factors = try AdapterFactors(
            a: [Float](repeating: 1, count: 600 * 64), b: [Float](repeating: 1, count: 600 * 64),
            rank: 600, scale: 1)
        let large = try AdapterFile(
            [.linear(layer: 0, .query): factors], base: MergeGolden.base)
        let parts = ["x", "y"].map { Merge.Part(name: $0, adapter: large) }
        expect(.unsupported, ["1200", "svd"], parts, MergeSettings(method: .cat))
    }

    /// A sum that is too large for a float is an error, not infinity.
    @Test func overflowIsAnError() throws {
        let factors = try AdapterFactors(
            a: [Float](repeating: 3e38, count: 64), b: [Float](repeating: 3e38, count: 64), rank: 1,
            scale: 1)
        let huge = try AdapterFile([.linear(layer: 0, .query): factors], base: MergeGolden.base)
        for (method, density) in [
            (MergeMethod.svd, nil), (.cat, nil), (.tiesSVD, 0.5), (.knotsTies, 0.5), (.lego, nil),
        ] as [(MergeMethod, Double?)] {
            let merge = try Merge(
                [Merge.Part(name: "h", adapter: huge, weight: 4)],
                settings: MergeSettings(method: method, density: density))
            #expect(throws: MergeError.self, "\(method)") { try merge.merged() }
        }
    }
}
