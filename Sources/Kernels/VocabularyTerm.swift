internal import Tensors

/// What an adapter does to the token embedding and to the output head, beside the head's low-rank term.
public struct VocabularyTerm: Sendable {
    /// A in floats by token, B by rank: an embedding gets factor B (column of A).
    public let embedding: EmbeddingTerm?
    /// A whole embedding (vocabulary, hidden) in place of the base's.
    public let otherEmbedding: PackedWeights?
    /// A whole head in place of the base's.
    public let otherHead: Projection?

    public init(embedding: EmbeddingTerm?, otherEmbedding: PackedWeights?, otherHead: Projection?) {
        self.embedding = embedding
        self.otherEmbedding = otherEmbedding
        self.otherHead = otherHead
    }

    /// Memory that it takes.
    public var byteCount: Int {
        (embedding?.byteCount ?? 0) + (otherEmbedding?.byteCount ?? 0) + (otherHead?.byteCount ?? 0)
    }
}
