/// SentencePiece's BPE, on a vocabulary with scores and without merges: of all
/// neighbours whose joined text is a token, those with the highest score merge first.
struct ScoredPairModel: Sendable {
    var tokens: TokenTable
    /// Order of merging by id, from 0 for the highest score; equal scores have equal order.
    private var order: [UInt32]
    /// Two tokens to the token that is their joined text.
    private var joins = PairTable(capacity: 0)
    /// The ids of `<0x00>` to `<0xFF>`, which stand for a character without a token; empty: one token does.
    var byteIDs: [UInt32]
    private let unknownID: UInt32

    /// Takes one finite score a token.
    init(tokens: TokenTable, scores: [Float], byteIDs: [UInt32], unknownID: UInt32 = 0) {
        self.tokens = tokens
        self.byteIDs = byteIDs
        self.unknownID = unknownID
        let sorted = Array(Set(scores)).sorted(by: >)
        let ranks = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, UInt32($0)) })
        order = scores.map { ranks[$0] ?? .max }
        for id in 0..<UInt32(tokens.count) {
            let token = Array(tokens[id])
            guard token.count > 1, tokens.id(of: token) == id else { continue }
            for middle in 1..<token.count {
                let span = token.span
                if let left = tokens.id(of: span.extracting(..<middle)),
                    let right = tokens.id(of: span.extracting(middle...))
                {
                    joins.insert(left, right, id)
                }
            }
        }
    }

    /// Adds the ids of a text.
    ///
    /// A character without a token takes part as the number of tokens plus its place in the text.
    func encode(_ text: Span<UInt8>, queue: inout MergeQueue, into ids: inout [Int32]) {
        var index = 0
        while index < text.count {
            let end = text.scalar(at: index).end
            let id = tokens.id(of: text.extracting(index..<end))
            queue.append(id ?? UInt32(tokens.count + index))
            index = end
        }
        var merged: [Int32] = []
        var joined: [UInt8] = []
        queue.finish(into: &merged) { left, right in
            if left < tokens.count, right < tokens.count {
                return joins[left, right].map { (order[Int($0)], $0) }
            }
            joined.removeAll(keepingCapacity: true)
            append(left, of: text, to: &joined)
            append(right, of: text, to: &joined)
            return tokens.id(of: joined).map { (order[Int($0)], $0) }
        }
        var wasUnknown = false
        for id in merged {
            let symbol = UInt32(bitPattern: id)
            defer { wasUnknown = symbol >= tokens.count }
            if symbol < tokens.count {
                ids.append(id)
            } else if byteIDs.isEmpty {
                // Neighbours without tokens are one.
                if !wasUnknown { ids.append(Int32(bitPattern: unknownID)) }
            } else {
                joined.removeAll(keepingCapacity: true)
                append(symbol, of: text, to: &joined)
                for byte in joined { ids.append(Int32(bitPattern: byteIDs[Int(byte)])) }
            }
        }
    }

    private func append(_ symbol: UInt32, of text: Span<UInt8>, to bytes: inout [UInt8]) {
        if symbol < tokens.count {
            bytes += tokens[symbol]
        } else {
            let start = Int(symbol) - tokens.count
            for index in start..<text.scalar(at: start).end { bytes.append(text[index]) }
        }
    }
}
