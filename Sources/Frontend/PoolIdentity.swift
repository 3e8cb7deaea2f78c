import Tensors
import Wire

/// What all workers of a service must agree on, or a part could not go on at another worker
/// exactly where it stopped at the first.
///
/// Adapters are none of it: which there are is the front's to say, edition by edition.
struct PoolIdentity: Equatable, Sendable {
    let base: Digest
    let router: Digest?
    let type: String
    let kernels: String
    /// What the model's publisher asks for where a request says nothing.
    let samplingDefaults: WireSampling
    /// Tokens that a prompt and its reply may have, and below what their ids are.
    let context: Int
    let vocabulary: Int
    /// The text of the tokenizer's begin and end tokens.
    let beginToken: String
    let endToken: String

    /// Reads a worker's introduction; an outside message, so every number is checked.
    init(_ ready: WireReady) throws(Refusal) {
        guard let base = Digest(bytes: ready.base) else {
            throw Refusal(.invalidArgument, "the base digest has \(ready.base.count) bytes, not 32")
        }
        guard (1...4096).contains(ready.slots) else {
            throw Refusal(.invalidArgument, "\(ready.slots) slots; a worker has 1 to 4096")
        }
        router = try Self.digest(ready.router)
        self.base = base
        self.type = ready.type
        self.kernels = ready.kernels
        samplingDefaults = ready.defaults
        context = Int(ready.context)
        vocabulary = Int(ready.vocabulary)
        beginToken = ready.beginToken
        endToken = ready.endToken
    }

    /// What differs from another worker's identity, in words; nil when nothing does.
    func difference(from other: PoolIdentity) -> String? {
        if base != other.base { return "base \(other.base), the pool has \(base)" }
        if type != other.type { return "type \(other.type), the pool has \(type)" }
        if kernels != other.kernels { return "kernels \(other.kernels), the pool has \(kernels)" }
        if router != other.router {
            return "router \(Self.name(other.router)), the pool has \(Self.name(router))"
        }
        guard samplingDefaults == other.samplingDefaults else {
            return "its model's defaults for sampling are not those of the pool"
        }
        return nil
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
