/// The running means of Adam (Kingma and Ba 2015) for one block of parameters.
///
/// Rows of the embedding table are updated only in steps that touch them ("lazy Adam"), with the bias correction of the
/// whole training's step count.
public struct AdamMoments: Sendable {
    @usableFromInline var means: [Lanes]
    @usableFromInline var variances: [Lanes]

    public static let meanDecay: Float = 0.9
    public static let varianceDecay: Float = 0.999
    @usableFromInline static let epsilon: Float = 1e-8

    public init(blockCount: Int) {
        means = [Lanes](repeating: .zero, count: blockCount)
        variances = means
    }

    /// What is subtracted from the parameters at `block`.
    @inlinable
    public mutating func update(at block: Int, gradient: Lanes, step: AdamStep) -> Lanes {
        let mean = Self.meanDecay * means[block] + (1 - Self.meanDecay) * gradient
        let variance =
            Self.varianceDecay * variances[block] + (1 - Self.varianceDecay) * gradient * gradient
        means[block] = mean
        variances[block] = variance
        let deviation = (variance * step.varianceCorrection).squareRoot() + Self.epsilon
        return step.rate * mean / deviation
    }

    /// Updates a whole matrix or vector, whose last block may be filled up.
    public mutating func update(_ values: inout [Float], _ gradient: [Float], _ step: AdamStep) {
        for (block, lanes) in Lanes.blocks(of: gradient).enumerated() {
            let change = update(at: block, gradient: lanes, step: step)
            let first = block * Lanes.scalarCount
            for index in first..<min(first + Lanes.scalarCount, values.count) {
                values[index] -= change[index - first]
            }
        }
    }
}

/// What all updates of one step have in common.
public struct AdamStep: Sendable {
    /// The learning rate with the correction of the means.
    @usableFromInline let rate: Float
    @usableFromInline let varianceCorrection: Float
}

extension AdamStep {
    /// The same step at another rate.
    public func times(_ factor: Float) -> AdamStep {
        AdamStep(rate: factor * rate, varianceCorrection: varianceCorrection)
    }

    /// Step numbers count from one.
    public init(learningRate: Float, meanPower: Float, variancePower: Float) {
        rate = learningRate / (1 - meanPower)
        varianceCorrection = 1 / (1 - variancePower)
    }
}
