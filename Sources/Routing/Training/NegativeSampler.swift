internal import Optimization

/// Generates texts that no adapter fits, so that a shelf needs only positive examples.
///
/// Two kinds in equal parts: pieces of texts of several classes thrown together, which keep the words but no intent, and
/// small sentences of everyday talk.
struct NegativeSampler {
    private let texts: [[[Substring]]]
    private var random: SeededRandom

    /// - Parameter texts: in-scope texts by class.
    init(texts: [[String]], random: SeededRandom) {
        self.texts = texts.filter { !$0.isEmpty }.map {
            $0.map { $0.split(whereSeparator: \.isWhitespace) }
        }
        self.random = random
    }

    mutating func next() -> String {
        texts.count > 1 && random.index(2) == 0 ? medley() : smallTalk()
    }

    /// Four to seven short runs of words, each of another text.
    private mutating func medley() -> String {
        var runs: [[Substring]] = []
        for _ in 0..<4 + random.index(4) {
            let group = texts[random.index(texts.count)]
            let words = group[random.index(group.count)]
            guard !words.isEmpty else { continue }
            let length = min(words.count, 1 + random.index(2))
            let start = random.index(words.count - length + 1)
            runs.append(Array(words[start..<start + length]))
        }
        return runs.flatMap { $0 }.joined(separator: " ")
    }

    private mutating func smallTalk() -> String { filled(EverydayTalk.remarks) }

    /// A wish for something else, in the words that people put around any wish.
    mutating func request() -> String { filled(EverydayTalk.requests) }

    private mutating func filled(_ patterns: [String]) -> String {
        let pattern = patterns[random.index(patterns.count)]
        return pattern.split(separator: " ").map { word in
            guard let choices = EverydayTalk.words[String(word)] else { return String(word) }
            return choices[random.index(choices.count)]
        }.joined(separator: " ")
    }
}
