/// What a step brought.
public enum EngineEvent: Sendable, Equatable {
    /// A token of a reply, with its index in the reply, and its score where that is wanted.
    case token(sequence: Int, index: Int, id: Int32, score: TokenScore?)
    /// Scores of a prompt's tokens from one on, all of them before the reply's first token.
    case promptScores(sequence: Int, start: Int, [TokenScore])
    /// The reply's end, its length, and how many prompt tokens the prefix cache had.
    case finished(sequence: Int, reason: EndReason, tokenCount: Int, cachedCount: Int)
    /// The sequence cannot go on as it was asked for, and ended.
    case failed(sequence: Int, InferenceError)

    public enum EndReason: Sendable, Equatable {
        case endOfText
        case length
    }
}
