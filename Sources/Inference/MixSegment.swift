public import Adapters

/// The mix that governs every forward pass from the one that samples token `fromToken` of the reply.
///
/// That pass also writes the keys and values of the token before it. The first segment starts at 0 and governs the prompt.
public struct MixSegment: Sendable, Hashable {
    public let fromToken: Int
    public let mix: AdapterMix

    public init(fromToken: Int, mix: AdapterMix) {
        self.fromToken = fromToken
        self.mix = mix
    }
}

/// What happens to keys and values that an earlier mix made.
public enum KVRule: String, Sendable, CaseIterable {
    /// They stay as they are.
    case keep
    /// Everything is prefilled again with the new mix.
    case recompute
    /// The reply is never routed again.
    case pin
}
