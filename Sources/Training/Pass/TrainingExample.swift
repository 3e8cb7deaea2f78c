/// A text as tokens, and from where on it is learned.
public struct TrainingExample: Sendable, Hashable {
    /// At least two.
    public let tokens: [Int32]
    /// The first token that is learned: that of the answer, or the second of all.
    public let firstLearned: Int
    /// Numbers of the adapters that are on while it is learned, beside what is trained.
    public let beside: [Int]

    /// - Parameter firstLearned: the first token cannot be learned, since nothing foretells it.
    /// - Returns: nil when nothing can be learned.
    public init?(tokens: [Int32], firstLearned: Int = 1, beside: [Int] = []) {
        guard tokens.count >= 2, firstLearned < tokens.count else { return nil }
        self.tokens = tokens
        self.firstLearned = max(1, firstLearned)
        self.beside = beside
    }

    /// Tokens that are learned.
    public var learnedCount: Int { tokens.count - firstLearned }
}
