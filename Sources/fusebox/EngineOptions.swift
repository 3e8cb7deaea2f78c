public import ArgumentParser
internal import Frontend
internal import Inference
internal import Models
public import Tensors

extension ByteCount: ExpressibleByArgument {
    public init?(argument: String) {
        self.init(argument)
    }
}

/// The sizes of a worker's engine.
struct EngineOptions: ParsableArguments {
    @Option(
        help: """
            Memory for keys and values of each worker, such as 512M or 4G; else what its slots could use, within its part of \
            three quarters of the memory that the weights leave.
            """)
    var cacheBytes: ByteCount?

    @Option(
        help: """
            Memory for the adapters of each worker, such as 512M, or auto: an eighth of what the weights leave, divided by the \
            workers. What is not in use goes when others need its room; if all fit, none ever does.
            """)
    var adapterMemory = MemoryLimit.auto

    @Option(help: "Sequences that a worker runs at once; else 32.")
    var slots: Int?

    @Option(
        help: "Tokens that a sequence may have, prompt and reply; else what the model was made for."
    )
    var context: Int?

    @Option(help: "Most rows of a step; else 128. More rows make steps longer, hardly faster.")
    var rows: Int?

    func validate() throws {
        guard cacheBytes.map({ $0.bytes > 0 }) ?? true else {
            throw ValidationError("--cache-bytes has to be more than 0")
        }
        guard adapterMemory.byteCount.map({ $0 > 0 }) ?? true else {
            throw ValidationError("--adapter-memory has to be more than 0")
        }
        for (flag, count, limit) in [
            ("--slots", slots, ServeSettings.slotLimit),
            ("--context", context, ServeSettings.contextLimit),
            ("--rows", rows, ServeSettings.rowLimit),
        ] {
            guard count.map({ (1...limit).contains($0) }) ?? true else {
                throw ValidationError("\(flag) must be from 1 to \(limit)")
            }
        }
    }

    /// Settings of an engine on a model.
    func settings(for model: LoadedModel, memory: MemoryShare) -> EngineSettings {
        var settings = EngineSettings(for: model, memory: memory)
        if let cacheBytes { settings.cacheByteCount = cacheBytes.bytes }
        if let slots { settings.slotCount = slots }
        if let rows { settings.rowCapacity = rows }
        settings.contextLength = context
        settings.adapterByteCount =
            adapterMemory.byteCount
            ?? memory.adapterByteCount(
                weightByteCount: model.transformer.byteCount, isShared: model.usesImage)
        return settings
    }
}
