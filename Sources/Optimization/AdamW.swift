/// AdamW (Loshchilov and Hutter 2019) for a vector of parameters.
public struct AdamW: Sendable {
    /// Decay of the parameters, per step and unit of the learning rate.
    public let weightDecay: Float
    private var moments: AdamMoments
    private let count: Int
    private var meanPower: Float = 1
    private var variancePower: Float = 1

    public init(count: Int, weightDecay: Float = 0) {
        self.count = count
        self.weightDecay = weightDecay
        moments = AdamMoments(blockCount: Lanes.blockCount(of: count))
    }

    /// Moves the parameters against their gradient by one step.
    public mutating func update(_ values: inout [Float], gradient: [Float], learningRate: Float) {
        precondition(values.count == count && gradient.count == count)
        meanPower *= AdamMoments.meanDecay
        variancePower *= AdamMoments.varianceDecay
        let step = AdamStep(
            learningRate: learningRate, meanPower: meanPower, variancePower: variancePower)
        let decay = 1 - learningRate * weightDecay
        for (block, lanes) in Lanes.blocks(of: gradient).enumerated() {
            let change = moments.update(at: block, gradient: lanes, step: step)
            let first = block * Lanes.scalarCount
            for index in first..<min(first + Lanes.scalarCount, count) {
                values[index] = values[index] * decay - change[index - first]
            }
        }
    }

    /// The running means and variances, and the powers of their decays, which with the parameters are all that later steps
    /// depend on.
    public var state: (means: [Float], variances: [Float], powers: [Float]) {
        get {
            (
                moments.means.scalars(count), moments.variances.scalars(count),
                [meanPower, variancePower]
            )
        }
        set {
            precondition(newValue.means.count == count && newValue.variances.count == count)
            precondition(newValue.powers.count == 2)
            moments.means = Lanes.blocks(of: newValue.means)
            moments.variances = Lanes.blocks(of: newValue.variances)
            (meanPower, variancePower) = (newValue.powers[0], newValue.powers[1])
        }
    }
}
