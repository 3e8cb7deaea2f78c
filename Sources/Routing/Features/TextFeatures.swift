/// The hashed features of a text with their counts, in the order of the buckets, and its pieces of words.
struct TextFeatures: Sendable {
    /// One bucket that the text fills.
    struct Entry: Sendable {
        let bucket: UInt32
        let count: Float
    }

    let entries: [Entry]
    /// Numbers in the vocabulary, in the text's order.
    let pieces: [Int]

    /// Hashes the text's word and character runs, and cuts its words into pieces of a vocabulary if there is one.
    ///
    /// - Complexity: linear in the text up to the recipe's limit, apart from sorting the features.
    init(of text: some StringProtocol, recipe: FeatureRecipe, vocabulary: WordPieces? = nil) {
        let normalized = NormalizedText(text, byteLimit: recipe.textByteLimit)
        var buckets: [UInt32] = []
        buckets.reserveCapacity(
            normalized.scalars.count * recipe.characterGramLengths.count
                + normalized.words.count * recipe.wordGramLength)
        Self.addWordGrams(of: normalized, recipe: recipe, to: &buckets)
        Self.addCharacterGrams(of: normalized.scalars, recipe: recipe, to: &buckets)
        buckets.sort()
        entries = Self.counted(buckets)
        pieces = vocabulary.map { $0(normalized) } ?? []
    }

    /// Runs of words, each hashed with the spaces between them.
    private static func addWordGrams(
        of text: NormalizedText, recipe: FeatureRecipe, to buckets: inout [UInt32]
    ) {
        for first in text.words.indices {
            var hash = FeatureHash(.words)
            for word in text.words[first...].prefix(recipe.wordGramLength) {
                for position in word { hash.add(text.scalars[position]) }
                buckets.append(hash.bucket(of: recipe.bucketCount))
                hash.add(0x20)
            }
        }
    }

    /// Runs of characters over the whole text, spaces included: one start serves all lengths.
    private static func addCharacterGrams(
        of scalars: [UInt32], recipe: FeatureRecipe, to buckets: inout [UInt32]
    ) {
        let shortest = recipe.characterGramLengths.lowerBound
        for start in scalars.indices {
            var hash = FeatureHash(.characters)
            var length = 0
            for scalar in scalars[start...].prefix(recipe.characterGramLengths.upperBound) {
                hash.add(scalar)
                length += 1
                if length >= shortest { buckets.append(hash.bucket(of: recipe.bucketCount)) }
            }
        }
    }

    private static func counted(_ sorted: [UInt32]) -> [Entry] {
        var entries: [Entry] = []
        entries.reserveCapacity(sorted.count)
        var start = 0
        while start < sorted.count {
            var end = start + 1
            while end < sorted.count, sorted[end] == sorted[start] { end += 1 }
            entries.append(Entry(bucket: sorted[start], count: Float(end - start)))
            start = end
        }
        return entries
    }
}
