import FoundationEssentials
import SwiftProtobuf

/// Scores of tokens as a message has them, which is smaller than as values, for whoever keeps long replies.
public struct PackedScores: Sendable {
    public let count: Int
    /// A chunk that has nothing else.
    private let bytes: Data

    /// Nil for what no message can hold: more than two gigabytes.
    public init?(_ scores: [WireTokenScore]) {
        count = scores.count
        guard !scores.isEmpty else {
            bytes = Data()
            return
        }
        guard let bytes: Data = try? WireChunk({ $0.scores = scores }).serializedBytes() else {
            return nil
        }
        self.bytes = bytes
    }

    public var byteCount: Int { bytes.count }

    public var scores: [WireTokenScore] {
        // They were written here: reading them back cannot fail.
        count == 0 ? [] : (try? WireChunk(serializedBytes: bytes))?.scores ?? []
    }
}
