internal import Adapters

/// How a merge is done.
public struct MergeSettings: Sendable, Hashable {
    /// How the sign of a value is elected.
    public enum Election: String, Sendable, CaseIterable {
        /// By the sum of all adapters' values.
        case total
        /// By the number of adapters.
        case frequency
    }

    public var method: MergeMethod
    /// The part of the values that is kept, in (0, 1]; has to be given where the method prunes.
    public var density: Double?
    /// The rank of what comes out, or less where the adapters do not have as many; nil: the largest of the adapters', with KnOTS
    /// all that there is.
    public var rank: Int?
    /// What random draws follow; the same seed gives the same adapter.
    public var seed: UInt64
    public var election: Election

    public init(
        method: MergeMethod, density: Double? = nil, rank: Int? = nil, seed: UInt64 = 0,
        election: Election = .total
    ) {
        self.method = method
        self.density = density
        self.rank = rank
        self.seed = seed
        self.election = election
    }

    /// Refuses what makes no sense whatever the adapters are.
    ///
    /// - Throws: `invalid` for a density or rank out of range, one that the method does not take, and a density that it lacks.
    public func check() throws(MergeError) {
        if let density {
            guard method.takesDensity else {
                throw MergeError(
                    .invalid, "\(method.rawValue) prunes nothing; leave the density out")
            }
            guard density > 0, density <= 1 else {
                throw MergeError(.invalid, "the density is \(density), not in (0, 1]")
            }
        } else if method.takesDensity {
            throw MergeError(
                .invalid, "\(method.rawValue) needs a density: the part of the values that it keeps"
            )
        }
        guard let rank else { return }
        guard method.takesRank else {
            throw MergeError(
                .invalid,
                "\(method.rawValue) keeps the adapters' ranks; leave the rank out, or choose \(method.withRank.rawValue)"
            )
        }
        guard (1...AdapterFactors.largestRank).contains(rank) else {
            throw MergeError(
                .invalid, "the rank is \(rank), not in 1...\(AdapterFactors.largestRank)")
        }
    }
}
