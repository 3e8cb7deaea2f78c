internal import Glibc

/// BLEU of a corpus: the geometric mean of the precisions of one to four words, times the penalty for brevity.
///
/// Source: Papineni et al. 2002, in the form of sacrebleu's `corpus_bleu` (Post 2018) with exponential smoothing. Rows give
/// counts, which are summed before anything is divided.
enum BLEU {
    static let longest = 4
    /// Matches of one to four words, words of the replies by one to four, words of the replies, words of the references.
    static let countOfSums = 2 * longest + 2

    /// What one reply adds to the sums of a corpus.
    static func counts(of reply: String, references: [String]) -> [Double] {
        let words = BLEUTokens.of(reply)
        let references = references.map(BLEUTokens.of)
        var counts = [Double](repeating: 0, count: countOfSums)
        for length in 1...longest {
            let grams = Self.grams(of: words, length: length)
            let known = references.map { Self.grams(of: $0, length: length) }
            for (gram, count) in grams {
                let most = known.map { $0[gram] ?? 0 }.max() ?? 0
                counts[length - 1] += Double(min(count, most))
            }
            counts[longest + length - 1] = Double(max(0, words.count - length + 1))
        }
        let nearest = references.map(\.count).min {
            (abs($0 - words.count), $0) < (abs($1 - words.count), $1)
        }
        counts[2 * longest] = Double(words.count)
        counts[2 * longest + 1] = Double(nearest ?? 0)
        return counts
    }

    /// The score of summed counts, 0 to 100.
    static func score(of sums: [Double]) -> Double {
        let matches = sums[..<longest]
        let totals = sums[longest..<2 * longest]
        let (length, wanted) = (sums[2 * longest], sums[2 * longest + 1])
        guard matches.contains(where: { $0 > 0 }), totals.allSatisfy({ $0 > 0 }) else { return 0 }
        let penalty = length < wanted ? exp(1 - wanted / length) : 1
        var smoothing = 1.0
        var logarithms = 0.0
        for (match, total) in zip(matches, totals) {
            if match > 0 {
                logarithms += log(100 * match / total)
            } else {
                smoothing *= 2
                logarithms += log(100 / (smoothing * total))
            }
        }
        return penalty * exp(logarithms / Double(longest))
    }

    private static func grams(of words: [String], length: Int) -> [ArraySlice<String>: Int] {
        var grams: [ArraySlice<String>: Int] = [:]
        guard words.count >= length else { return grams }
        for start in 0...words.count - length {
            grams[words[start..<start + length], default: 0] += 1
        }
        return grams
    }
}
