internal import Adapters
internal import Glibc

/// How a distribution over adapters and base becomes a mix: the place to change how adapters are chosen.
///
/// The nucleus is the smallest set of the most probable classes whose mass reaches `nucleus`, with at most `adapterLimit`
/// adapters. The base counts into the mass, but its share is not spent: low confidence is never renormalized up. Weights
/// are rounded to sixteenths by largest remainder, so that equal decisions share a cache, then multiplied by the gain.
public struct AdapterPolicy: Sendable, Hashable {
    /// What the kept adapters weigh before the gain.
    public enum Weighting: String, Sendable, CaseIterable {
        /// w_i = p_i / mass of the nucleus, the base's part included.
        case renormalized
        /// w_i = 1: output composition (arXiv 2605.12345).
        case sum
        /// w_i = 1 / number of kept adapters.
        case mean
        /// w = 1 for the most probable class, nothing if that is the base.
        case top1
        /// w_i = exp(p_i) / sum of exp(p_j) over the nucleus, as DLP-LoRA has it (arXiv 2410.01497): only to reproduce it.
        case paper
    }

    public let weighting: Weighting
    /// The mass p that the nucleus reaches, in 0...1.
    public let nucleus: Double
    /// The most adapters of a mix.
    public let adapterLimit: Int
    /// Multiplies every weight.
    public let gain: Double

    /// What rounding may take from the mass.
    private static let tolerance = 1e-9

    /// The mix's weights are multiples of one over this.
    public static let parts = 16

    /// Checks the numbers.
    public init(
        weighting: Weighting = .renormalized, nucleus: Double = 0.9, adapterLimit: Int = 4,
        gain: Double = 1
    ) throws(RoutingError) {
        guard nucleus > 0, nucleus <= 1 else {
            throw RoutingError(.setting, "a nucleus of \(nucleus); it is above 0 and at most 1")
        }
        guard (1...64).contains(adapterLimit) else {
            throw RoutingError(
                .setting, "at most \(adapterLimit) adapters a mix; 1 to 64 are possible")
        }
        guard gain >= 0, AdapterMix.weight(gain) != nil else {
            throw RoutingError(
                .setting,
                "a gain of \(gain); it is 0 to \(AdapterMix.weightLimit / AdapterMix.unit)")
        }
        self.weighting = weighting
        self.nucleus = nucleus
        self.adapterLimit = adapterLimit
        self.gain = gain
    }

    private init() {
        weighting = .renormalized
        nucleus = 0.9
        adapterLimit = 4
        gain = 1
    }

    /// Renormalized weights of a nucleus of 0.9, at most four adapters, without gain.
    public static let standard = AdapterPolicy()

    /// A class of the nucleus.
    public struct Choice: Sendable, Hashable {
        /// The class's place in the distribution.
        public let place: Int
        public let probability: Double
        /// Sixteenths of an adapter's full weight, before the gain; zero for the base.
        public let parts: Int
    }

    /// The nucleus, most probable first; of equals, the first class first.
    ///
    /// - Parameter distribution: a probability for each class, the base last.
    public func choose(from distribution: [Double]) -> [Choice] {
        let base = distribution.count - 1
        var kept: [Int] = []
        var mass = 0.0
        let ranking = distribution.indices.sorted {
            (distribution[$1], $0) < (distribution[$0], $1)
        }
        for place in ranking where distribution[place] > 0 {
            guard mass < nucleus - Self.tolerance,
                place == base || kept.count(where: { $0 != base }) < adapterLimit
            else { break }
            kept.append(place)
            mass += distribution[place]
        }
        let parts = sixteenths(of: kept, base: base, distribution)
        return zip(kept, parts).map { Choice(place: $0, probability: distribution[$0], parts: $1) }
    }

    private func sixteenths(of kept: [Int], base: Int, _ distribution: [Double]) -> [Int] {
        let shares: [Double]
        switch weighting {
        case .renormalized: shares = kept.map { distribution[$0] }
        case .paper: shares = kept.map { exp(distribution[$0]) }
        case .mean: shares = kept.map { $0 == base ? 0 : 1 }
        case .top1: shares = kept.indices.map { $0 == 0 ? 1 : 0 }
        case .sum: return kept.map { $0 == base ? 0 : Self.parts }
        }
        let parts = Self.apportion(Self.parts, by: shares)
        return zip(kept, parts).map { $0 == base ? 0 : $1 }
    }

    /// Whole parts in proportion to the shares, by largest remainder; of equal remainders, the first gets the part.
    static func apportion(_ parts: Int, by shares: [Double]) -> [Int] {
        let sum = shares.reduce(0, +)
        guard sum > 0 else { return shares.map { _ in 0 } }
        let quotas = shares.map { $0 / sum * Double(parts) }
        var result = quotas.map { Int($0.rounded(.down)) }
        let missing = parts - result.reduce(0, +)
        let order = quotas.indices.sorted {
            (quotas[$1] - Double(result[$1]), $0) < (quotas[$0] - Double(result[$0]), $1)
        }
        for index in order.prefix(max(0, missing)) { result[index] += 1 }
        return result
    }

    /// The weight of some sixteenths in units of `AdapterMix.Share.weight`, gain included.
    public func weight(ofParts parts: Int) -> Int32 {
        AdapterMix.weight(gain * Double(parts) / Double(Self.parts)) ?? 0
    }
}
