public import Tensors

/// One adapter's addition to token embeddings: token t gets factor B a_t, where a_t is A's column for the token.
///
/// In floats: a token reads one column of A, so neither factor is worth rounding.
public struct EmbeddingTerm: Sendable {
    public let ranks: Int
    public let hidden: Int
    /// alpha / rank, or what the adapter's configuration says instead.
    public let factor: Float
    /// (token, rank).
    let tokens: AlignedBuffer<Float>
    /// (rank, hidden).
    let directions: AlignedBuffer<Float>

    /// Takes A (ranks, vocabulary) and B (hidden, ranks).
    ///
    /// - Throws: for other shapes and types, and for values that are not finite.
    public init(a: Tensor, b: Tensor, factor: Float) throws(KernelError) {
        ranks = a.shape.first ?? 0
        hidden = b.shape.first ?? 0
        self.factor = factor
        tokens = try Self.transposed(a)
        directions = try Self.transposed(b)
        guard b.shape == [hidden, ranks] else {
            throw KernelError.shape(name: b.name, found: b.shape, needed: "[\(hidden), \(ranks)]")
        }
    }

    /// Memory that it takes.
    public var byteCount: Int {
        (tokens.count + directions.count) * MemoryLayout<Float>.stride
    }

    /// The columns of a matrix, one after the other.
    private static func transposed(_ tensor: Tensor) throws(KernelError) -> AlignedBuffer<Float> {
        let buffer = AlignedBuffer<Float>(count: tensor.elementCount)
        let rows = tensor.shape.first ?? 0
        try FactorFormat.f32.forEachElement(of: tensor) { row, column, bits in
            buffer[column * rows + row] = Float(bitPattern: bits)
        }
        return buffer
    }
}
