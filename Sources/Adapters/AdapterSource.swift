public import Kernels
internal import Tensors

/// Where an adapter is read from, and for what: all that it takes to read it again.
public struct AdapterSource: Sendable {
    public let path: String
    private let base: BaseShape
    private let weights: (any BaseWeights)?
    private let format: FactorFormat

    /// See `Adapter.init`.
    public init(
        path: String, base: BaseShape, weights: (any BaseWeights)? = nil,
        format: FactorFormat = .f32
    ) {
        self.path = path
        self.base = base
        self.weights = weights
        self.format = format
    }

    /// Reads, checks and packs the adapter; may be called by any thread.
    public func read() throws(AdapterError) -> Adapter {
        try Adapter(path: path, base: base, weights: weights, format: format)
    }

    /// What else a summary depends on beside the adapter's files.
    var purpose: String { "\(base.digest) \(format.rawValue) \(WeightFormat.layoutVersion)" }
}
