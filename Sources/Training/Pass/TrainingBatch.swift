/// Texts that go through the model at once, one after the other, each seeing itself alone.
public struct TrainingBatch: Sendable {
    /// One a row.
    public private(set) var tokens: [Int32] = []
    /// For each text its rows.
    public private(set) var sequences: [Range<Int>] = []
    /// The rows whose next token is learned, ascending.
    public private(set) var learned: [Int] = []
    /// The token that comes after each of them.
    public private(set) var targets: [Int32] = []

    public init(_ examples: some Sequence<TrainingExample>) {
        for example in examples {
            let first = tokens.count
            // The last token is only foretold.
            tokens += example.tokens.dropLast()
            sequences.append(first..<tokens.count)
            for place in example.firstLearned..<example.tokens.count {
                learned.append(first + place - 1)
                targets.append(example.tokens[place])
            }
        }
    }

    public var rowCount: Int { tokens.count }
}
