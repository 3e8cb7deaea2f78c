/// What a model's weights are executed as and its keys and values are kept as: both decide what a reply is.
public struct Precision: Equatable, Sendable {
    public let weights: ExecutionType
    public let cache: CacheType

    /// - Parameter cache: nil: floats for the reference type, halves for all others.
    public init(weights: ExecutionType, cache: CacheType? = nil) {
        self.weights = weights
        self.cache = cache ?? Self.usualCache(weights)
    }

    /// Reads `name`; nil for what is not one.
    public init?(name: String) {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let weights = ExecutionType(rawValue: String(parts[0]))
        else { return nil }
        var cache: CacheType?
        if parts.count == 2 {
            cache = CacheType(rawValue: String(parts[1]))
            guard cache != nil else { return nil }
        }
        self.init(weights: weights, cache: cache)
    }

    /// The execution type; with another cache than is usual for it also that, as in `q8_0/q8_0`.
    public var name: String {
        cache == Self.usualCache(weights)
            ? weights.rawValue : "\(weights.rawValue)/\(cache.rawValue)"
    }

    private static func usualCache(_ weights: ExecutionType) -> CacheType {
        weights == .f32 ? .f32 : .f16
    }
}
