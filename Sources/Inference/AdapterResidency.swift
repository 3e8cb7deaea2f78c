internal import DequeModule
internal import Tensors

/// Which adapters are in memory, within a number of bytes, and whose turn it is to have its own there; pure, so that it can be
/// tested without any.
///
/// A sequence has a turn when all adapters of its mix are in memory and kept there. It gets room for all of them at once or for
/// none, so that nobody holds what another one waits for. Turns are given in the order in which they were asked for; a
/// sequence that finds no room for longer than a turn's length takes the place of those that have had theirs for as long,
/// and they wait behind all others: so each comes to its turn again after a bounded number of steps. What nobody has in a turn
/// stays until its room is needed, the least recently used going first.
struct AdapterResidency {
    /// What is to be done outside, in this order.
    enum Order: Equatable {
        case evict(Digest)
        case load(Digest)
    }

    /// Steps that a turn lasts at least.
    static let turnLength = 64
    /// Adapters that are expected at most, and for how many steps: what was said may have come to nothing.
    private static let expectationLimit = 256
    static let expectationLength = 4 * turnLength

    private enum State { case absent, loading, resident }

    private struct Place {
        let byteCount: Int
        var state = State.absent
        /// Turns that it is part of.
        var turnCount = 0
        var lastUse = 0
        /// Somebody said that it will be asked for, nobody has yet, and it is not this step yet.
        var expectedUntil = 0
        var figures = AdapterFigures()
    }

    private struct Turn {
        let adapters: [Digest]
        /// When its adapters were there.
        var began: Int
        /// Adapters that are still being loaded.
        var missing: Set<Digest>
    }

    /// Bytes that adapters may take.
    let byteLimit: Int
    /// Bytes that are taken, by adapters that are being loaded too.
    private(set) var byteCount = 0
    private var places: [Digest: Place] = [:]
    private var turns: [Int: Turn] = [:]
    private var waiting: Deque<(sequence: Int, adapters: [Digest])> = []
    /// What will be asked for soon.
    private var expected: Deque<Digest> = []
    private var clock = 0
    /// For how many steps the first that waits has found no room.
    private var patience = 0

    init(byteLimit: Int) {
        self.byteLimit = byteLimit
    }

    // MARK: The shelf

    /// Takes up an adapter; what is in memory already may be more than the limit, and goes when room is needed.
    mutating func add(_ adapter: Digest, byteCount: Int, isResident: Bool) {
        guard places[adapter] == nil else { return }
        places[adapter] = Place(byteCount: byteCount, state: isResident ? .resident : .absent)
        if isResident { self.byteCount += byteCount }
    }

    /// Forgets an adapter that no turn has and nobody waits for, with its memory; what a load still brings of it is not taken.
    mutating func remove(_ adapter: Digest) {
        guard let place = places.removeValue(forKey: adapter) else { return }
        if place.state != .absent { byteCount -= place.byteCount }
    }

    /// Bytes that some adapters take together.
    func byteCount(of adapters: some Sequence<Digest>) -> Int {
        adapters.reduce(0) { $0 + (places[$1]?.byteCount ?? 0) }
    }

    func isLoading(_ adapter: Digest) -> Bool { places[adapter]?.state == .loading }

    func isResident(_ adapter: Digest) -> Bool { places[adapter]?.state == .resident }

    /// What became of an adapter so far.
    func figures(of adapter: Digest) -> AdapterFigures? {
        places[adapter].map { place in
            var figures = place.figures
            figures.isResident = place.state == .resident
            return figures
        }
    }

    // MARK: Turns

    /// Whether a sequence's turn is on, its adapters being there.
    func hasTurn(_ sequence: Int) -> Bool { turns[sequence]?.missing.isEmpty ?? false }

    /// Asks for a turn with some adapters, each once, that fit the limit together; one with others that the sequence has ends.
    mutating func ask(_ sequence: Int, for adapters: [Digest]) {
        guard turns[sequence]?.adapters != adapters else { return }
        end(sequence)
        waiting.append((sequence, adapters))
    }

    /// Ends a sequence's turn, or its waiting.
    mutating func end(_ sequence: Int) {
        if let turn = turns.removeValue(forKey: sequence) {
            for adapter in turn.adapters {
                places[adapter]?.turnCount -= 1
                places[adapter]?.lastUse = clock
            }
        } else if let index = waiting.firstIndex(where: { $0.sequence == sequence }) {
            waiting.remove(at: index)
            if index == 0 { patience = 0 }
        }
    }

    /// Says that adapters will be asked for: they are loaded while nothing else is.
    mutating func expect(_ adapters: some Sequence<Digest>) {
        for adapter in adapters {
            guard let place = places[adapter] else { continue }
            places[adapter]?.expectedUntil = clock + Self.expectationLength
            guard place.state == .absent, !expected.contains(adapter) else { continue }
            expected.append(adapter)
            if expected.count > Self.expectationLimit, let oldest = expected.popFirst() {
                places[oldest]?.expectedUntil = 0
            }
        }
    }

    /// Goes on by a step: gives turns, and says what has to be loaded and evicted for them.
    mutating func advance() -> [Order] {
        clock += 1
        var orders: [Order] = []
        var blocked: Deque<(sequence: Int, adapters: [Digest])> = []
        while let next = waiting.popFirst() {
            // Nobody that takes room overtakes one that has waited for long.
            let mayBegin =
                blocked.isEmpty || next.adapters.isEmpty || patience < Self.turnLength
            if mayBegin, begin(next.sequence, next.adapters, &orders) {
                if blocked.isEmpty { patience = 0 }
            } else {
                blocked.append(next)
            }
        }
        waiting = blocked
        if let first = waiting.first {
            patience += 1
            if patience >= Self.turnLength { yieldTurns(to: first.adapters) }
        }
        if waiting.isEmpty { loadExpected(&orders) }
        return orders
    }

