/// A vocabulary of words and parts of words, and how texts are cut into them.
///
/// A word is cut greedily: the longest known beginning, then the longest known continuation, and so on (WordPiece; Devlin et
/// al. 2019, arXiv 1810.04805). Characters that begin nothing known are skipped.
struct WordPieces: Sendable {
    /// The pieces in the order of their numbers; `##` marks those that continue a word.
    let names: [String]

    /// Hash and number of each piece, `count + 1` a slot, in an open-addressed table; zero is an empty slot.
    private let hashes: [UInt64]
    private let numbers: [UInt32]
    /// Scalars of the longest piece.
    private let longest: Int

    static let continuation = "##"
    static let counts = 1...(1 << 17)
    /// UTF-8 bytes of a piece.
    private static let nameLimit = 64

    /// - Throws: for a vocabulary that is empty or too large, for empty and long pieces, and for two of the same hash.
    init(names: [String]) throws(RoutingError) {
        guard Self.counts.contains(names.count) else {
            throw RoutingError(
                .malformed, "\(names.count) pieces of words; \(Self.counts) are possible")
        }
        var slotCount = 1
        while slotCount < 2 * names.count { slotCount *= 2 }
        var hashes = [UInt64](repeating: 0, count: slotCount)
        var numbers = [UInt32](repeating: 0, count: slotCount)
        var longest = 0
        for (number, name) in names.enumerated() {
            let continues = name.hasPrefix(Self.continuation)
            let scalars = name.unicodeScalars.dropFirst(continues ? Self.continuation.count : 0)
            guard !scalars.isEmpty, name.utf8.count <= Self.nameLimit else {
                throw RoutingError(
                    .malformed, "piece \(number) is empty or longer than \(Self.nameLimit) bytes")
            }
            longest = max(longest, scalars.count)
            var hash = FeatureHash(continues ? .continuations : .beginnings)
            for scalar in scalars { hash.add(scalar.value) }
            var slot = Self.slot(of: hash.mixed, count: slotCount)
            while numbers[slot] != 0 {
                guard hashes[slot] != hash.mixed else {
                    throw RoutingError(
                        .malformed,
                        "piece \(number) is taken for piece \(numbers[slot] - 1): they are equal, or share a hash"
                    )
                }
                slot = (slot + 1) % slotCount
            }
            hashes[slot] = hash.mixed
            numbers[slot] = UInt32(truncatingIfNeeded: number + 1)
        }
        self.names = names
        self.hashes = hashes
        self.numbers = numbers
        self.longest = longest
    }

    private static func slot(of hash: UInt64, count: Int) -> Int {
        Int(truncatingIfNeeded: hash) & (count - 1)
    }

    private func number(of hash: UInt64) -> Int? {
        var slot = Self.slot(of: hash, count: numbers.count)
        while numbers[slot] != 0 {
            if hashes[slot] == hash { return Int(numbers[slot] - 1) }
            slot = (slot + 1) & (numbers.count - 1)
        }
        return nil
    }

    /// The numbers of a text's pieces, in order.
    ///
    /// - Complexity: linear in the text times the longest piece.
    func callAsFunction(_ text: NormalizedText) -> [Int] {
        var pieces: [Int] = []
        pieces.reserveCapacity(2 * text.words.count)
        for word in text.words {
            var start = word.lowerBound
            while start < word.upperBound {
                var hash = FeatureHash(start == word.lowerBound ? .beginnings : .continuations)
                var best: (number: Int, end: Int)?
                for place in start..<min(start + longest, word.upperBound) {
                    hash.add(text.scalars[place])
                    if let number = number(of: hash.mixed) { best = (number, place + 1) }
                }
                if let best { pieces.append(best.number) }
                start = best?.end ?? start + 1
            }
        }
        return pieces
    }
}
