internal import Glibc

/// The logarithms of the probabilities that a row of logits gives, in double precision.
struct LogSoftmax {
    private let largest: Float
    /// The logarithm of the sum of exp(logit - largest).
    private let logSum: Double

    /// Nil for logits that are no distribution: one of them is not a number or infinitely large, or all are infinitely small.
    init?(_ logits: Span<Float>) {
        var largest = -Float.infinity
        for id in logits.indices { largest = max(largest, logits[id]) }
        var sum = 0.0
        for id in logits.indices { sum += exp(Double(logits[id] - largest)) }
        guard sum.isFinite else { return nil }
        self.largest = largest
        logSum = log(sum)
    }

    func logProbability(of logit: Float) -> Double { Double(logit - largest) - logSum }
}
