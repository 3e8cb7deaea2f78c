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

    /// Reads what a worker says.
    init(_ resident: WireResidentAdapter) throws(Refusal) {
        guard let digest = Digest(bytes: resident.digest) else {
            throw Refusal(
                .invalidArgument,
                "the digest of \(resident.name) has \(resident.digest.count) bytes, not 32")
        }
        self.init(
            name: resident.name, digest: digest, rank: resident.rank,
            byteCount: resident.byteCount, warnings: resident.warnings)
    }

    /// The same under another name.
    func named(_ name: String) -> RegisteredAdapter {
        RegisteredAdapter(
            name: name, digest: digest, rank: rank, byteCount: byteCount, warnings: warnings)
    }

    /// Those that a worker came with, by name.
    static func all(in ready: WireReady) throws(Refusal) -> [RegisteredAdapter] {
        var adapters: [RegisteredAdapter] = []
        for resident in ready.adapters { adapters.append(try RegisteredAdapter(resident)) }
        adapters.sort { $0.name < $1.name }
        for (first, second) in zip(adapters, adapters.dropFirst()) where first.name == second.name {
            throw Refusal(.invalidArgument, "two adapters are called \(first.name)")
        }
        return adapters
    }
}
