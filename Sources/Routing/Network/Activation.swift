internal import Glibc

/// GELU in its sigmoid form: x / (1 + exp(-1.702 x)) (Hendrycks and Gimpel 2016, arXiv 1606.08415).
enum Activation {
    private static let slope: Float = 1.702

    static func value(_ x: Float) -> Float {
        x / (1 + expf(-slope * x))
    }

    /// The value and its derivative by x.
    static func valueAndSlope(_ x: Float) -> (value: Float, slope: Float) {
        let gate = 1 / (1 + expf(-slope * x))
        return (x * gate, gate + slope * x * gate * (1 - gate))
    }
}
