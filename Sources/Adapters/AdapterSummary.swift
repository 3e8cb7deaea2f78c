public import Tensors

/// What is known of an adapter without its weights in memory.
public struct AdapterSummary: Sendable, Hashable {
    public let digest: Digest
    /// The largest rank of its modules.
    public let rank: Int
    /// Memory that its weights take once they are packed.
    public let byteCount: Int
    /// What a user should know, and what every reply made with it repeats.
    public let warnings: [String]
    /// Whether it brings an embedding or a head that takes the base's place, or scales the base's head: a mix has one such.
    public let replacesEmbedding: Bool
    public let replacesHead: Bool
    public let scalesHead: Bool
}

extension AdapterSummary {
    /// Sums of many such numbers are numbers.
    private static let largestByteCount = 1 << 40

    /// Reads what `json` makes; nil for anything else.
    init?(json: JSONValue) {
        guard let digest = json["digest"]?.string.flatMap({ Digest($0) }),
            let rank = json["rank"]?.int, let byteCount = json["bytes"]?.int,
            (0...Self.largestByteCount).contains(byteCount),
            let warnings = json["warnings"]?.array?.compactMap(\.string),
            let replacesEmbedding = json["replaces_embedding"]?.bool,
            let replacesHead = json["replaces_head"]?.bool,
            let scalesHead = json["scales_head"]?.bool
        else { return nil }
        self.init(
            digest: digest, rank: rank, byteCount: byteCount, warnings: warnings,
            replacesEmbedding: replacesEmbedding, replacesHead: replacesHead,
            scalesHead: scalesHead)
    }

    var json: JSONObject {
        [
            "digest": .string(digest.description), "rank": .integer(Int64(rank)),
            "bytes": .integer(Int64(byteCount)),
            "warnings": .array(warnings.map { .string($0) }),
            "replaces_embedding": .bool(replacesEmbedding), "replaces_head": .bool(replacesHead),
            "scales_head": .bool(scalesHead),
        ]
    }
}
