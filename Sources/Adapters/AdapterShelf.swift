public import Tensors

/// The adapters that a worker may use, by registry name and by digest, in memory or not.
public struct AdapterShelf: Sendable {
    public private(set) var named: [String: ShelvedAdapter] = [:]
    private var byDigest: [Digest: ShelvedAdapter] = [:]
    /// Tables of CAT coefficients, by digest.
    public private(set) var tables: [Digest: CoefficientTable] = [:]

    public init() {}

    /// Puts an adapter on the shelf; the name is a registry name, never a path.
    public mutating func add(_ adapter: ShelvedAdapter, name: String) throws(AdapterError) {
        guard Self.isValid(name: name) else {
            throw AdapterError(
                .malformed,
                "the adapter name \"\(name.prefix(64))\" is not allowed; \(Self.nameRule)"
            )
        }
        guard named[name] == nil else {
            throw AdapterError(.malformed, "two adapters are named \"\(name)\"")
        }
        named[name] = adapter
        byDigest[adapter.digest] = adapter
    }

    /// Holds an adapter without a name.
    public mutating func hold(_ adapter: ShelvedAdapter) {
        byDigest[adapter.digest] = adapter
    }

    public mutating func add(_ table: CoefficientTable) {
        tables[table.digest] = table
    }

    /// Takes all adapters of a content off the shelf.
    public mutating func remove(_ digest: Digest) {
        byDigest[digest] = nil
        named = named.filter { $0.value.digest != digest }
    }

    /// Lets go of all weights: they are read again when they are asked for.
    public mutating func dropWeights() {
        for name in named.keys { named[name]?.weights = nil }
        for digest in byDigest.keys { byDigest[digest]?.weights = nil }
    }

    /// The name of an adapter; its digest where it has none.
    public func name(of digest: Digest) -> String {
        named.filter { $0.value.digest == digest }.keys.min() ?? digest.description
    }

    public subscript(digest: Digest) -> ShelvedAdapter? {
        byDigest[digest]
    }

    /// The adapters, each content once.
    public var adapters: some Collection<ShelvedAdapter> { byDigest.values }

    /// What a name may be, for messages.
    public static let nameRule =
        "a name has letters, digits, '.', '_', '-', at most 64, begins with a letter or digit, and is neither auto nor base"

    /// What requests say instead of a name.
    private static let selections: Set = ["auto", "base"]

    /// Whether a name matches `^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$` and means nothing else.
    ///
    /// Names that differ in their case alone are two names.
    public static func isValid(name: String) -> Bool {
        let letters = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
        guard let first = name.utf8.first, letters.contains(first), name.utf8.count <= 64 else {
            return false
        }
        return !selections.contains(name)
            && name.utf8.allSatisfy { letters.contains($0) || "._-".utf8.contains($0) }
    }
}
