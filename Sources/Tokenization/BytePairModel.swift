/// Byte-pair encoding with ranked merges, as the `tokenizers` package and llama.cpp's `gpt2` do it.
struct BytePairModel: Sendable {
    /// What the first symbols of a word are.
    enum Alphabet: Sendable {
        /// One symbol a byte; the ids of the 256 bytes, nil for those that no text contains.
        case bytes([UInt32?])
        /// One symbol a character; characters without a token become byte tokens or the unknown token.
        case characters(CharacterFallback)
    }

    /// What stands for a character that has no token.
    struct CharacterFallback: Sendable {
        /// The ids of `<0x00>` to `<0xFF>`; nil for missing ones, empty without byte fallback.
        var byteIDs: [UInt32?]
        var unknownID: UInt32?
        /// Whether neighbouring unknown characters become one unknown token.
        var fusesUnknown: Bool
    }

    /// Two tokens and what they become.
    struct Merge: Sendable {
        var left: UInt32
        var right: UInt32
        var merged: UInt32
    }

    var tokens: TokenTable
    var alphabet: Alphabet
    /// Whether a word that is a token stays whole, whatever the merges say.
    var ignoresMerges: Bool
    /// A pair's rank, that is its index in `mergedIDs`.
    private var ranks: PairTable
    private var mergedIDs: [UInt32]

    /// Takes merges in order of rank; the last of equal pairs counts.
    init(
        tokens: TokenTable, merges: [Merge], alphabet: Alphabet, ignoresMerges: Bool
    ) {
        self.tokens = tokens
        self.alphabet = alphabet
        self.ignoresMerges = ignoresMerges
        ranks = PairTable(capacity: merges.count)
        mergedIDs = merges.map(\.merged)
        for (rank, merge) in merges.enumerated() {
            ranks.insert(merge.left, merge.right, UInt32(rank))
        }
    }

    /// Adds the ids of one word.
    func encode(_ word: Span<UInt8>, queue: inout MergeQueue, into ids: inout [Int32]) {
        if ignoresMerges, let id = tokens.id(of: word) {
            ids.append(Int32(bitPattern: id))
            return
        }
        switch alphabet {
        case .bytes(let byteIDs):
            for index in word.indices {
                if let id = byteIDs[Int(word[index])] { queue.append(id) }
            }
        case .characters(let fallback):
            appendCharacters(word, fallback, to: &queue)
        }
        queue.finish(into: &ids) { left, right in
            ranks[left, right].map { ($0, mergedIDs[Int($0)]) }
        }
    }

    private func appendCharacters(
        _ word: Span<UInt8>, _ fallback: CharacterFallback, to queue: inout MergeQueue
    ) {
        var index = 0
        // As in the package, byte tokens do not end a run of unknown characters.
        var isUnknownPending = false
        while index < word.count {
            let end = word.scalar(at: index).end
            let character = word.extracting(index..<end)
            index = end
            if let id = tokens.id(of: character) {
                if isUnknownPending, let unknown = fallback.unknownID { queue.append(unknown) }
                isUnknownPending = false
                queue.append(id)
            } else if let bytes = byteTokens(character, fallback) {
                for byte in bytes { queue.append(byte) }
            } else if let unknown = fallback.unknownID {
                if isUnknownPending, !fallback.fusesUnknown { queue.append(unknown) }
                isUnknownPending = true
            }
        }
        if isUnknownPending, let unknown = fallback.unknownID { queue.append(unknown) }
    }

    private func byteTokens(_ character: Span<UInt8>, _ fallback: CharacterFallback) -> [UInt32]? {
        guard !fallback.byteIDs.isEmpty else { return nil }
        var ids: [UInt32] = []
        for index in character.indices {
            guard let id = fallback.byteIDs[Int(character[index])] else { return nil }
            ids.append(id)
        }
        return ids
    }
}
