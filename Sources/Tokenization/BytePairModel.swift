/// Byte-pair encoding with ranked merges, as the `tokenizers` package and llama.cpp's `gpt2` do it.
struct BytePairModel: Sendable {
    /// What the first symbols of a word are.
    enum Alphabet: Sendable {
        /// One symbol a byte; the ids of the 256 bytes, nil for those that have no token.
        case bytes([UInt32?])
        /// One symbol a character; the ids of `<0x00>` to `<0xFF>`, which stand for a character that has no
        /// token, nil for missing ones, empty without byte fallback.
        case characters([UInt32?])
    }

    /// What stands for a byte or a character that has no token.
    struct Unknown: Sendable {
        /// Nil: nothing does.
        var id: UInt32?
        /// Whether neighbours become one token.
        var isFused = false
    }

    /// Two tokens and what they become.
    struct Merge: Sendable {
        var left: UInt32
        var right: UInt32
        var merged: UInt32
    }

    var tokens: TokenTable
    var alphabet: Alphabet
    var unknown: Unknown
    /// Whether a word that is a token stays whole, whatever the merges say.
    var ignoresMerges: Bool
    /// A pair's rank, that is its index in `mergedIDs`.
    private var ranks: PairTable
    private var mergedIDs: [UInt32]

    /// Takes merges in order of rank; the last of equal pairs counts.
    init(
        tokens: TokenTable, merges: [Merge], alphabet: Alphabet, unknown: Unknown,
        ignoresMerges: Bool
    ) {
        self.tokens = tokens
        self.alphabet = alphabet
        self.unknown = unknown
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
        appendSymbols(word, to: &queue)
        queue.finish(into: &ids) { left, right in
            ranks[left, right].map { ($0, mergedIDs[Int($0)]) }
        }
    }

    private func appendSymbols(_ word: Span<UInt8>, to queue: inout MergeQueue) {
        var index = 0
        // As in the package, byte tokens do not end a run of unknown characters.
        var isUnknownPending = false
        while index < word.count {
            let start = index
            let id: UInt32?
            switch alphabet {
            case .bytes(let byteIDs):
                index += 1
                id = byteIDs[Int(word[start])]
            case .characters(let byteIDs):
                index = word.scalar(at: start).end
                let character = word.extracting(start..<index)
                id = tokens.id(of: character)
                if id == nil, append(character, asBytes: byteIDs, to: &queue) { continue }
            }
            if let id {
                if isUnknownPending, let unknown = unknown.id { queue.append(unknown) }
                isUnknownPending = false
                queue.append(id)
            } else if let id = unknown.id {
                if isUnknownPending, !unknown.isFused { queue.append(id) }
                isUnknownPending = true
            }
        }
        if isUnknownPending, let id = unknown.id { queue.append(id) }
    }

    /// Appends the byte tokens of a character; false, and nothing is appended, when one is missing.
    private func append(
        _ character: Span<UInt8>, asBytes byteIDs: [UInt32?], to queue: inout MergeQueue
    ) -> Bool {
        guard !byteIDs.isEmpty else { return false }
        for index in character.indices where byteIDs[Int(character[index])] == nil { return false }
        for index in character.indices {
            if let id = byteIDs[Int(character[index])] { queue.append(id) }
        }
        return true
    }
}
