import Tensors
import TestSupport
import Testing

@testable import Evaluation

@Suite struct BootstrapTests {
    private func resamples(
        _ left: [Double], _ right: [Double], _ bootstrap: PairedBootstrap
    ) -> [[Double]] {
        bootstrap.values(
            of: [left, right].map { $0.map { [$0] } }, by: .percent, stream: 0)
    }

    /// Quantiles of all n^n resamples, which a hundred thousand of them come close to.
    @Test func intervalsAreThoseOfAllResamples() throws {
        let golden = try JSONValue(
            parsing: FileBytes.array(
                path: GoldenFolder.path("metrics/bootstrap.json"), limit: 1 << 20))
        for sample in try #require(golden.array) {
            let left = try #require(sample["left"]?.array).compactMap(\.double)
            let right = try #require(sample["right"]?.array).compactMap(\.double)
            let bootstrap = PairedBootstrap(
                resampleCount: 100_000, confidence: try #require(sample["confidence"]?.double))
            let row = FigureRow(
                values: [left, right].map { 100 * $0.reduce(0, +) / Double($0.count) },
                resamples: resamples(left, right, bootstrap), reference: 1, bootstrap: bootstrap)
            let figure = try #require(row.figures[0])
            let mean = try #require(sample["mean"]?.double)
            let wanted = try #require(sample["interval"]?.array).compactMap(\.double)
            let interval = try #require(figure.differenceInterval)
            #expect(abs((figure.difference ?? .nan) - 100 * mean) < 1e-9)
            #expect(abs(interval.low - 100 * wanted[0]) < 1, "\(interval)")
            #expect(abs(interval.high - 100 * wanted[1]) < 1, "\(interval)")
            #expect(row.figures[1]?.difference == 0)
            #expect(row.figures[1]?.differenceInterval == Interval(low: 0, high: 0))
        }
    }

    @Test func seedsAndStreamsDecide() {
        let (left, right) = ([1.0, 0, 1, 1, 0, 1, 0, 0], [0.0, 1, 1, 0, 1, 0, 1, 1])
        let one = PairedBootstrap(resampleCount: 200, seed: 1)
        let rows = [left, right].map { $0.map { [$0] } }
        let first = one.values(of: rows, by: .percent, stream: 0)
        #expect(first == one.values(of: rows, by: .percent, stream: 0))
        #expect(first != one.values(of: rows, by: .percent, stream: 1))
        #expect(
            first
                != PairedBootstrap(resampleCount: 200, seed: 2).values(
                    of: rows, by: .percent, stream: 0))
        // Pairs: complementary rows have sums that are always whole.
        for (one, other) in zip(first[0], first[1])
        where left.indices.allSatisfy({ left[$0] + right[$0] == 1 }) {
            #expect(one + other == 100)
        }
    }

    /// A choice among equals is no lead: the interval of the best of three against a fourth that is as good lies around zero.
    @Test func theLeadKnowsThatItsRivalWasChosen() throws {
        var random = SeededGenerator(seed: 5)
        let rows = (0..<4).map { _ in
            (0..<200).map { _ in [Bool.random(using: &random) ? 1.0 : 0] }
        }
        let bootstrap = PairedBootstrap(resampleCount: 2000)
        let row = FigureRow(
            values: rows.map { 100 * $0.reduce(0) { $0 + $1[0] } / 200 },
            resamples: bootstrap.values(of: rows, by: .percent, stream: 0), reference: 0,
            bootstrap: bootstrap)
        let lead = try #require(
            row.lead(of: 3, over: [0, 1, 2], isHigherBetter: true, bootstrap: bootstrap))
        let values = row.figures.compactMap { $0?.value }
        #expect(abs(lead.points - (values[3] - (values[..<3].max() ?? 0))) < 1e-9)
        #expect(lead.interval.low < 0)
        #expect(row.lead(of: 3, over: [], isHigherBetter: true, bootstrap: bootstrap) == nil)
    }

    @Test func quantilesLieBetweenValues() throws {
        let interval = try #require(Interval(of: [4, 1, 2, 3, .nan], confidence: 0.5))
        #expect(interval == Interval(low: 1.75, high: 3.25))
        #expect(Interval(of: [.nan], confidence: 0.9) == nil)
        #expect(Interval(of: [7], confidence: 0.9) == Interval(low: 7, high: 7))
    }
}
