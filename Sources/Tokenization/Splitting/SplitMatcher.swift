/// Finds where a `SplitExpression` matches in a text, as a backtracking engine does: leftmost, the first alternative that
/// fits, every repetition as long as it can be.
///
/// What it gives back of repetitions is bounded: a text that needs more steps is refused, where an engine would run for hours.
struct SplitMatcher: ~Escapable {
    private let text: Span<UInt8>
    private let classes = ScalarSet.Classes()
    private var stepsLeft: Int

    /// Steps for a text, by its bytes; published patterns take some ten.
    private static let stepsPerByte = 256

    @_lifetime(copy text)
    init(text: Span<UInt8>) {
        self.text = text
        stepsLeft = 4096 + text.count * Self.stepsPerByte
    }

    /// Whether the text took too many steps: what was found is wrong then.
    var isExhausted: Bool { stepsLeft < 0 }

    /// The first match that starts at an index or behind it.
    mutating func match(of expression: SplitExpression, from start: Int) -> Range<Int>? {
        let run = expression.leadingRun
        var index = start
        while index < text.count, !isExhausted {
            for alternative in expression.alternatives {
                if let end = end(of: alternative[...], from: index) { return index..<end }
            }
            let next = text.scalar(at: index).end
            // What failed behind the whole run fails behind each part of it.
            index = run.map { max(end(ofRun: $0, most: .max, from: index).end, next) } ?? next
        }
        return nil
    }

    private mutating func end(ofRun set: ScalarSet, most: Int, from start: Int) -> (
        end: Int, count: Int
    ) {
        var (end, count) = (start, 0)
        while count < most, end < text.count {
            let next = text.scalar(at: end)
            stepsLeft -= 1
            guard set.contains(next.value, classes) else { break }
            (end, count) = (next.end, count + 1)
        }
        return (end, count)
    }

    /// Where some items end that start at an index; nil when they do not fit.
    private mutating func end(of items: ArraySlice<SplitExpression.Item>, from start: Int) -> Int? {
        guard let item = items.first else { return start }
        let rest = items.dropFirst()
        stepsLeft -= 1
        guard !isExhausted else { return nil }
        switch item.atom {
        case .set(let set):
            var (end, count) = end(ofRun: set, most: item.most, from: start)
            while count >= item.least {
                if let found = self.end(of: rest, from: end) { return found }
                guard !item.isPossessive, count > item.least, !isExhausted else { return nil }
                end = text.scalarStart(before: end)
                count -= 1
                stepsLeft -= 1
            }
            return nil
        case .words(let words):
            for word in words {
                guard let end = end(ofWord: word, from: start) else { continue }
                if let found = self.end(of: rest, from: end) { return found }
                if item.isPossessive { return nil }
            }
            return item.least == 0 ? end(of: rest, from: start) : nil
        case .notBefore(let set):
            if start < text.count, set.contains(text.scalar(at: start).value, classes) {
                return nil
            }
            return end(of: rest, from: start)
        case .lineEnd:
            guard start == text.count || text[start] == 0x0A else { return nil }
            return end(of: rest, from: start)
        }
    }

    private mutating func end(ofWord word: [ScalarSet], from start: Int) -> Int? {
        var end = start
        for set in word {
            stepsLeft -= 1
            guard end < text.count else { return nil }
            let next = text.scalar(at: end)
            guard set.contains(next.value, classes) else { return nil }
            end = next.end
        }
        return end
    }
}

extension SplitExpression {
    /// Where it matches in a text, in order; matches do not overlap.
    ///
    /// - Throws: for a text that needs too many steps.
    func matches(in text: Span<UInt8>) throws(TokenizationError) -> [Range<Int>] {
        var matches: [Range<Int>] = []
        var matcher = SplitMatcher(text: text)
        while let match = matcher.match(of: self, from: matches.last?.upperBound ?? 0) {
            matches.append(match)
        }
        guard !matcher.isExhausted else {
            throw TokenizationError(
                .limitExceeded,
                "an expression of the tokenizer takes too many steps on this text; parts of it may do"
            )
        }
        return matches
    }
}
