import Journal

/// The parts that wait for a worker, in a line for each connection; bounded by whoever adds to it.
///
/// Lines get their turns by deficit round robin (Shreedhar and Varghese, 1995) in estimated tokens: whoever has much waiting
/// holds up nobody who has little. What waits for clients that are gone comes after everything else.
struct FairQueue: Sendable {
    struct Waiting: Sendable {
        let key: PartKey
        /// The order of acceptance, which is kept within a line.
        let serial: UInt64
        let cost: Int
        let isSuspect: Bool
        /// It needs no slot.
        let isEncoding: Bool
        /// It waits on without its client, or for a client that may not know yet where to come back.
        let isKept: Bool
    }

    /// What one line holds, oldest first, and what it may still spend in its turn.
    private struct Line: Sendable {
        var parts: [Waiting] = []
        var cost = 0
        var deficit = 0
        var encodingCount = 0
        var keptCount = 0
    }

    /// Tokens that a line may spend in a round: a short prompt with its reply.
    private static let quantum = 512

    private var lines: [Address?: Line] = [:]
    /// Connections that have something waiting, the one whose turn it is first.
    private var turns: [Address] = []
    private var owners: [PartKey: Address?] = [:]
    /// Estimated tokens of all that waits.
    private(set) var cost = 0

    var count: Int { owners.count }
    var isEmpty: Bool { owners.isEmpty }
    /// Connections that have something waiting.
    var ownerCount: Int { turns.count }

    func count(of owner: Address?) -> Int { lines[owner]?.parts.count ?? 0 }

    func cost(of owner: Address?) -> Int { lines[owner]?.cost ?? 0 }

    /// How many parts were left by clients that are gone and do not want them any more.
    var abandonedCount: Int { count(of: nil) - keptCount(of: nil) }

    /// How many parts of a line wait on without their client.
    func keptCount(of owner: Address?) -> Int { lines[owner]?.keptCount ?? 0 }

    /// How many parts of a line need no slot.
    func encodingCount(of owner: Address?) -> Int { lines[owner]?.encodingCount ?? 0 }

    /// Whether any part waits that others could suffer from.
    private(set) var suspectCount = 0
    /// Parts that need no slot.
    private(set) var encodingCount = 0

    /// What others could suffer from, in the order of turns.
    var suspects: [Waiting] {
        guard suspectCount > 0 else { return [] }
        return (turns + [nil]).flatMap { lines[$0]?.parts.filter(\.isSuspect) ?? [] }
    }

    /// The part that came last of those that nobody wants any more.
    var youngestAbandoned: Waiting? { lines[nil]?.parts.last { !$0.isKept } }

    /// Adds a part where its age puts it in its client's line: one that comes back after a loss is not put behind younger
    /// ones.
    ///
    /// - Parameter owner: the client's connection; nil: it is gone.
    mutating func insert(_ part: Waiting, of owner: Address?) {
        let line = lines[owner, default: Line()].parts
        let index =
            line.lastIndex {
                $0.serial < part.serial || $0.serial == part.serial && $0.key.part < part.key.part
            }
            .map { $0 + 1 } ?? 0
        lines[owner, default: Line()].parts.insert(part, at: index)
        lines[owner]?.cost += part.cost
        if let owner, line.isEmpty { turns.append(owner) }
        owners[part.key] = owner
        cost += part.cost
        if part.isKept { lines[owner]?.keptCount += 1 }
        if part.isSuspect { suspectCount += 1 }
        if part.isEncoding {
            lines[owner]?.encodingCount += 1
            encodingCount += 1
        }
    }

    @discardableResult
    mutating func remove(_ key: PartKey) -> Waiting? {
        guard let owner = owners.removeValue(forKey: key),
            let index = lines[owner]?.parts.firstIndex(where: { $0.key == key }),
            let part = lines[owner]?.parts.remove(at: index)
        else { return nil }
        lines[owner]?.cost -= part.cost
        cost -= part.cost
        if part.isKept { lines[owner]?.keptCount -= 1 }
        if part.isSuspect { suspectCount -= 1 }
        if part.isEncoding {
            lines[owner]?.encodingCount -= 1
            encodingCount -= 1
        }
        if lines[owner]?.parts.isEmpty ?? true {
            lines[owner] = nil
            turns.removeAll { $0 == owner }
        }
        return part
    }

    /// Lets a part wait in another client's line; one that was all of its line takes along what that may spend.
    mutating func move(_ key: PartKey, to owner: Address?) {
        guard let before = owners[key], before != owner else { return }
        let deficit = lines[before]?.deficit ?? 0
        guard let part = remove(key) else { return }
        insert(part, of: owner)
        if lines[before] == nil, lines[owner]?.parts.count == 1 { lines[owner]?.deficit = deficit }
    }

    /// The part whose turn it is, and what that costs the lines.
    struct Choice {
        let part: Waiting
        let owner: Address?
        /// Rounds of turns in which nobody could have gone, for these.
        fileprivate let rounds: Int
        fileprivate let candidates: [Address]
    }

    /// Finds the part whose turn it is; nil when none may go now.
    ///
    /// - Parameters:
    ///   - mayGo: whether anything of a client may go.
    ///   - isFit: whether a part of such a client may.
    func next(of mayGo: (Address?) -> Bool, where isFit: (Waiting, Address?) -> Bool) -> Choice? {
        let candidates = turns.compactMap {
            owner -> (owner: Address, part: Waiting, missing: Int)? in
            guard mayGo(owner), let line = lines[owner],
                let part = line.parts.first(where: { isFit($0, owner) })
            else { return nil }
            return (owner, part, part.cost - line.deficit)
        }
        guard let least = candidates.map(\.missing).min() else {
            let orphan = mayGo(nil) ? lines[nil]?.parts.first { isFit($0, nil) } : nil
            return orphan.map { Choice(part: $0, owner: nil, rounds: 0, candidates: []) }
        }
        let rounds = max(0, (least + Self.quantum - 1) / Self.quantum)
        let chosen = candidates.first { $0.missing <= rounds * Self.quantum }
        return chosen.map {
            Choice(
                part: $0.part, owner: $0.owner, rounds: rounds,
                candidates: candidates.map(\.owner))
        }
    }

    /// Takes what `next` found.
    mutating func take(_ choice: Choice) {
        remove(choice.part.key)
        for owner in choice.candidates { lines[owner]?.deficit += choice.rounds * Self.quantum }
        guard let owner = choice.owner, let turn = turns.firstIndex(of: owner) else { return }
        lines[owner]?.deficit -= choice.part.cost
        // It stays its turn for as long as it can pay.
        turns = Array(turns[turn...] + turns[..<turn])
        endTurn(of: owner)
    }

    /// Passes the turn on when the line's next part costs more than it has left.
    private mutating func endTurn(of owner: Address) {
        guard turns.first == owner, let line = lines[owner], let next = line.parts.first,
            next.cost > line.deficit
        else { return }
        turns.append(turns.removeFirst())
    }
}
