public import Tensors

/// Which adapters add their outputs to the base, and how strongly: the batch key, the cache key,
/// the log field, the reply field and the replay input.
///
/// Canonical: shares are sorted by digest, duplicates summed, zeros dropped, so that equal mixes
/// compare equal and the order in which they were written never matters.
public struct AdapterMix: Hashable, Sendable {
    /// One adapter and its weight.
    public struct Share: Hashable, Sendable {
        public let adapter: Digest
        /// The weight w in 1/1024.
        public let weight: Int32

        public init(adapter: Digest, weight: Int32) {
            self.adapter = adapter
            self.weight = weight
        }
    }

    /// Units of `Share.weight` that make a weight of one.
    public static let unit: Int32 = 1024

    /// Weights beyond this magnitude are refused; sums are clamped to it.
    public static let weightLimit: Int32 = 64 * unit

    /// The mix without adapters.
    public static let base = AdapterMix(shares: [])

    /// Sorted by digest, without duplicates or zeros.
    public let shares: [Share]

    /// The digest of a table of CAT coefficients that multiply the weights, if there is one.
    public let coefficients: Digest?

    /// Brings shares into canonical form.
    public init(shares: [Share], coefficients: Digest? = nil) {
        var sums: [Digest: Int64] = [:]
        for share in shares { sums[share.adapter, default: 0] += Int64(share.weight) }
        let limit = Int64(Self.weightLimit)
        self.shares =
            sums
            .map { Share(adapter: $0.key, weight: Int32(min(max($0.value, -limit), limit))) }
            .filter { $0.weight != 0 }
            .sorted { $0.adapter < $1.adapter }
        self.coefficients = self.shares.isEmpty ? nil : coefficients
    }

    /// The share of a weight given as a number; nil when it is not finite or beyond the limit.
    public static func weight(_ value: Double) -> Int32? {
        let scaled = (value * Double(unit)).rounded(.toNearestOrEven)
        guard scaled.isFinite, abs(scaled) <= Double(weightLimit) else { return nil }
        return Int32(scaled)
    }

    public var isBase: Bool { shares.isEmpty }
}
