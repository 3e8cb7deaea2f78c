/// The sizes of an engine.
public struct EngineSettings: Sendable {
    /// Most rows of a step: decoding sequences plus prefill chunks.
    ///
    /// Beside sequences that decode, chunks are as short as their pace asks for.
    public var rowCapacity = 128
    /// Sequences that run at once.
    public var slotCount = 32
    /// Most tokens of a sequence; nil: what the model was made for.
    public var contextLength: Int?
    /// Memory for keys and values, in bytes.
    public var cacheByteCount = 512 << 20
    /// Whether blocks of finished sequences are kept for others with the same beginning.
    public var keepsPrefixes = true

    public init() {}
}
