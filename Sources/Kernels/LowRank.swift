internal import CKernels
internal import Tensors

/// One adapter's addition to a projection: part p of y gets factor_p B_p (A x) + gain_p ⊙ (W_p x) + shift_p.
public struct LowRankTerm: Sendable {
    /// What is added to one part of the projection.
    public struct Expansion: Sendable {
        public let part: Int
        /// First of the columns of A x that B reads.
        public let firstRank: Int
        /// B, (outputs of the part, rank).
        public let columns: RankColumns
        /// alpha / rank, or what the adapter's configuration says instead, times a CAT coefficient.
        public let factor: Float
        /// By output what is added of the base's product itself, without its bias; of DoRA, g - 1.
        let gains: AlignedBuffer<Float>?
        /// By output what is added whatever the input is: trained biases.
        let shifts: AlignedBuffer<Float>?

        /// - Parameters:
        ///   - gains: one an output of the part; nil: none.
        ///   - shifts: the same.
        public init(
            part: Int, firstRank: Int, columns: RankColumns, factor: Float,
            gains: [Float]? = nil, shifts: [Float]? = nil
        ) {
            precondition((gains?.count ?? columns.outputs) == columns.outputs)
            precondition((shifts?.count ?? columns.outputs) == columns.outputs)
            self.part = part
            self.firstRank = firstRank
            self.columns = columns
            self.factor = factor
            self.gains = gains.map(Self.tiles)
            self.shifts = shifts.map(Self.tiles)
        }

        /// The same with everything that it adds multiplied.
        public func scaled(by coefficient: Float) -> Expansion {
            func multiplied(_ values: AlignedBuffer<Float>?) -> [Float]? {
                values.map { values in (0..<columns.outputs).map { values[$0] * coefficient } }
            }
            return Expansion(
                part: part, firstRank: firstRank, columns: columns, factor: factor * coefficient,
                gains: multiplied(gains), shifts: multiplied(shifts))
        }

        /// The values filled up to whole tiles.
        private static func tiles(_ values: [Float]) -> AlignedBuffer<Float> {
            let tile = WeightFormat.tile
            let missing = (tile - values.count % tile) % tile
            return AlignedBuffer(values + [Float](repeating: 0, count: missing))
        }
    }

    /// The stacked A matrices of all parts, (sum of ranks, inputs), in the format of every B.
    public let shrink: RankRows
    public let expansions: [Expansion]
    /// One a rank: the factor of the part that reads it.
    let factors: AlignedBuffer<Float>

    public init(shrink: RankRows, expansions: [Expansion]) {
        precondition(expansions.allSatisfy { $0.columns.format == shrink.format })
        self.shrink = shrink
        self.expansions = expansions
        factors = AlignedBuffer(count: shrink.ranks)
        for expansion in expansions {
            for rank in 0..<expansion.columns.ranks {
                factors[expansion.firstRank + rank] = expansion.factor
            }
        }
    }

    /// Memory that the term takes.
    public var byteCount: Int {
        expansions.reduce(shrink.byteCount) { sum, expansion in
            let vectors = (expansion.gains?.count ?? 0) + (expansion.shifts?.count ?? 0)
            return sum + expansion.columns.byteCount + vectors * MemoryLayout<Float>.size
        }
    }

    /// Whether it adds more than low-rank products.
    public var scales: Bool { expansions.contains { $0.gains != nil || $0.shifts != nil } }

    /// The term as the kernels read it, valid as long as the term is held.
    fileprivate var entry: fb_low_rank {
        var entry = unsafe fb_low_rank()
        unsafe entry.format = shrink.format.code
        unsafe entry.weights = UnsafeRawPointer(shrink.pointer)
        unsafe entry.inputs = Int32(shrink.inputs)
        unsafe entry.ranks = Int32(shrink.ranks)
        unsafe entry.factors = UnsafePointer(factors.pointer)
        for expansion in expansions {
            let columns = expansion.columns
            let part = unsafe fb_expand(
                weights: columns.pointer, tile_bytes: columns.tileBytes,
                first_rank: Int32(expansion.firstRank), ranks: Int32(columns.ranks),
                gains: expansion.gains?.pointer, shifts: expansion.shifts?.pointer)
            switch expansion.part {
            case 0: unsafe entry.parts.0 = part
            case 1: unsafe entry.parts.1 = part
            default: unsafe entry.parts.2 = part
            }
        }
        return unsafe entry
    }
}

/// The rows of a step that use one adapter, each with its own weight.
///
/// Sendable unchecked: one thread fills it between jobs, jobs only read it.
@safe public final class LowRankGroup: @unchecked Sendable {
    /// By site (`TransformerBlock` numbers its projections); nil where the adapter adds nothing.
    public let terms: [LowRankTerm?]
    /// What becomes of the embedding and the head besides.
    let vocabulary: VocabularyTerm?
    /// By site, for the kernels; without weights where the adapter adds nothing.
    let entries: AlignedBuffer<fb_low_rank>
    let readsBFloats: Bool
    /// Whether some term adds more than low-rank products.
    let scales: Bool
    /// The most ranks that a site has.
    let largestRank: Int
    let rows = RowList(capacity: 16)
    private(set) var weights = AlignedBuffer<Float>(count: 16)

    public init(terms: [LowRankTerm?], vocabulary: VocabularyTerm? = nil) {
        self.terms = terms
        self.vocabulary = vocabulary
        scales = terms.contains { $0?.scales == true }
        unsafe entries = AlignedBuffer(count: terms.count)
        for (site, term) in terms.enumerated() {
            if let term { unsafe entries[site] = term.entry }
        }
        readsBFloats = terms.contains { $0?.shrink.format == .bf16 }
        largestRank = terms.reduce(0) { max($0, $1?.shrink.ranks ?? 0) }
    }

    public var rowCount: Int { rows.count }

    public func removeAll() {
        rows.removeAll()
    }

    /// Adds a row with the adapter's weight in the row's mix.
    public func append(row: Int, weight: Float) {
        if rows.count == weights.count {
            let larger = AlignedBuffer<Float>(count: 2 * weights.count)
            for index in 0..<weights.count { larger[index] = weights[index] }
            weights = larger
        }
        weights[rows.count] = weight
        rows.append(row)
    }
}
