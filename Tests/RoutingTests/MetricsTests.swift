import Glibc
import Optimization
import Testing

@testable import Routing

@Suite("Figures of merit")
struct MetricsTests {
    @Test("Calibration error weighs each bin's gap by its rows")
    func calibrationError() {
        #expect(Metrics.calibrationError([]) == 0)
        #expect(abs(Metrics.calibrationError([(0.9, 1), (0.9, 0)]) - 0.4) < 1e-12)
        #expect(abs(Metrics.calibrationError([(1, 1), (0.1, 0), (0.1, 0)]) - 0.2 / 3) < 1e-12)
        #expect(abs(Metrics.calibrationError([(0.5, 0.5)])) < 1e-12)
        let half = (0..<10).map { (confidence: 0.5, rightness: $0 < 5 ? 1.0 : 0.0) }
        #expect(Metrics.calibrationError(half) < 1e-12)
    }

    @Test("The Brier score is the squared distance to what fits")
    func brier() {
        #expect(Metrics.brierScore([]) == 0)
        #expect(Metrics.brierScore([([1, 0, 0], [0])]) == 0)
        #expect(Metrics.brierScore([([1, 0, 0], [2])]) == 2)
        #expect(
            abs(Metrics.brierScore([([0.5, 0.5, 0], [0, 1]), ([0.25, 0.75, 0], [0])]) - 0.5625)
                < 1e-9)
    }

    @Test("AUROC counts pairs, ties half")
    func auroc() {
        #expect(Metrics.auroc(higher: [2, 3], lower: [0, 1]) == 1)
        #expect(Metrics.auroc(higher: [0], lower: [1]) == 0)
        #expect(Metrics.auroc(higher: [1, 1], lower: [1]) == 0.5)
        #expect(Metrics.auroc(higher: [3, 1], lower: [2, 0]) == 0.75)
        #expect(Metrics.auroc(higher: [], lower: [1]) == nil)
    }

    @Test("The threshold lets the share through")
    func threshold() {
        let values = (1...100).map(Float.init).reversed()
        let threshold = Metrics.threshold(passing: 0.95, of: Array(values))
        #expect(threshold == 6 && values.count { $0 >= threshold } == 95)
        #expect(Metrics.threshold(passing: 1, of: [3, 2]) == 2)
        #expect(Metrics.lowered(6, toward: [7, 2, 6, 1]) == 4)
        #expect(Metrics.lowered(6, toward: [7]) == 6)
        #expect(Metrics.threshold(passing: 0.95, of: []) == -.infinity)
    }

    @Test("The fitted temperature is the one that made the labels")
    func temperature() {
        var random = SeededRandom(seed: 3)
        let samples = (0..<4000).map { _ -> Calibration.Sample in
            let logits = (0..<4).map { _ in 6 * random.normal() }
            // Gumbel's trick draws from softmax(logits / 3).
            let noisy = logits.map { $0 / 3 - logf(-logf(max(random.unit(), 1e-7))) }
            let drawn = noisy.indices.max { noisy[$0] < noisy[$1] } ?? 0
            return Calibration.Sample(logits: logits, classes: [drawn], weight: 1)
        }
        let fit = Calibration(fitting: samples)
        #expect(abs(fit.temperature - 3) < 0.4)
        #expect(abs(fit.baseScale - 1) < 0.15 && abs(fit.baseOffset) < 0.7)
    }

    @Test("A separating threshold keeps most of one kind and least of the other")
    func separating() {
        #expect(Metrics.separating([1, 2, 3], from: [-1, 0]) == 1)
        #expect(Metrics.separating([0, 2, 3, 4], from: [-1, 0.5, 1]) == 2)
        #expect(Metrics.separating([1, 2], from: []) == 1)
        #expect(Metrics.separating([], from: [1]) == -.infinity)
    }
}
