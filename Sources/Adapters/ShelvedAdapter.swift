public import Tensors

/// An adapter of a shelf: what is known of it, and where its weights come from.
public struct ShelvedAdapter: Sendable {
    public let summary: AdapterSummary
    public let source: AdapterSource
    /// The weights, if they were read already.
    public internal(set) var weights: Adapter?

    public var digest: Digest { summary.digest }
    public var rank: Int { summary.rank }
    public var byteCount: Int { summary.byteCount }
    public var warnings: [String] { summary.warnings }

    /// An adapter that was read before, and whose weights are read when they are asked for.
    public init(_ summary: AdapterSummary, source: AdapterSource) {
        self.summary = summary
        self.source = source
    }

    /// Reads an adapter and keeps its weights.
    public init(reading source: AdapterSource) throws(AdapterError) {
        let adapter = try source.read()
        summary = adapter.summary
        self.source = source
        weights = adapter
    }

    /// The weights, read now unless they were read before, into memory of their own.
    ///
    /// - Throws: what reading throws, and `mismatch` for another content than the adapter had when it came onto the shelf.
    public func load() throws(AdapterError) -> Adapter {
        if let weights { return weights }
        let adapter = try WeightRegion.with(byteCount: byteCount) { () throws(AdapterError) in
            try source.read()
        }
        guard adapter.digest == digest else {
            throw AdapterError(
                .mismatch,
                "\(source.path): has changed since it was put on the shelf (\(digest.description.prefix(12)), now \(adapter.digest.description.prefix(12))); put the old content back, or add the adapter anew"
            )
        }
        return adapter
    }
}