    /// Takes note of a load that is over.
    ///
    /// - Returns: the sequences whose turns end because it failed; they do not wait any more.
    mutating func finishLoad(of adapter: Digest, seconds: Double, succeeded: Bool) -> [Int] {
        guard let place = places[adapter], place.state == .loading else { return [] }
        guard succeeded else {
            places[adapter]?.state = .absent
            byteCount -= place.byteCount
            let holders = turns.filter { $0.value.adapters.contains(adapter) }.keys.sorted()
            for sequence in holders { end(sequence) }
            return holders
        }
        places[adapter]?.state = .resident
        places[adapter]?.lastUse = clock
        places[adapter]?.figures.loadCount += 1
        places[adapter]?.figures.loadSeconds = seconds
        for (sequence, turn) in turns where turn.missing.contains(adapter) {
            turns[sequence]?.missing.remove(adapter)
            turns[sequence]?.began = clock
        }
        return []
    }

    // MARK: Room

    /// Whether an adapter has to stay where it is.
    private func isFixed(_ place: Place) -> Bool {
        place.turnCount > 0 || place.state == .loading
    }

    /// Bytes of some adapters that nothing holds in memory yet.
    private func newBytes(_ adapters: [Digest]) -> Int {
        adapters.reduce(0) { sum, adapter in
            guard let place = places[adapter], !isFixed(place) else { return sum }
            return sum + place.byteCount
        }
    }

    private var fixedByteCount: Int {
        places.values.reduce(0) { $0 + (isFixed($1) ? $1.byteCount : 0) }
    }

    /// Begins a turn if there is room for all of its adapters.
    private mutating func begin(
        _ sequence: Int, _ adapters: [Digest], _ orders: inout [Order]
    ) -> Bool {
        let new = newBytes(adapters)
        guard new == 0 || fixedByteCount + new <= byteLimit else { return false }
        for adapter in adapters {
            places[adapter]?.turnCount += 1
            places[adapter]?.lastUse = clock
            places[adapter]?.expectedUntil = 0
            places[adapter]?.figures.useCount += 1
        }
        var missing: Set<Digest> = []
        for adapter in adapters {
            switch places[adapter]?.state {
            case .absent:
                load(adapter, &orders)
                missing.insert(adapter)
            case .loading: missing.insert(adapter)
            case .resident, nil: break
            }
        }
        turns[sequence] = Turn(adapters: adapters, began: clock, missing: missing)
        return true
    }

    /// Has an adapter loaded in the place of those that were used least recently.
    private mutating func load(_ adapter: Digest, _ orders: inout [Order]) {
        let needed = places[adapter]?.byteCount ?? 0
        while byteCount + needed > byteLimit, let victim = leastRecentlyUsed {
            places[victim]?.state = .absent
            places[victim]?.expectedUntil = 0
            places[victim]?.figures.evictionCount += 1
            byteCount -= places[victim]?.byteCount ?? 0
            orders.append(.evict(victim))
        }
        places[adapter]?.state = .loading
        byteCount += needed
        orders.append(.load(adapter))
    }

    /// What goes next; what is expected comes last.
    private var leastRecentlyUsed: Digest? {
        places.filter { $0.value.state == .resident && $0.value.turnCount == 0 }
            .min {
                (isExpected($0.value) ? 1 : 0, $0.value.lastUse, $0.key)
                    < (isExpected($1.value) ? 1 : 0, $1.value.lastUse, $1.key)
            }?.key
    }

    /// Bytes that a load may not take for what is only expected.
    private var keptByteCount: Int {
        places.values.reduce(0) { $0 + (isFixed($1) || isAwaited($1) ? $1.byteCount : 0) }
    }

    private func isExpected(_ place: Place) -> Bool { clock < place.expectedUntil }

    private func isAwaited(_ place: Place) -> Bool { isExpected(place) && place.state == .resident }

    /// Ends turns that have lasted, the longest first, until there is room for some adapters.
    private mutating func yieldTurns(to adapters: [Digest]) {
        let lasting = turns.filter {
            clock - $0.value.began >= Self.turnLength && $0.value.missing.isEmpty
        }
        .sorted { ($0.value.began, $0.key) < ($1.value.began, $1.key) }
        for (sequence, turn) in lasting where fixedByteCount + newBytes(adapters) > byteLimit {
            guard !turn.adapters.allSatisfy(adapters.contains) else { continue }
            end(sequence)
            waiting.append((sequence, turn.adapters))
        }
    }

    /// Loads what is expected, one at a time and only where nothing has to go that is expected too.
    private mutating func loadExpected(_ orders: inout [Order]) {
        guard !expected.isEmpty, !places.values.contains(where: { $0.state == .loading }) else {
            return
        }
        while let next = expected.popFirst() {
            guard let place = places[next], isExpected(place), place.state == .absent else {
                continue
            }
            guard keptByteCount + place.byteCount <= byteLimit else {
                for adapter in [next] + expected { places[adapter]?.expectedUntil = 0 }
                return expected.removeAll()
            }
            load(next, &orders)
            return
        }
    }
}
