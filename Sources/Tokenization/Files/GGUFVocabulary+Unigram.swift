internal import Tensors

extension GGUFVocabulary {
    /// The parts of a `t5` vocabulary, which llama.cpp cuts texts by with a unigram model.
    func unigramParts() throws(TokenizationError) -> Tokenizer.Parts {
        let scores = try scores()
        let (_, table) = try table(.text)
        guard let unknownID = try id("unknown") else {
            throw Self.malformed("unknown_token_id", "there is no token \(Self.t5Unknown)")
        }
        let normal = types.indices.filter { types[$0] == .normal }.map { scores[$0] }
        // Of equal texts the last counts.
        let pieces = texts.indices.reversed().compactMap { id -> UnigramModel.Piece? in
            let bytes = Array(texts[id].utf8)
            guard !bytes.isEmpty else { return nil }
            return switch types[id] {
            case .normal, .unused:
                UnigramModel.Piece(id: UInt32(id), bytes: bytes, score: scores[id])
            case .userDefined: UnigramModel.Piece(id: UInt32(id), bytes: bytes, score: 0)
            case .unknown, .control, .byte: nil
            }
        }
        let hasPrefix = flag("add_space_prefix", default: false)
        let collapsesBlanks = flag("remove_extra_whitespaces", default: false)
        let rules = TokenDecoder.TextRules(
            mark: SentencePieceNormalization.mark, spelling: [UInt8(ascii: " ")],
            hasByteTokens: types.contains(.byte),
            start: hasPrefix || collapsesBlanks ? .stripped(1) : .kept)
        var parts = Tokenizer.Parts(
            model: .unigram(
                try UnigramModel(
                    pieces: pieces, lowestScore: normal.min() ?? 0, unknownID: unknownID,
                    byteIDs: [], reference: .llamaCpp)),
            decoder: TokenDecoder(tokens: table, style: .text(rules)))
        parts.normalizer.steps = [
            .markBlanks(
                BlankMarking(
                    map: try characterMap(), collapsesBlanks: collapsesBlanks,
                    hasPrefix: hasPrefix))
        ]
        parts.prefixIDs = try beginIDs(default: false)
        return parts
    }

    /// What replaces characters; nil: nothing does.
    private func characterMap() throws(TokenizationError) -> CharacterMap? {
        let key = "precompiled_charsmap"
        guard let value = file.metadata["tokenizer.ggml.\(key)"] else { return nil }
        guard let numbers = value.ints, numbers.allSatisfy((-128...255).contains) else {
            throw Self.malformed(key, "an array of bytes was expected")
        }
        do {
            return try CharacterMap(numbers.map { UInt8(truncatingIfNeeded: $0) })
        } catch {
            throw error.at("tokenizer.ggml.\(key)")
        }
    }
}
