/// Which parts of a text the router sees and into how many buckets they are hashed: part of the artefact.
public struct FeatureRecipe: Hashable, Sendable {
    /// Rows of the embedding table.
    public let bucketCount: Int
    /// The longest run of words that is one feature.
    public let wordGramLength: Int
    /// The lengths of the runs of characters that are features; white space marks a word's ends.
    public let characterGramLengths: ClosedRange<Int>
    /// UTF-8 bytes of a text that are read; the rest is ignored.
    public let textByteLimit: Int

    /// The bucket counts that can be trained and loaded.
    public static let bucketCounts = 64...(1 << 20)

    /// Checks a recipe's numbers.
    public init(
        bucketCount: Int, wordGramLength: Int = 2, characterGramLengths: ClosedRange<Int> = 3...5,
        textByteLimit: Int = 4096
    ) throws(RoutingError) {
        guard Self.bucketCounts.contains(bucketCount) else {
            throw RoutingError(
                .setting, "\(bucketCount) buckets; \(Self.bucketCounts) are possible")
        }
        guard (1...3).contains(wordGramLength), characterGramLengths.lowerBound >= 1,
            characterGramLengths.upperBound <= 8
        else {
            throw RoutingError(
                .setting,
                "runs of up to \(wordGramLength) words and of \(characterGramLengths) characters; 1 to 3 words and 1 to 8 characters are possible"
            )
        }
        guard (16...65536).contains(textByteLimit) else {
            throw RoutingError(
                .setting, "texts of \(textByteLimit) bytes; 16 to 65536 are possible")
        }
        self.bucketCount = bucketCount
        self.wordGramLength = wordGramLength
        self.characterGramLengths = characterGramLengths
        self.textByteLimit = textByteLimit
    }
}
