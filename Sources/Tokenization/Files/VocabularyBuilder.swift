/// Gathers the tokens of a vocabulary by id and checks that no id has two.
struct VocabularyBuilder {
    /// How the text of a token becomes its bytes.
    enum Spelling {
        /// Each character stands for a byte.
        case byteAlphabet
        /// The text is the token.
        case text
    }

    let spelling: Spelling
    /// The text by id; nil where no token was given yet.
    private var texts: [String?] = []
    private var isModelToken: [Bool] = []

    init(_ spelling: Spelling) {
        self.spelling = spelling
    }

    /// Adds a token of the model, or one added on top of it; an added one may repeat a model's.
    mutating func insert(_ text: String, id: UInt32, isAdded: Bool) throws(TokenizationError) {
        guard text.utf8.count <= TokenTable.maximumTokenByteCount else {
            throw TokenizationError(
                .limitExceeded,
                "token \(id) has \(text.utf8.count) bytes; at most \(TokenTable.maximumTokenByteCount) are allowed"
            )
        }
        let index = Int(id)
        if texts.count <= index {
            let missing = index + 1 - texts.count
            texts += repeatElement(nil, count: missing)
            isModelToken += repeatElement(false, count: missing)
        }
        if let other = texts[index] {
            guard isAdded, other.utf8.elementsEqual(text.utf8) else {
                throw TokenizationError(
                    .malformed,
                    "the id \(id) is given to \(quoted(other)) and to \(quoted(text)); ids must be unique"
                )
            }
        } else {
            texts[index] = text
            isModelToken[index] = !isAdded
        }
    }

    /// The table of all tokens; only those of the model are found by their bytes.
    func finish() throws(TokenizationError) -> TokenTable {
        guard !texts.isEmpty else { throw TokenizationError(.malformed, "the vocabulary is empty") }
        var table = TokenTable(capacity: texts.count)
        for (id, text) in texts.enumerated() {
            guard let text else {
                // An id that no text has: models have more rows than their vocabularies tokens.
                table.append([], isFindable: false)
                continue
            }
            if spelling == .byteAlphabet {
                // A token in other characters is never made by merges; it decodes to its own text.
                let bytes = ByteAlphabet.bytes(of: text)
                table.append(
                    bytes ?? Array(text.utf8), isFindable: isModelToken[id] && bytes != nil)
            } else {
                table.append(text.utf8, isFindable: isModelToken[id])
            }
        }
        return table
    }

    /// Looks up a merge in a finished table.
    ///
    /// - Throws: unless it joins two tokens to a third.
    func merge(
        _ left: Substring, _ right: Substring, rank: Int, in table: TokenTable
    ) throws(TokenizationError) -> BytePairModel.Merge {
        var joined: [UInt8] = []
        if append(left, to: &joined) {
            let middle = joined.count
            if append(right, to: &joined),
                let leftID = table.id(of: joined.span.extracting(..<middle)),
                let rightID = table.id(of: joined.span.extracting(middle...)),
                let merged = table.id(of: joined.span)
            {
                return BytePairModel.Merge(left: leftID, right: rightID, merged: merged)
            }
        }
        throw TokenizationError(
            .malformed,
            "merge \(rank) joins \(quoted(String(left))) and \(quoted(String(right))), which with their joined text are not all tokens"
        )
    }

    /// Adds the bytes that a text stands for; false for characters outside the byte alphabet.
    private func append(_ text: Substring, to bytes: inout [UInt8]) -> Bool {
        guard spelling == .byteAlphabet else {
            bytes += text.utf8
            return true
        }
        for scalar in text.unicodeScalars {
            guard let byte = ByteAlphabet.byte(of: scalar) else { return false }
            bytes.append(byte)
        }
        return true
    }

    /// The halves of a merge that is written with exactly one space.
    static func splitMerge(_ text: String) -> (Substring, Substring)? {
        let bytes = text.utf8
        guard let space = bytes.firstIndex(of: UInt8(ascii: " ")),
            !bytes[bytes.index(after: space)...].contains(UInt8(ascii: " "))
        else { return nil }
        return (text[..<space], text[bytes.index(after: space)...])
    }

    /// The ids of the 256 bytes; nil for those without a token.
    ///
    /// Some vocabularies lack bytes of characters that are rare or unassigned, and these are left out as
    /// their own packages do. One that lacks a byte of plain text is damaged.
    static func byteIDs(in table: TokenTable) throws(TokenizationError) -> [UInt32?] {
        let ids = (UInt8.min...UInt8.max).map { table.id(of: [$0]) }
        if let byte = (0x20...0x7E).first(where: { ids[$0] == nil }) {
            throw TokenizationError(
                .malformed,
                "the byte \(byte) has no token; a byte-level vocabulary must have those of plain text"
            )
        }
        return ids
    }

    /// The ids of `<0x00>` to `<0xFF>`; nil for those that are no tokens.
    static func byteTokenIDs(in table: TokenTable) -> [UInt32?] {
        (UInt8.min...UInt8.max).map { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            return table.id(of: Array("<0x\(byte < 16 ? "0" : "")\(digits)>".utf8))
        }
    }
}

/// A piece of a file for an error: short, and in quotes.
func quoted(_ text: String) -> String {
    "\"" + text.prefix(48) + (text.count > 48 ? "…\"" : "\"")
}
