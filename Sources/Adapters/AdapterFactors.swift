/// The low-rank factors of one module: it adds `scale` B A to the base's weight.
public struct AdapterFactors: Sendable, Hashable {
    /// Row-major, (rank, inputs).
    public let a: [Float]
    /// Row-major, (outputs, rank).
    public let b: [Float]
    public let rank: Int
    /// What multiplies B A; alpha / rank where a configuration says it.
    public let scale: Float

    public var inputs: Int { a.count / rank }
    public var outputs: Int { b.count / rank }

    /// The largest rank that is taken.
    public static let largestRank = AdapterConfiguration.largestRank

    /// - Throws: for a rank out of `1...largestRank`, counts that are no multiples of it, and values that are not finite.
    public init(a: [Float], b: [Float], rank: Int, scale: Float) throws(AdapterError) {
        guard (1...Self.largestRank).contains(rank) else {
            throw AdapterError(
                .unsupported, "the rank is \(rank), supported are 1...\(Self.largestRank)")
        }
        guard !a.isEmpty, !b.isEmpty, a.count.isMultiple(of: rank), b.count.isMultiple(of: rank)
        else {
            throw AdapterError(
                .mismatch,
                "A has \(a.count) and B \(b.count) values, which are not rows and columns of rank \(rank)"
            )
        }
        guard scale.isFinite, a.allSatisfy(\.isFinite), b.allSatisfy(\.isFinite) else {
            throw AdapterError(.malformed, "the factors hold values that are not finite")
        }
        self.a = a
        self.b = b
        self.rank = rank
        self.scale = scale
    }
}
