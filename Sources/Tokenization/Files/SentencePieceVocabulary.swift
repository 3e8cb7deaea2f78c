internal import Tensors

/// A tokenizer made of a SentencePiece model and of the tokens that files beside it add.
struct SentencePieceVocabulary {
    private let file: SentencePieceFile
    private let added: [AddedToken]
    /// By id; what was added may rename tokens of the model.
    private var texts: [String]

    /// - Parameter added: may name ids of the model, and ids beyond.
    init(_ file: SentencePieceFile, added: [AddedToken]) {
        self.file = file
        self.added = added
        texts = file.pieces.map(\.text)
        for token in added where texts.indices.contains(Int(token.id)) {
            texts[Int(token.id)] = token.content
        }
    }

    /// - Parameter isPrefixFirst: whether only a text at the start of the input gets a blank in front.
    func parts(isPrefixFirst: Bool) throws(TokenizationError) -> Tokenizer.Parts {
        let table = try table()
        let byteIDs = try byteIDs(table)
        let rules = TokenDecoder.TextRules(
            mark: SentencePieceNormalization.mark, spelling: [UInt8(ascii: " ")],
            hasByteTokens: !byteIDs.isEmpty,
            start: file.addsPrefix ? .stripped(1) : .kept)
        var parts = Tokenizer.Parts(
            model: try model(table, byteIDs),
            decoder: TokenDecoder(tokens: table, style: .text(rules)))
        parts.normalizer.steps = [.sentencePiece(normalization(isPrefixFirst: isPrefixFirst))]
        parts.addedTokens = addedTokens()
        parts.specialIDs = Set(
            parts.addedTokens.filter(\.isSpecial).map { Int32(bitPattern: $0.id) })
        if texts.indices.contains(file.beginID) {
            parts.beginOfText = texts[file.beginID]
            parts.prefixIDs = [UInt32(file.beginID)]
        }
        if texts.indices.contains(file.endID) {
            parts.endOfText = texts[file.endID]
            parts.endOfTextIDs = [Int32(file.endID)]
        }
        return parts
    }

    private func normalization(isPrefixFirst: Bool) -> SentencePieceNormalization {
        var rules = SentencePieceNormalization(
            map: file.map, collapsesBlanks: file.collapsesBlanks,
            prefix: !file.addsPrefix ? .never : isPrefixFirst ? .first : .always)
        for (id, piece) in file.pieces.enumerated() where piece.kind == .userDefined {
            rules.symbols.insert(piece.text.utf8, id)
        }
        return rules
    }

    private func table() throws(TokenizationError) -> TokenTable {
        var builder = VocabularyBuilder(.text)
        for (id, piece) in file.pieces.enumerated() {
            try builder.insert(texts[id], id: UInt32(id), isAdded: piece.kind != .normal)
        }
        for token in added { try builder.insert(token.content, id: token.id, isAdded: true) }
        return try builder.finish()
    }

    /// The ids of the 256 bytes; empty where characters without a token become the unknown one.
    private func byteIDs(_ table: TokenTable) throws(TokenizationError) -> [UInt32] {
        guard file.hasByteFallback else { return [] }
        var ids: [UInt32?] = Array(repeating: nil, count: 256)
        for (id, piece) in file.pieces.enumerated() where piece.kind == .byte {
            if let byte = TokenDecoder.byteValue(piece.text.utf8) { ids[Int(byte)] = UInt32(id) }
        }
        let known = ids.compactMap { $0 }
        guard known.count == 256 else {
            throw TokenizationError(
                .malformed,
                "\(known.count) of the 256 tokens <0x00> to <0xFF> are there; byte_fallback needs all"
            )
        }
        return known
    }

    private func model(
        _ table: TokenTable, _ byteIDs: [UInt32]
    ) throws(TokenizationError) -> Tokenizer.Model {
        let unknown = UInt32(file.unknownID)
        guard file.model == .unigram else {
            let scores = (0..<table.count).map {
                $0 < file.pieces.count ? file.pieces[$0].score : 0
            }
            return .scoredPair(
                ScoredPairModel(
                    tokens: table, scores: scores, byteIDs: byteIDs, unknownID: unknown))
        }
        let normal = file.pieces.filter { $0.kind == .normal }.map(\.score)
        let (lowest, highest) = (normal.min() ?? 0, normal.max() ?? 0)
        var pieces: [UnigramModel.Piece] = []
        for (id, piece) in file.pieces.enumerated() {
            let bytes = Array(texts[id].utf8)
            switch piece.kind {
            case .normal:
                pieces.append(
                    UnigramModel.Piece(id: UInt32(id), bytes: bytes, score: Double(piece.score)))
            case .userDefined:
                // Better than any other way to write its bytes.
                let score = Double(Float(Double(Float(bytes.count) * highest) - 0.1))
                pieces.append(UnigramModel.Piece(id: UInt32(id), bytes: bytes, score: score))
            case .unknown, .control, .unused, .byte: break
            }
        }
        return .unigram(
            try UnigramModel(
                pieces: pieces, lowestScore: Double(lowest), unknownID: unknown,
                byteIDs: byteIDs, reference: .sentencePiece))
    }

    /// What is added, the model's control tokens, and, for the other model, the tokens that nothing merges with.
    private func addedTokens() -> [AddedToken] {
        let named = Set(added.map(\.id))
        var tokens = added
        for (id, piece) in file.pieces.enumerated() where !named.contains(UInt32(id)) {
            switch piece.kind {
            case .unknown, .control:
                tokens.append(
                    AddedToken(id: UInt32(id), content: piece.text, isSpecial: true))
            case .userDefined where file.model == .bytePair:
                tokens.append(
                    AddedToken(
                        id: UInt32(id), content: piece.text, isNormalized: true,
                        normalizedPattern: Array(piece.text.utf8)))
            case .normal, .userDefined, .unused, .byte: break
            }
        }
        return tokens
    }
}
