public import Tensors
import Wire

/// An adapter that the workers have.
public struct RegisteredAdapter: Equatable, Sendable {
    public let name: String
    public let digest: Digest
    public let rank: UInt32
    public let byteCount: UInt64
    public let warnings: [String]

    public init(
        name: String, digest: Digest, rank: UInt32 = 0, byteCount: UInt64 = 0,
        warnings: [String] = []
    ) {
        self.name = name
        self.digest = digest
        self.rank = rank
        self.byteCount = byteCount
        self.warnings = warnings
    }
}

/// What all workers of a service must agree on, or a part could not go on at another worker
/// exactly where it stopped at the first.
struct PoolIdentity: Equatable, Sendable {
    let base: Digest
    let router: Digest?
    let type: String
    let kernels: String
    /// Sorted by name.
    let adapters: [RegisteredAdapter]
    /// What the model's publisher asks for where a request says nothing.
    let samplingDefaults: WireSampling
    /// Tokens that a prompt and its reply may have, and below what their ids are.
    let context: Int
    let vocabulary: Int
    /// The text of the tokenizer's begin and end tokens.
    let beginToken: String
    let endToken: String
    /// Adapters of the folder that no worker has.
    let refused: [WireRefusedAdapter]

    /// Reads a worker's introduction; an outside message, so every number is checked.
    init(_ ready: WireReady) throws(Refusal) {
        guard let base = Digest(bytes: ready.base) else {
            throw Refusal(.invalidArgument, "the base digest has \(ready.base.count) bytes, not 32")
        }
        guard (1...4096).contains(ready.slots) else {
            throw Refusal(.invalidArgument, "\(ready.slots) slots; a worker has 1 to 4096")
        }
        router = try Self.digest(ready.router)
        var adapters: [RegisteredAdapter] = []
        for adapter in ready.adapters {
            guard let digest = Digest(bytes: adapter.digest) else {
                throw Refusal(
                    .invalidArgument,
                    "the digest of \(adapter.name) has \(adapter.digest.count) bytes, not 32")
            }
            adapters.append(
                RegisteredAdapter(
                    name: adapter.name, digest: digest, rank: adapter.rank,
                    byteCount: adapter.byteCount, warnings: adapter.warnings))
        }
        adapters.sort { $0.name < $1.name }
        for (first, second) in zip(adapters, adapters.dropFirst()) where first.name == second.name {
            throw Refusal(.invalidArgument, "two adapters are called \(first.name)")
        }
        self.base = base
        self.type = ready.type
        self.kernels = ready.kernels
        self.adapters = adapters
        samplingDefaults = ready.defaults
        context = Int(ready.context)
        vocabulary = Int(ready.vocabulary)
        beginToken = ready.beginToken
        endToken = ready.endToken
        refused = ready.refused
    }

    /// What differs from another worker's identity, in words; nil when nothing does.
    func difference(from other: PoolIdentity) -> String? {
        if base != other.base { return "base \(other.base), the pool has \(base)" }
        if type != other.type { return "type \(other.type), the pool has \(type)" }
        if kernels != other.kernels { return "kernels \(other.kernels), the pool has \(kernels)" }
        if router != other.router {
            return "router \(Self.name(other.router)), the pool has \(Self.name(router))"
        }
        if samplingDefaults != other.samplingDefaults {
            return "its model's defaults for sampling are not those of the pool"
        }
        return adapters == other.adapters ? nil : "its adapters are not those of the pool"
    }

    func adapter(named name: String) -> RegisteredAdapter? {
        adapters.first { $0.name == name }
    }

    func adapter(_ digest: Digest) -> RegisteredAdapter? {
        adapters.first { $0.digest == digest }
    }

    /// The known names, for a message.
    var names: String {
        adapters.isEmpty ? "none" : adapters.map(\.name).joined(separator: ", ")
    }

    static func name(_ digest: Digest?) -> String {
        digest.map(\.description) ?? "none"
    }

    private static func digest(_ bytes: some Collection<UInt8>) throws(Refusal) -> Digest? {
        guard !bytes.isEmpty else { return nil }
        guard let digest = Digest(bytes: bytes) else {
            throw Refusal(.invalidArgument, "the router digest has \(bytes.count) bytes, not 32")
        }
        return digest
    }
}
