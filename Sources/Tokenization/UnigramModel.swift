/// The unigram model: of all ways to cut a text into tokens the one with the highest sum of scores.
///
/// Source: Kudo, "Subword Regularization", 2018; sums are made in the order and precision of `EncodeOptimized` in
/// SentencePiece's `unigram_model.cc`, of `encode_optimized` in `unigram/model.rs` of the `tokenizers` package, or of
/// `llm_tokenizer_ugm_session` in llama.cpp's `llama-vocab.cpp`, so that equal ones fall alike.
struct UnigramModel: Sendable {
    /// Whose ways a vocabulary follows where the two differ.
    enum Reference: Sendable {
        /// Sums are kept as Float, and characters without a token never make one together.
        case sentencePiece
        /// Sums are Double, and the joined text of unknown neighbours may be a token.
        case tokenizers
        /// Sums are Double, but what an unknown character costs is Float.
        case llamaCpp
    }

    /// What a token of the vocabulary may be.
    struct Piece: Sendable {
        var id: UInt32
        var bytes: [UInt8]
        var score: Double
    }

    /// The pieces by their bytes, with their index.
    private var tree: PrefixTree
    private let pieces: [Piece]
    /// What a character costs that is no token.
    private let unknownScore: Double
    private let unknownID: UInt32
    /// The ids of `<0x00>` to `<0xFF>`, which stand for what is no token, nil for missing ones; empty: one token does.
    private let byteIDs: [UInt32?]
    private let reference: Reference

    /// The distance between the lowest score and that of a character without a token.
    private static let penalty = 10.0
    /// Bytes of all pieces, each of which may be a node of the tree.
    private static let maximumByteCount = 32 << 20

    /// - Parameters:
    ///   - pieces: with finite scores; the first of equal ones counts.
    ///   - lowestScore: of the vocabulary's normal tokens.
    /// - Throws: for pieces of more than 32 MiB.
    init(
        pieces: [Piece], lowestScore: Double, unknownID: UInt32, byteIDs: [UInt32?],
        reference: Reference
    ) throws(TokenizationError) {
        let byteCount = pieces.reduce(0) { $0 + $1.bytes.count }
        guard byteCount <= Self.maximumByteCount else {
            throw TokenizationError(
                .limitExceeded,
                "a vocabulary of \(byteCount) bytes; at most \(Self.maximumByteCount) are allowed")
        }
        self.pieces = pieces
        self.unknownID = unknownID
        self.byteIDs = byteIDs
        self.reference = reference
        tree = PrefixTree(capacity: pieces.count)
        let unknownScore = lowestScore - Self.penalty
        self.unknownScore = reference == .tokenizers ? unknownScore : Double(Float(unknownScore))
        for (index, piece) in pieces.enumerated() { tree.insert(piece.bytes, index) }
    }

    /// A sum as it is kept.
    private static func sum(_ first: Double, _ second: Double, _ reference: Reference) -> Double {
        switch reference {
        case .sentencePiece: Double(Float(first + second))
        case .tokenizers, .llamaCpp: first + second
        }
    }

    /// The best way to a place in a text.
    private struct Step {
        var score: Double = 0
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
            let score = steps[start].score
            var isCharacterKnown = false
            func offer(_ pieceScore: Double, piece: Int32, end: Int) {
                let candidate = Self.sum(pieceScore, score, reference)
                if steps[end].start < 0 || candidate > steps[end].score {
                    steps[end] = Step(score: candidate, start: Int32(start), piece: piece)
                }
            }
            tree.forEachString(in: text, from: start) { end, piece in
                offer(pieces[piece].score, piece: Int32(piece), end: end)
                if end == characterEnd { isCharacterKnown = true }
            }
            if !isCharacterKnown { offer(unknownScore, piece: -1, end: characterEnd) }
            start = characterEnd
        }
        append(steps, of: text, to: &ids)
    }

    private func append(_ steps: [Step], of text: Span<UInt8>, to ids: inout [Int32]) {
        var ends: [Int] = []
        var end = text.count
        while end > 0, steps[end].start >= 0 {
            ends.append(end)
            end = Int(steps[end].start)
        }
        var unknownStart: Int?
        for end in ends.reversed() {
            let step = steps[end]
            // The unknown token may be written out, and then belongs to its unknown neighbours.
            if step.piece >= 0, pieces[Int(step.piece)].id != unknownID {
                if let unknownStart {
                    appendUnknown(text.extracting(unknownStart..<Int(step.start)), to: &ids)
                }
                unknownStart = nil
                ids.append(Int32(bitPattern: pieces[Int(step.piece)].id))
            } else if unknownStart == nil {
                unknownStart = Int(step.start)
            }
        }
        if let unknownStart { appendUnknown(text.extracting(unknownStart...), to: &ids) }
    }

    /// Adds what stands for neighbours that are no tokens.
    private func appendUnknown(_ text: Span<UInt8>, to ids: inout [Int32]) {
        if case .tokenizers = reference, let piece = tree.number(of: text) {
            ids.append(Int32(bitPattern: pieces[piece].id))
            return
        }
        let count = ids.count
        for index in text.indices {
            guard !byteIDs.isEmpty, let id = byteIDs[Int(text[index])] else {
                ids.removeLast(ids.count - count)
                ids.append(Int32(bitPattern: unknownID))
                return
            }
            ids.append(Int32(bitPattern: id))
        }
    }
}
