import Journal
import Wire

/// Who goes first.
enum PriorityClass: Int, CaseIterable, Sendable {
    case high, normal, low

    init(_ priority: WirePriority) {
        switch priority {
        case .high: self = .high
        case .low: self = .low
        case .normal, .unspecified, .UNRECOGNIZED: self = .normal
        }
    }

    /// Tokens that a line may spend in a round; for one of normal priority a short prompt with its reply.
    var quantum: Int {
        switch self {
        case .high: 2048
        case .normal: 512
        case .low: 128
        }
    }
}

/// The parts that wait for a worker, in a line for each connection and priority; bounded by whoever adds to it.
///
/// Lines get their turns by deficit round robin (Shreedhar and Varghese, 1995) in estimated tokens: whoever has much waiting
/// holds up nobody who has little. In a round of turns higher priorities go first and may spend more; what they do not spend is
/// for the others, so that nobody starves. What waits for clients that are gone comes after everything else.
struct FairQueue: Sendable {
    struct Waiting: Sendable {
        let key: PartKey
        /// The order of acceptance, which is kept within a line.
        let serial: UInt64
        let cost: Int
        let priority: PriorityClass
        let isSuspect: Bool
        /// It needs no slot.
        let isEncoding: Bool
        /// It waits on without its client, or for a client that may not know yet where to come back.
        let isKept: Bool
    }

    /// Whose a line is; nil: of clients that are gone.
    fileprivate struct LineKey: Hashable, Sendable {
        let owner: Address?
        let priority: PriorityClass
    }

    /// What one line holds, oldest first, and what it may still spend in its turn.
    private struct Line: Sendable {
        var parts: [Waiting] = []
        var cost = 0
        var deficit = 0
    }

    /// What all lines of a connection hold.
    private struct Total: Sendable {
        var load = QueueLoad()
        var encodingCount = 0
        var keptCount = 0

        mutating func add(_ part: Waiting, _ sign: Int) {
            load.parts += sign
            load.cost += sign * part.cost
            if part.isEncoding { encodingCount += sign }
            if part.isKept { keptCount += sign }
        }
    }

    private var lines: [LineKey: Line] = [:]
    /// Lines of connections that have something waiting, the one whose turn it is first.
    private var turns: [LineKey] = []
    private var places: [PartKey: LineKey] = [:]
    private var totals: [Address?: Total] = [:]
    /// Of all lines.
    private var total = Total()

    var count: Int { places.count }
    var isEmpty: Bool { places.isEmpty }
    /// Connections that have something waiting.
    var ownerCount: Int { totals.count - (totals[nil] == nil ? 0 : 1) }

    /// All that waits in other lines than this one.
    func load(besides owner: Address?) -> QueueLoad {
        var load = total.load
        load -= totals[owner]?.load ?? QueueLoad()
        return load
    }

    /// Estimated tokens that have their turn before a client's next part has had its own.
    ///
    /// Lines take turns, so that of each other one as much goes as of the client's.
    func cost(before owner: Address, _ priority: PriorityClass, adding cost: Int) -> Int {
        let own = (lines[LineKey(owner: owner, priority: priority)]?.cost ?? 0) + cost
        return lines.reduce(own - cost) { sum, entry in
            let (place, line) = entry
            guard place.owner != nil, place.owner != owner || place.priority != priority,
                place.priority.rawValue <= priority.rawValue
            else { return sum }
            return sum + (place.priority == priority ? min(line.cost, own) : line.cost)
        }
    }

    func count(of owner: Address?) -> Int { totals[owner]?.load.parts ?? 0 }

    func cost(of owner: Address?) -> Int { totals[owner]?.load.cost ?? 0 }

    /// How many parts were left by clients that are gone and do not want them any more.
    var abandonedCount: Int { count(of: nil) - keptCount(of: nil) }

    /// How many parts of a line wait on without their client.
    func keptCount(of owner: Address?) -> Int { totals[owner]?.keptCount ?? 0 }

    /// How many parts of a line need no slot.
    func encodingCount(of owner: Address?) -> Int { totals[owner]?.encodingCount ?? 0 }

    /// Whether any part waits that others could suffer from.
    private(set) var suspectCount = 0
    /// Parts that need no slot.
    var encodingCount: Int { total.encodingCount }

    /// Lines of clients that are gone, the highest priority first.
    private var orphans: [LineKey] {
        PriorityClass.allCases.map { LineKey(owner: nil, priority: $0) }
    }

    /// What others could suffer from, in the order of turns.
    var suspects: [Waiting] {
        guard suspectCount > 0 else { return [] }
        return (turns + orphans).flatMap { lines[$0]?.parts.filter(\.isSuspect) ?? [] }
    }

