internal import Tensors

/// The content of a SentencePiece model, `tokenizer.model`.
///
/// Source: `sentencepiece_model.proto` of SentencePiece; numbers of fields are its.
struct SentencePieceFile {
    enum Kind: UInt64 {
        case normal = 1
        case unknown, control, userDefined, unused, byte
    }

    struct Piece {
        var text = ""
        var score: Float = 0
        var kind = Kind.normal
    }

    enum Model: UInt64 {
        case unigram = 1
        case bytePair, word, character
    }

    private(set) var pieces: [Piece] = []
    private(set) var model = Model.unigram
    private(set) var hasByteFallback = false
    /// The ids of roles; -1 for those that there are none of.
    private(set) var unknownID = 0
    private(set) var beginID = 1
    private(set) var endID = 2
    /// What replaces characters; nil: nothing does.
    private(set) var map: CharacterMap?
    /// Whether a text gets a blank in front.
    private(set) var addsPrefix = true
    private(set) var collapsesBlanks = true

    /// - Throws: for what breaks the format, and for models that change the text in a way that is not known here.
    init(_ bytes: [UInt8]) throws(TokenizationError) {
        var reader = ProtobufReader(bytes[...])
        while let (number, value) = try reader.next() {
            guard case .bytes(let part) = value else { continue }
            switch number {
            case 1:
                guard pieces.count < VocabularyLimits.tokenCount else {
                    throw TokenizationError(
                        .limitExceeded, "at most \(VocabularyLimits.tokenCount) tokens are allowed")
                }
                pieces.append(try Self.piece(part))
            case 2: try readTrainer(part)
            case 3: try readNormalizer(part)
            default: break
            }
        }
        guard !pieces.isEmpty else {
            throw TokenizationError(.malformed, "no SentencePiece model: it has no tokens")
        }
        guard pieces.indices.contains(unknownID), pieces[unknownID].kind == .unknown else {
            throw TokenizationError(.malformed, "the token \(unknownID) is not the unknown one")
        }
    }

    private static func piece(_ bytes: ArraySlice<UInt8>) throws(TokenizationError) -> Piece {
        var piece = Piece()
        var reader = ProtobufReader(bytes)
        while let (number, value) = try reader.next() {
            switch (number, value) {
            case (1, .bytes(let text)):
                guard let text = String(validating: text, as: UTF8.self) else {
                    throw TokenizationError(
                        .malformed, "byte \(text.startIndex): a token is not valid UTF-8")
                }
                piece.text = text
            case (2, .fixed32(let bits)):
                piece.score = Float(bitPattern: bits)
                guard piece.score.isFinite else {
                    throw TokenizationError(
                        .malformed, "byte \(bytes.startIndex): a score that is not finite")
                }
            case (3, .integer(let number)):
                guard let kind = Kind(rawValue: number) else {
                    throw TokenizationError(
                        .malformed,
                        "byte \(bytes.startIndex): a token of the unknown kind \(number)"
                    )
                }
                piece.kind = kind
            default: break
            }
        }
        guard !piece.text.isEmpty else {
            throw TokenizationError(.malformed, "byte \(bytes.startIndex): an empty token")
        }
        return piece
    }

    private mutating func readTrainer(_ bytes: ArraySlice<UInt8>) throws(TokenizationError) {
        var reader = ProtobufReader(bytes)
        while let (number, value) = try reader.next() {
            guard case .integer(let integer) = value else { continue }
            // Negative numbers come in 64 bits.
            let id = Int(truncatingIfNeeded: Int64(bitPattern: integer))
            switch number {
            case 3:
                guard let model = Model(rawValue: integer), model == .unigram || model == .bytePair
                else { throw Self.unsupported("a model of words or characters") }
                self.model = model
            case 24:
                if integer != 0 { throw Self.unsupported("blanks at the end of tokens") }
            case 35: hasByteFallback = integer != 0
            case 40: unknownID = id
            case 41: beginID = id
            case 42: endID = id
            default: break
            }
        }
    }

    private mutating func readNormalizer(_ bytes: ArraySlice<UInt8>) throws(TokenizationError) {
        var reader = ProtobufReader(bytes)
        while let (number, value) = try reader.next() {
            switch (number, value) {
            case (2, .bytes(let map)):
                self.map = map.isEmpty ? nil : try CharacterMap(Array(map))
            case (3, .integer(let flag)): addsPrefix = flag != 0
            case (4, .integer(let flag)): collapsesBlanks = flag != 0
            case (5, .integer(let flag)):
                if flag == 0 { throw Self.unsupported("blanks that stay blanks") }
            default: break
            }
        }
    }

    private static func unsupported(_ what: String) -> TokenizationError {
        TokenizationError(
            .unsupported, "\(what) in a SentencePiece model; give a tokenizer.json beside it")
    }
}
