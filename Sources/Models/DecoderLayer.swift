/// What one layer's attention sees.
public struct DecoderLayer: Sendable, Hashable {
    /// The positions that a token sees, its own included; nil: all before it.
    public var window: Int?
    /// The layer's kind among `ModelConfiguration.rotaries`; nil: positions are not told apart.
    public var rotary: Int?

    public init(window: Int? = nil, rotary: Int? = 0) {
        self.window = window
        self.rotary = rotary
    }
}
