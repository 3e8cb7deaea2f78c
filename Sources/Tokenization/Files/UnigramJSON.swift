internal import Tensors

/// Reads a `model` of `tokenizer.json` that is `Unigram`: pieces with scores, in the order of their ids.
struct UnigramJSON {
    private let fields: JSONFields
    private let pieces: [(text: String, score: Double)]
    /// The id of the piece that stands for characters without one.
    private let unknownID: UInt32

    init(_ fields: JSONFields) throws(TokenizationError) {
        self.fields = fields
        let entries = try fields.array("vocab")
        guard entries.count <= VocabularyLimits.tokenCount else {
            throw TokenizationError(
                .limitExceeded, "at most \(VocabularyLimits.tokenCount) tokens are allowed")
        }
        var pieces: [(text: String, score: Double)] = []
        pieces.reserveCapacity(entries.count)
        for (id, entry) in entries.enumerated() {
            guard let pair = entry.array, pair.count == 2, let text = pair[0].string,
                let score = pair[1].double
            else { throw fields.malformed("vocab", "entry \(id) is no piece with its score") }
            pieces.append((text, Self.asRead(score)))
        }
        self.pieces = pieces
        // Without one the package fails at the first character that is no piece, bytes or not.
        unknownID = try fields.id("unk_id")
        guard unknownID < pieces.count else {
            throw fields.malformed("unk_id", "\(unknownID) is no token; there are \(pieces.count)")
        }
    }

    /// Adds the pieces to a vocabulary.
    func insert(into vocabulary: inout VocabularyBuilder) throws(TokenizationError) {
        for (id, piece) in pieces.enumerated() {
            try vocabulary.insert(piece.text, id: UInt32(id), isAdded: false)
        }
    }

    /// The model of a vocabulary that the pieces are part of.
    func model(_ table: TokenTable) throws(TokenizationError) -> UnigramModel {
        let hasByteFallback = try fields.bool("byte_fallback", default: false)
        // Of equal pieces the last counts.
        let all = pieces.enumerated().reversed().map { id, piece in
            UnigramModel.Piece(
                id: UInt32(id), bytes: Array(piece.text.utf8), score: piece.score)
        }
        return try UnigramModel(
            pieces: all, lowestScore: all.map(\.score).min() ?? 0, unknownID: unknownID,
            byteIDs: hasByteFallback ? VocabularyBuilder.byteTokenIDs(in: table) : [],
            reference: .tokenizers)
    }

    /// A score as the package reads it.
    ///
    /// Its reader (`f64_from_parts` of serde_json) takes all digits for a whole number, which it multiplies or divides by
    /// a power of ten: one in seven scores differs in its last bit, and what sums are nearly equal may fall the other way.
    static func asRead(_ score: Double) -> Double {
        let parts = score.magnitude.description.split(separator: "e")
        let digits = parts[0].split(separator: ".")
        var exponent = parts.count == 2 ? Int(parts[1]) ?? 0 : 0
        if digits.count == 2 { exponent -= digits[1].count }
        guard let whole = UInt64(digits.joined()) else { return score }
        var value = Double(whole)
        while exponent < -308, value != 0 {
            value /= 1e308
            exponent += 308
        }
        let power = Double("1e\(abs(exponent))") ?? .infinity
        value = exponent < 0 ? value / power : value * power
        return score.sign == .minus ? -value : value
    }
}
