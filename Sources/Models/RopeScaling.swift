internal import Glibc

/// How a model's rotary frequencies depart from theta^(-2i/d).
public enum RopeScaling: Sendable, Hashable {
    case none
    /// Every frequency divided by a factor.
    case linear(factor: Double)
    /// Llama 3.1: low frequencies divided, high ones kept, a smooth ramp between.
    case llama3(factor: Double, low: Double, high: Double, originalContext: Double)
    /// A divisor for each frequency, as GGUF's `rope_freqs.weight` has them.
    case divisors([Float])

    /// The angle a position for each pair of a head's elements.
    ///
    /// Source: Su et al., RoFormer (2021); transformers `modeling_rope_utils` for the scalings.
    public func frequencies(theta: Double, headDimension: Int) -> [Double] {
        (0..<headDimension / 2).map { index in
            let plain = pow(theta, -2 * Double(index) / Double(headDimension))
            switch self {
            case .none:
                return plain
            case .linear(let factor):
                return plain / factor
            case .divisors(let divisors):
                return index < divisors.count ? plain / Double(divisors[index]) : plain
            case .llama3(let factor, let low, let high, let context):
                let wavelength = 2 * Double.pi / plain
                if wavelength < context / high { return plain }
                if wavelength > context / low { return plain / factor }
                let smooth = (context / wavelength - low) / (high - low)
                return (1 - smooth) * plain / factor + smooth * plain
            }
        }
    }
}
