internal import CKernels

/// What the gate of a feed-forward network goes through.
public enum Activation: String, Sendable, Hashable {
    /// x / (1 + e^-x)
    case silu
    /// x (1 + erf(x / √2)) / 2
    case gelu
    /// The same with the error function by a hyperbolic tangent, of √(2/π) (x + 0.044715 x³).
    case geluTanh

    var code: fb_gate {
        switch self {
        case .silu: FB_SILU
        case .gelu: FB_GELU
        case .geluTanh: FB_GELU_TANH
        }
    }
}
