internal import Tensors

extension GGUFVocabularyExport {
    /// The metadata of a BPE model of SentencePiece, whose scores and kinds of tokens are those of GGUF.
    func sentencePieceMetadata(
        _ file: SentencePieceFile, _ tokens: inout Tokens
    ) throws(TokenizationError) -> [(key: String, value: GGUFValue)] {
        let kinds = Set(file.pieces.map(\.kind))
        guard file.hasByteFallback else {
            throw Self.unsupported("a SentencePiece model without a token for every byte")
        }
        guard file.map == nil, !file.collapsesBlanks else {
            throw Self.unsupported("a SentencePiece model that changes characters or blanks")
        }
        guard !kinds.contains(.unused) else {
            throw Self.unsupported("a SentencePiece model with unused tokens")
        }
        // llama.cpp puts a blank behind each of them too.
        guard !file.addsPrefix || !kinds.contains(.userDefined) else {
            throw Self.unsupported("a blank in front beside tokens that are found before merging")
        }
        try place(file, in: &tokens)
        let padding = tokens.texts.count - file.pieces.count
        let scores = file.pieces.map(\.score) + [Float](repeating: 0, count: padding)
        return [
            ("tokenizer.ggml.model", .string("llama")), ("tokenizer.ggml.pre", .string("default")),
            ("tokenizer.ggml.scores", .array(.float32, scores.map { .float32($0) })),
            ("tokenizer.ggml.add_space_prefix", .bool(file.addsPrefix)),
            ("tokenizer.ggml.unknown_token_id", .uint32(UInt32(file.unknownID))),
        ]
    }

    private func place(
        _ file: SentencePieceFile, in tokens: inout Tokens
    ) throws(TokenizationError) {
        for (id, piece) in file.pieces.enumerated() {
            try tokens.place(id, piece.text, Self.type(of: piece))
        }
        for token in tokenizer.parts.addedTokens where Int(token.id) != file.unknownID {
            try tokens.place(
                Int(token.id), Self.spelling(token), token.isSpecial ? .control : .userDefined)
        }
    }

    /// llama.cpp looks for such a token in the text as it comes, where blanks are no marks yet.
    private static func spelling(_ token: AddedToken) -> String {
        guard token.normalizedPattern != nil else { return token.content }
        let bytes = Normalizer.replace(
            SentencePieceNormalization.mark, with: [UInt8(ascii: " ")],
            in: Array(token.content.utf8))
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func type(of piece: SentencePieceFile.Piece) -> TokenType {
        switch piece.kind {
        case .normal: .normal
        case .unknown: .unknown
        case .control: .control
        case .userDefined: .userDefined
        case .unused: .unused
        case .byte: .byte
        }
    }
}
