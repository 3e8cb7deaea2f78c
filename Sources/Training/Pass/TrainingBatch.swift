/// Texts that go through the model at once, one after the other, each seeing itself and what all begin with.
public struct TrainingBatch: Sendable {
    /// One a row.
    public private(set) var tokens: [Int32] = []
    /// Rows that all texts begin with, such as the system's turn of a chat; they stand once, as the first sequence.
    public let sharedCount: Int
    /// The rows of the beginning, if one is shared, then for each text the rows of its own.
    public private(set) var sequences: [Range<Int>] = []
    /// The rows whose next token is learned, ascending.
    public private(set) var learned: [Int] = []
    /// The token that comes after each of them.
    public private(set) var targets: [Int32] = []
    /// Numbers of the adapters that are on.
    let beside: [Int]

    /// - Parameters:
    ///   - examples: with the same adapters on.
    ///   - sharedCount: not more than `beginning(of:)` has.
    public init(_ examples: [TrainingExample], sharedCount: Int = 0) {
        self.sharedCount = sharedCount
        beside = examples.first?.beside ?? []
        if let first = examples.first, sharedCount > 0 {
            tokens += first.tokens.prefix(sharedCount)
            sequences.append(0..<sharedCount)
        }
        for example in examples {
            let first = tokens.count
            // The last token is only foretold.
            tokens += example.tokens[sharedCount...].dropLast()
            sequences.append(first..<tokens.count)
            for place in example.firstLearned..<example.tokens.count {
                learned.append(first + place - 1 - sharedCount)
                targets.append(example.tokens[place])
            }
        }
    }

    /// How many tokens several examples begin with alike before the first one whose successor is learned.
    static func beginning(of examples: [TrainingExample]) -> Int {
        guard let first = examples.first, examples.count > 1 else { return 0 }
        return examples.reduce(first.firstLearned - 1) { count, example in
            let most = min(count, example.firstLearned - 1)
            return zip(first.tokens, example.tokens).prefix(most).prefix { $0 == $1 }.count
        }
    }

    public var rowCount: Int { tokens.count }
}
