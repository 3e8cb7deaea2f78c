/// SentencePiece's unigram model: of all ways to cut a text into tokens the one with the highest sum of scores.
///
/// Source: Kudo, "Subword Regularization", 2018; sums are made in the order and precision of `EncodeOptimized` in
/// SentencePiece's `unigram_model.cc`, so that equal ones fall alike.
struct UnigramModel: Sendable {
    /// What a token of the vocabulary may be.
    struct Piece: Sendable {
        var id: UInt32
        var bytes: [UInt8]
        var score: Float
    }

    /// (node, byte) to the node below; node 0 is the root.
    private var children: PairTable
    /// By node: the index + 1 of the piece that ends there; 0 for none.
    private var ends: [UInt32] = [0]
    private let pieces: [Piece]
    /// What a character costs that is no token.
    private let unknownScore: Float
    private let unknownID: UInt32
    /// The ids of `<0x00>` to `<0xFF>`, which stand for such a character; empty: one token does.
    private let byteIDs: [UInt32]

    /// The distance between the lowest score and that of a character without a token.
    private static let penalty: Float = 10

    /// - Parameters:
    ///   - pieces: with finite scores; the first of equal ones counts.
    ///   - lowestScore: of the vocabulary's normal tokens.
    init(pieces: [Piece], lowestScore: Float, unknownID: UInt32, byteIDs: [UInt32]) {
        self.pieces = pieces
        self.unknownID = unknownID
        self.byteIDs = byteIDs
        unknownScore = lowestScore - Self.penalty
        children = PairTable(capacity: pieces.count)
        for (index, piece) in pieces.enumerated() {
            var node: UInt32 = 0
            for byte in piece.bytes {
                if let child = children[node, UInt32(byte)] {
                    node = child
                } else {
                    let child = UInt32(ends.count)
                    children.insert(node, UInt32(byte), child)
                    ends.append(0)
                    node = child
                }
            }
            if node != 0, ends[Int(node)] == 0 { ends[Int(node)] = UInt32(index) + 1 }
        }
    }

    /// The best way to a place in a text.
    private struct Step {
        var score: Float = 0
        /// Where its last token begins; -1: there is no way.
        var start: Int32 = -1
        /// The index of its last token; -1: a character without one.
        var piece: Int32 = -1
    }

    /// Adds the ids of a text.
    func encode(_ text: Span<UInt8>, into ids: inout [Int32]) {
        var steps = [Step](repeating: Step(), count: text.count + 1)
        var start = 0
        while start < text.count {
            let characterEnd = text.scalar(at: start).end
            var isCharacterKnown = false
            var (node, end) = (UInt32(0), start)
            while end < text.count, let child = children[node, UInt32(text[end])] {
                node = child
                end += 1
                guard ends[Int(node)] != 0 else { continue }
                let piece = Int32(bitPattern: ends[Int(node)]) - 1
                Self.offer(
                    Step(
                        score: pieces[Int(piece)].score + steps[start].score,
                        start: Int32(start), piece: piece), to: &steps[end])
                if end == characterEnd { isCharacterKnown = true }
            }
            if !isCharacterKnown {
                Self.offer(
                    Step(score: unknownScore + steps[start].score, start: Int32(start)),
                    to: &steps[characterEnd])
            }
            start = characterEnd
        }
        append(steps, of: text, to: &ids)
    }

    private static func offer(_ step: Step, to best: inout Step) {
        if best.start < 0 || step.score > best.score { best = step }
    }

    private func append(_ steps: [Step], of text: Span<UInt8>, to ids: inout [Int32]) {
        var ends: [Int] = []
        var end = text.count
        while end > 0, steps[end].start >= 0 {
            ends.append(end)
            end = Int(steps[end].start)
        }
        var wasUnknown = false
        for end in ends.reversed() {
            let piece = steps[end].piece
            if piece >= 0 {
                ids.append(Int32(bitPattern: pieces[Int(piece)].id))
            } else if byteIDs.isEmpty {
                // Neighbours without tokens are one.
                if !wasUnknown { ids.append(Int32(bitPattern: unknownID)) }
            } else {
                for index in Int(steps[end].start)..<end {
                    ids.append(Int32(bitPattern: byteIDs[Int(text[index])]))
                }
            }
            wasUnknown = piece < 0
        }
    }
}
