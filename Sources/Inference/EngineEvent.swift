/// What a step brought.
public enum EngineEvent: Sendable, Equatable {
    /// A token of a reply, with its index in the reply.
    case token(sequence: Int, index: Int, id: Int32)
    case finished(sequence: Int, reason: EndReason)

    public enum EndReason: Sendable, Equatable {
        case endOfText
        case length
    }
}
