/// ROUGE: how many words, or how long a subsequence, a reply has in common with a reference (Lin 2004).
///
/// F measures of lower-case words of ASCII letters and digits without stemming, as rouge-score gives them; of several
/// references the best.
enum ROUGE {
    /// Single words in common (ROUGE-1), from 0 to 1.
    static func one(_ reply: String, references: [String]) -> Double {
        let words = words(of: reply)
        return best(words, references) { reference in
            var left: [String: Int] = [:]
            for word in reference { left[word, default: 0] += 1 }
            var common = 0
            for word in words {
                guard let count = left[word], count > 0 else { continue }
                left[word] = count - 1
                common += 1
            }
            return common
        }
    }

    /// The longest common subsequence (ROUGE-L), from 0 to 1.
    static func longest(_ reply: String, references: [String]) -> Double {
        let words = words(of: reply)
        return best(words, references) { commonLength(words, $0) }
    }

    private static func best(
        _ words: [String], _ references: [String], common: ([String]) -> Int
    ) -> Double {
        references.map { text in
            let reference = self.words(of: text)
            guard !words.isEmpty, !reference.isEmpty else { return 0 }
            // The harmonic mean of precision and recall.
            return 2 * Double(common(reference)) / Double(words.count + reference.count)
        }.max() ?? 0
    }

    private static func commonLength(_ first: [String], _ second: [String]) -> Int {
        var row = [Int](repeating: 0, count: second.count + 1)
        for word in first {
            var diagonal = 0
            for (place, other) in second.enumerated() {
                let above = row[place + 1]
                row[place + 1] = word == other ? diagonal + 1 : max(above, row[place])
                diagonal = above
            }
        }
        return row[second.count]
    }

    private static func words(of text: String) -> [String] {
        text.lowercased().unicodeScalars.split { scalar in
            !("a"..."z").contains(scalar) && !("0"..."9").contains(scalar)
        }.map { String($0) }
    }
}
