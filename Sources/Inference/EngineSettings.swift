internal import Models

/// The sizes of an engine.
public struct EngineSettings: Sendable {
    /// Most rows of a step: decoding sequences plus prefill chunks; one a slot at least.
    ///
    /// Beside sequences that decode, chunks are as short as their pace asks for.
    public var rowCapacity = 128
    /// Sequences that run at once.
    public var slotCount = 32
    /// Most tokens of a sequence; nil: what the model was made for.
    public var contextLength: Int?
    /// Most memory for keys and values, in bytes; what all slots together cannot use is not taken.
    public var cacheByteCount = 512 << 20
    /// Most memory for adapters, in bytes; what is not in use goes when others need its room.
    public var adapterByteCount = Int.max
    /// Whether blocks of finished sequences are kept for others with the same beginning.
    public var keepsPrefixes = true

    public init() {}

    /// Settings that give keys and values a share of the machine's memory.
    ///
    /// - Parameter memory: what the engines of this machine share; nil: what was left before the model was loaded, for one
    ///   engine.
    public init(for model: LoadedModel, memory: MemoryShare? = nil) {
        let memory = memory ?? MemoryShare(byteCount: model.availableByteCount)
        cacheByteCount = memory.cacheByteCount(
            weightByteCount: model.transformer.byteCount, isShared: model.usesImage)
    }
}
