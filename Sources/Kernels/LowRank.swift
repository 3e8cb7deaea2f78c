internal import Tensors

/// One adapter's addition to a projection: part p of y gets factor_p B_p (A x).
public struct LowRankTerm: Sendable {
    /// What is added to one part of the projection.
    public struct Expansion: Sendable {
        public let part: Int
        /// First of the columns of A x that B reads.
        public let firstRank: Int
        /// B, (outputs of the part, rank).
        public let weights: PackedWeights
        /// alpha / rank, or what the adapter's configuration says instead, times a CAT coefficient.
        public let factor: Float

        public init(part: Int, firstRank: Int, weights: PackedWeights, factor: Float) {
            self.part = part
            self.firstRank = firstRank
            self.weights = weights
            self.factor = factor
        }
    }

    /// The stacked A matrices of all parts, (sum of ranks, inputs).
    public let shrink: PackedWeights
    public let expansions: [Expansion]

    public init(shrink: PackedWeights, expansions: [Expansion]) {
        self.shrink = shrink
        self.expansions = expansions
    }
}

/// The rows of a step that use one adapter, each with its own weight.
///
/// Sendable unchecked: one thread fills it between jobs, jobs only read it.
@safe public final class LowRankGroup: @unchecked Sendable {
    /// By site (`TransformerBlock` numbers its projections); nil where the adapter adds nothing.
    public let terms: [LowRankTerm?]
    let rows = RowList(capacity: 16)
    private(set) var weights: [Float] = []

    public init(terms: [LowRankTerm?]) {
        self.terms = terms
    }

    public var rowCount: Int { rows.count }

    public func removeAll() {
        rows.removeAll()
        weights.removeAll(keepingCapacity: true)
    }

    /// Adds a row with the adapter's weight in the row's mix.
    public func append(row: Int, weight: Float) {
        rows.append(row)
        weights.append(weight)
    }
}

/// Room for the rank-sized intermediates of a step.
///
/// Sendable unchecked: it grows between jobs; the chunks of a job write disjoint parts.
@safe final class LowRankScratch: @unchecked Sendable {
    private(set) var values = AlignedBuffer<Float>(count: 4096)
    private(set) var offsets: [Int] = []
    let identity: RowList

    init(rowCapacity: Int) {
        identity = RowList(identity: rowCapacity)
    }

    /// Lays out one matrix (rows of the group, stacked ranks) a group.
    func arrange(_ groups: [LowRankGroup], site: Int) {
        offsets.removeAll(keepingCapacity: true)
        var total = 0
        for group in groups {
            offsets.append(total)
            total += group.rows.count * Self.stride(group.terms[site])
        }
        if total > values.count { values = AlignedBuffer(count: 2 * total) }
    }

    static func stride(_ term: LowRankTerm?) -> Int {
        guard let term else { return 0 }
        return (term.shrink.outputs + 15) / 16 * 16
    }
}
