/// How likely tokens are behind a prompt.
public struct Likelihood: Sendable, Hashable {
    /// The natural logarithm of their probability.
    public let logProbability: Double
    public let tokenCount: Int

    public init(logProbability: Double, tokenCount: Int) {
        self.logProbability = logProbability
        self.tokenCount = tokenCount
    }

    /// Of no tokens.
    static let none = Likelihood(logProbability: 0, tokenCount: 0)
}
