public import Wire

/// What the service says about a submitted request, in this order: accepted; then for each part
/// routed before the chunks made under it, and at the end done or failed.
public enum ReplyEvent: Hashable, Sendable {
    case accepted(WireAccepted)
    case routed(WireRouted)
    /// The next tokens of a part: offsets are contiguous, without gap or duplicate.
    case chunk(WireChunk)
    case done(WireDone)
    /// The part's end, or that of the whole request where it was not accepted.
    case failed(WireFailed)
}
