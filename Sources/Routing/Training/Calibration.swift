internal import Glibc

/// Makes probabilities of logits that mean what they say, from held-out texts.
///
/// Three numbers are fitted by negative log-likelihood: one temperature for all classes (Guo et al. 2017), and a scale and
/// an offset for the logit of the base, which sees other texts in training than later.
struct Calibration {
    var temperature: Double = 1
    var baseScale: Double = 1
    var baseOffset: Double = 0

    /// One held-out text.
    struct Sample {
        /// A logit a class; the last class is the base.
        let logits: [Float]
        /// The classes that fit.
        let classes: [Int]
        /// How much the sample counts.
        let weight: Double
    }

    /// Fits the numbers one after the other, four times over, each by golden-section search.
    init(fitting samples: [Sample]) {
        guard !samples.isEmpty else { return }
        for _ in 0..<4 {
            temperature = exp(
                Self.minimum(in: -3...3) { value in
                    var trial = self
                    trial.temperature = exp(value)
                    return trial.loss(samples)
                })
            baseOffset = Self.minimum(in: -10...10) { value in
                var trial = self
                trial.baseOffset = value
                return trial.loss(samples)
            }
            baseScale = Self.minimum(in: 0...1.5) { value in
                var trial = self
                trial.baseScale = value
                return trial.loss(samples)
            }
        }
    }

    /// The mean negative log-likelihood in nats.
    private func loss(_ samples: [Sample]) -> Double {
        var sum = 0.0
        var weights = 0.0
        for sample in samples {
            let logits = scaled(sample.logits)
            let largest = logits.max() ?? 0
            let logSum = largest + log(logits.reduce(0) { $0 + exp($1 - largest) })
            let likelihood = sample.classes.reduce(0) { $0 + logSum - logits[$1] }
            sum += sample.weight * likelihood / Double(max(1, sample.classes.count))
            weights += sample.weight
        }
        return sum / max(weights, .leastNormalMagnitude)
    }

    private func scaled(_ logits: [Float]) -> [Double] {
        var scaled = logits.map { Double($0) / temperature }
        if let base = logits.last {
            scaled[scaled.count - 1] = (Double(base) * baseScale + baseOffset) / temperature
        }
        return scaled
    }

    private static func minimum(in range: ClosedRange<Double>, of loss: (Double) -> Double)
        -> Double
    {
        let ratio = (5.0.squareRoot() - 1) / 2
        var low = range.lowerBound
        var high = range.upperBound
        var (left, right) = (high - ratio * (high - low), low + ratio * (high - low))
        var (leftLoss, rightLoss) = (loss(left), loss(right))
        for _ in 0..<24 {
            if leftLoss <= rightLoss {
                (high, right, rightLoss) = (right, left, leftLoss)
                left = high - ratio * (high - low)
                leftLoss = loss(left)
            } else {
                (low, left, leftLoss) = (left, right, rightLoss)
                right = low + ratio * (high - low)
                rightLoss = loss(right)
            }
        }
        return (low + high) / 2
    }
}
