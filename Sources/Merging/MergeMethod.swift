/// How adapters are merged into one, by the names that PEFT's `add_weighted_adapter` has for them, and three more.
///
/// w is an adapter's weight, s its scale, u = w s.
public enum MergeMethod: String, Sendable, CaseIterable {
    /// The exact sum Σ u B A, of the ranks together: A's stacked, B's side by side.
    case cat
    /// Σ √u A and Σ √u B, so that each B meets the other adapters' A too; an approximation that only like adapters bear.
    case linear
    /// The best approximation of Σ u B A of a rank (Eckart and Young 1936).
    case svd
    /// TIES (Yadav et al. 2023) on A and on B: the largest values, the sign that they agree on, the mean of those that have it.
    case ties
    /// TIES on the products s B A, then the best approximation of a rank.
    case tiesSVD = "ties_svd"
    /// DARE (Yu et al. 2023) on A and on B: values dropped at random and the others enlarged, then as `linear`.
    case dareLinear = "dare_linear"
    /// DARE on the products, their sum, then the best approximation of a rank.
    case dareLinearSVD = "dare_linear_svd"
    /// DARE on A and on B, then the elected sign and mean of TIES.
    case dareTies = "dare_ties"
    /// DARE on the products, then the elected sign and mean of TIES, then the best approximation of a rank.
    case dareTiesSVD = "dare_ties_svd"
    /// The largest values of A and of B, then as `linear`.
    case magnitudePrune = "magnitude_prune"
    /// The largest values of the products, their sum, then the best approximation of a rank.
    case magnitudePruneSVD = "magnitude_prune_svd"
    /// KnOTS (Stoica et al. 2024, arXiv 2410.19735): TIES on the products in a basis that they share.
    case knotsTies = "knots_ties"
    /// KnOTS with DARE before the elected sign and mean.
    case knotsDareTies = "knots_dare_ties"
    /// LoRA-LEGO (Zhao et al. 2024, arXiv 2409.16167): ranks of all adapters in clusters, each of which becomes one rank.
    case lego

    /// What the values are that are pruned, elected and added.
    enum Space {
        /// A and B, each by itself.
        case factors
        /// s B A, as large as the weight.
        case deltas
        /// The coordinates of s B A in a basis that all adapters share.
        case aligned
        /// Rows of A with their columns of B.
        case ranks
    }

    enum Pruning {
        case none, smallest, random
    }

    var space: Space {
        switch self {
        case .linear, .ties, .dareLinear, .dareTies, .magnitudePrune: .factors
        case .tiesSVD, .dareLinearSVD, .dareTiesSVD, .magnitudePruneSVD: .deltas
        case .knotsTies, .knotsDareTies: .aligned
        case .cat, .svd, .lego: .ranks
        }
    }

    var pruning: Pruning {
        switch self {
        case .cat, .linear, .svd, .lego: .none
        case .ties, .tiesSVD, .magnitudePrune, .magnitudePruneSVD, .knotsTies: .smallest
        case .dareLinear, .dareLinearSVD, .dareTies, .dareTiesSVD, .knotsDareTies: .random
        }
    }

    /// Whether a sign is elected for each value, and the mean taken of those that have it; else values are added.
    var electsSigns: Bool {
        switch self {
        case .ties, .tiesSVD, .dareTies, .dareTiesSVD, .knotsTies, .knotsDareTies: true
        default: false
        }
    }

    /// Whether a density says how many values are kept.
    public var takesDensity: Bool { pruning != .none }

    /// Whether the rank of what comes out can be chosen.
    public var takesRank: Bool { space != .factors && self != .cat }

    /// Whether it draws at random.
    public var takesSeed: Bool { pruning == .random || self == .lego }

    /// The method that comes closest to this one and takes adapters of any ranks to a rank of choice.
    var withRank: MergeMethod {
        switch self {
        case .cat, .linear: .svd
        case .ties: .tiesSVD
        case .dareLinear: .dareLinearSVD
        case .dareTies: .dareTiesSVD
        case .magnitudePrune: .magnitudePruneSVD
        default: self
        }
    }
}
