internal import Glibc

/// A learning rate that rises in equal steps to its peak, then falls under half a cosine to nothing (Loshchilov and Hutter 2017).
public struct WarmupCosine: Sendable {
    public let peak: Float
    public let warmupSteps: Int
    public let stepCount: Int

    public init(peak: Float, warmupSteps: Int, stepCount: Int) {
        self.peak = peak
        self.warmupSteps = warmupSteps
        self.stepCount = stepCount
    }

    /// The rate of a step, counted from zero.
    public func rate(step: Int) -> Float {
        if step < warmupSteps { return peak * Float(step + 1) / Float(warmupSteps) }
        let part = Double(step - warmupSteps) / Double(max(1, stepCount - warmupSteps))
        return peak * Float(0.5 * (1 + cos(Double.pi * min(1, part))))
    }
}
