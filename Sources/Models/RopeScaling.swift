internal import Glibc

/// How a model's rotary frequencies depart from theta^(-2i/d).
///
/// Sources: Su et al., RoFormer (2021); transformers `modeling_rope_utils` for the scalings.
public enum RopeScaling: Sendable, Hashable {
    case none
    /// Every frequency divided by a factor.
    case linear(factor: Double)
    /// Llama 3.1: low frequencies divided, high ones kept, a smooth ramp between.
    case llama3(factor: Double, low: Double, high: Double, originalContext: Double)
    /// A divisor for each frequency, as GGUF's `rope_freqs.weight` has them.
    case divisors([Float])
    /// YaRN (Peng et al., 2023).
    case yarn(YarnScaling)
    /// NTK-aware: a larger theta for sequences beyond the original context, the larger the longer they are.
    case dynamic(factor: Double, originalContext: Int)
    /// LongRoPE (Ding et al., 2024): one divisor a frequency, other ones for sequences beyond the original context.
    case longRope(LongRopeScaling)

    /// The angle a position for each pair of a head's rotated elements.
    ///
    /// - Parameters:
    ///   - headDimension: elements of a head that are rotated.
    ///   - length: what `length(ofPosition:in:)` says.
    public func frequencies(theta: Double, headDimension: Int, length: Int = 0) -> [Double] {
        let theta = stretched(theta, dimension: Double(headDimension), length: length)
        return (0..<headDimension / 2).map { index in
            let plain = pow(theta, -2 * Double(index) / Double(headDimension))
            switch self {
            case .none, .dynamic:
                return plain
            case .linear(let factor):
                return plain / factor
            case .divisors(let divisors):
                return index < divisors.count ? plain / Double(divisors[index]) : plain
            case .longRope(let scaling):
                let divisors = length > scaling.originalContext ? scaling.long : scaling.short
                return index < divisors.count ? plain / Double(divisors[index]) : plain
            case .yarn(let scaling):
                let kept = scaling.kept(pair: index, theta: theta, dimension: headDimension)
                return plain / scaling.factor * (1 - kept) + plain * kept
            case .llama3(let factor, let low, let high, let context):
                let wavelength = 2 * Double.pi / plain
                if wavelength < context / high { return plain }
                if wavelength > context / low { return plain / factor }
                let smooth = (context / wavelength - low) / (high - low)
                return (1 - smooth) * plain / factor + smooth * plain
            }
        }
    }

    private func stretched(_ theta: Double, dimension: Double, length: Int) -> Double {
        guard case .dynamic(let factor, let context) = self, length > context, dimension > 2 else {
            return theta
        }
        let stretch = factor * Double(length) / Double(context) - (factor - 1)
        return theta * pow(stretch, dimension / (dimension - 2))
    }

    /// What cosines and sines are multiplied with.
    public var attentionFactor: Double {
        switch self {
        case .yarn(let scaling): scaling.attentionFactor
        case .longRope(let scaling): scaling.attentionFactor
        case .none, .linear, .llama3, .divisors, .dynamic: 1
        }
    }

    /// The length that the rotations of a whole sequence go by; 0 where only positions count.
    ///
    /// Keys that were rotated for one length serve under no other.
    ///
    /// - Parameters:
    ///   - prompt: tokens before the first one that was generated.
    ///   - total: tokens of the sequence so far.
    func length(prompt: Int, total: Int) -> Int {
        switch self {
        case .dynamic(_, let context): max(prompt, context)
        case .longRope(let scaling):
            total > scaling.originalContext ? scaling.originalContext + 1 : scaling.originalContext
        case .none, .linear, .llama3, .divisors, .yarn: 0
        }
    }

    /// The length that the rotation of one position goes by: with `dynamic` generated tokens stretch theta for themselves.
    func length(ofPosition position: Int, in length: Int) -> Int {
        if case .dynamic = self { max(length, position + 1) } else { length }
    }

    /// Whether rotations depend on the lengths of sequences.
    var dependsOnLength: Bool {
        switch self {
        case .dynamic, .longRope: true
        case .none, .linear, .llama3, .divisors, .yarn: false
        }
    }
}

/// YaRN: frequencies that turn often within the original context are kept, those that turn seldom divided.
public struct YarnScaling: Sendable, Hashable {
    public var factor: Double
    public var originalContext: Double
    /// Turns within the original context from which on a frequency is kept, and up to which it is divided.
    public var fast = 32.0
    public var slow = 1.0
    /// Whether the bounds of the ramp are whole pairs.
    public var truncates = true
    public var attentionFactor: Double

    /// How much of a pair's frequency is kept, from 0 to 1.
    func kept(pair: Int, theta: Double, dimension: Int) -> Double {
        func bound(_ turns: Double) -> Double {
            Double(dimension) * log(originalContext / (turns * 2 * Double.pi)) / (2 * log(theta))
        }
        let (first, last) = (bound(fast), bound(slow))
        let low = max(truncates ? first.rounded(.down) : first, 0)
        var high = min(truncates ? last.rounded(.up) : last, Double(dimension - 1))
        if low == high { high += 0.001 }
        return 1 - min(max((Double(pair) - low) / (high - low), 0), 1)
    }

    /// 0.1 weight ln(scale) + 1: by how much longer contexts need sharper attention.
    static func sharpening(_ scale: Double, weight: Double = 1) -> Double {
        scale <= 1 ? 1 : 0.1 * weight * log(scale) + 1
    }
}

/// LongRoPE: a divisor for each frequency.
public struct LongRopeScaling: Sendable, Hashable {
    /// For sequences within the original context.
    public var short: [Float]
    /// For longer ones.
    public var long: [Float]
    public var originalContext: Int
    public var attentionFactor: Double

    /// sqrt(1 + ln(scale) / ln(context)), where the context was made `scale` times longer.
    static func sharpening(_ scale: Double, originalContext: Double) -> Double {
        scale <= 1 ? 1 : (1 + log(scale) / log(originalContext)).squareRoot()
    }
}