    /// What was left by clients that are gone and do not want it any more.
    var abandoned: [Waiting] {
        orphans.flatMap { lines[$0]?.parts.filter { !$0.isKept } ?? [] }
    }

    /// Adds a part where its age puts it in its client's line: one that comes back after a loss is not put behind younger
    /// ones.
    ///
    /// - Parameter owner: the client's connection; nil: it is gone.
    mutating func insert(_ part: Waiting, of owner: Address?) {
        let place = LineKey(owner: owner, priority: part.priority)
        let line = lines[place, default: Line()].parts
        let index =
            line.lastIndex {
                $0.serial < part.serial || $0.serial == part.serial && $0.key.part < part.key.part
            }
            .map { $0 + 1 } ?? 0
        lines[place, default: Line()].parts.insert(part, at: index)
        lines[place]?.cost += part.cost
        if owner != nil, line.isEmpty { turns.append(place) }
        places[part.key] = place
        totals[owner, default: Total()].add(part, 1)
        total.add(part, 1)
        if part.isSuspect { suspectCount += 1 }
    }

    @discardableResult
    mutating func remove(_ key: PartKey) -> Waiting? {
        guard let place = places.removeValue(forKey: key),
            let index = lines[place]?.parts.firstIndex(where: { $0.key == key }),
            let part = lines[place]?.parts.remove(at: index)
        else { return nil }
        lines[place]?.cost -= part.cost
        totals[place.owner]?.add(part, -1)
        total.add(part, -1)
        if part.isSuspect { suspectCount -= 1 }
        if totals[place.owner]?.load.parts == 0 { totals[place.owner] = nil }
        if lines[place]?.parts.isEmpty ?? true {
            lines[place] = nil
            turns.removeAll { $0 == place }
        }
        return part
    }

    /// Lets a part wait in another client's line; one that was all of its line takes along what that may spend.
    mutating func move(_ key: PartKey, to owner: Address?) {
        guard let before = places[key], before.owner != owner else { return }
        let after = LineKey(owner: owner, priority: before.priority)
        let deficit = lines[before]?.deficit ?? 0
        guard let part = remove(key) else { return }
        insert(part, of: owner)
        if lines[before] == nil, lines[after]?.parts.count == 1 { lines[after]?.deficit = deficit }
    }

    /// The part whose turn it is, and what that costs the lines.
    struct Choice {
        let part: Waiting
        let owner: Address?
        /// Rounds of turns in which nobody could have gone, for these lines.
        fileprivate let rounds: Int
        fileprivate let candidates: [LineKey]
    }

    /// Finds the part whose turn it is; nil when none may go now.
    ///
    /// - Parameters:
    ///   - mayGo: whether anything of a client may go.
    ///   - isFit: whether a part of such a client may.
    func next(of mayGo: (Address?) -> Bool, where isFit: (Waiting, Address?) -> Bool) -> Choice? {
        let candidates = turns.compactMap {
            place -> (place: LineKey, part: Waiting, rounds: Int)? in
            guard mayGo(place.owner), let line = lines[place],
                let part = line.parts.first(where: { isFit($0, place.owner) })
            else { return nil }
            let quantum = place.priority.quantum
            return (place, part, max(0, (part.cost - line.deficit + quantum - 1) / quantum))
        }
        guard let rounds = candidates.map(\.rounds).min() else {
            guard mayGo(nil) else { return nil }
            for place in orphans {
                guard let part = lines[place]?.parts.first(where: { isFit($0, nil) }) else {
                    continue
                }
                return Choice(part: part, owner: nil, rounds: 0, candidates: [])
            }
            return nil
        }
        let chosen = candidates.filter { $0.rounds == rounds }
            .min { $0.place.priority.rawValue < $1.place.priority.rawValue }
        return chosen.map {
            Choice(
                part: $0.part, owner: $0.place.owner, rounds: rounds,
                candidates: candidates.map(\.place))
        }
    }

    /// Takes what `next` found.
    mutating func take(_ choice: Choice) {
        remove(choice.part.key)
        for place in choice.candidates {
            lines[place]?.deficit += choice.rounds * place.priority.quantum
        }
        let place = LineKey(owner: choice.owner, priority: choice.part.priority)
        guard let turn = turns.firstIndex(of: place) else { return }
        lines[place]?.deficit -= choice.part.cost
        // It stays its turn for as long as it can pay.
        turns = Array(turns[turn...] + turns[..<turn])
        endTurn(of: place)
    }

    /// Passes the turn on when the line's next part costs more than it has left.
    private mutating func endTurn(of place: LineKey) {
        guard turns.first == place, let line = lines[place], let next = line.parts.first,
            next.cost > line.deficit
        else { return }
        turns.append(turns.removeFirst())
    }
}
