import SwiftProtobuf

/// Scores of tokens as a message has them, which is smaller than as values, for whoever keeps long replies.
public struct PackedScores: Sendable {
    /// A chunk that has nothing else; an array, because `Data` reserves a quarter more and an object beside it.
    private let bytes: [UInt8]

    /// Nil for what no message can hold: more than two gigabytes.
    public init?(_ scores: [WireTokenScore]) {
        guard !scores.isEmpty else {
            bytes = []
            return
        }
        guard let bytes: [UInt8] = try? WireChunk({ $0.scores = scores }).serializedBytes() else {
            return nil
        }
        self.bytes = bytes
    }

    public var byteCount: Int { bytes.count }

    public var scores: [WireTokenScore] {
        // They were written here: reading them back cannot fail.
        bytes.isEmpty ? [] : (try? WireChunk(serializedBytes: bytes))?.scores ?? []
    }
}
