/// What a step brought.
public enum EngineEvent: Sendable, Equatable {
    /// A token of a reply, with its index in the reply.
    case token(sequence: Int, index: Int, id: Int32)
    /// The reply's end, its length, and how many prompt tokens the prefix cache had.
    case finished(sequence: Int, reason: EndReason, tokenCount: Int, cachedCount: Int)
    /// The sequence cannot go on as it was asked for, and ended.
    case failed(sequence: Int, InferenceError)

    public enum EndReason: Sendable, Equatable {
        case endOfText
        case length
    }
}
