/// What turns logits into probabilities and decisions, fitted on held-out texts.
public struct RouterCalibration: Sendable, Equatable {
    /// Logits are divided by it before the softmax.
    public let temperature: Float
    /// The router abstains from texts whose scope, the largest allowed logit of an adapter, is below.
    public let threshold: Float
    /// The share of held-out texts in scope that the threshold lets through.
    public let coverage: Double

    public init(temperature: Float, threshold: Float, coverage: Double) {
        self.temperature = temperature
        self.threshold = threshold
        self.coverage = coverage
    }
}
