/// A loop that runs: what `loop` knows.
struct LoopState {
    let id: Int
    let loop: Statement.Loop
    /// Where the loop stands.
    let scope: Int
    let depth: Int
    private let candidates: [Value]
    private var cursor = 0
    /// The items so far, with those that were looked at ahead of their turn.
    var items: [Value] = []
    var index = -1
    /// What `loop.changed` was last asked about.
    var remembered: Items?

    init(_ loop: Statement.Loop, id: Int, scope: Int, depth: Int, candidates: [Value]) {
        self.loop = loop
        self.id = id
        self.scope = scope
        self.depth = depth
        self.candidates = candidates
    }

    mutating func nextCandidate() -> Value? {
        guard cursor < candidates.count else { return nil }
        cursor += 1
        return candidates[cursor - 1]
    }

}

extension Renderer {
    /// Runs a loop over what its items are.
    mutating func iterate(
        _ loop: Statement.Loop, over candidates: [Value], depth: Int, scope: Int
    ) throws(Fault) -> Flow {
        loopCount += 1
        loops.append(
            LoopState(loop, id: loopCount, scope: scope, depth: depth, candidates: candidates))
        let position = loops.count - 1
        let isCompleted = try runBody(of: loop, position, scope: scope)
        loops.removeLast()
        if isCompleted || loop.otherwise.isEmpty { return .normal }
        let previous = scopes.enter(parent: scope)
        defer { scopes.leave(for: previous) }
        return try execute(loop.otherwise)
    }

    /// Whether the body ran to its end at least once; jinja2 takes `else` otherwise.
    private mutating func runBody(
        of loop: Statement.Loop, _ position: Int, scope: Int
    ) throws(Fault) -> Bool {
        var isCompleted = false
        while let item = try takeItem(position) {
            try budget.step()
            let previous = scopes.enter(parent: scope)
            defer { scopes.leave(for: previous) }
            try assign(item, to: loop.target)
            scopes.set(NameTable.loop, to: .loop(loops[position].id))
            switch try execute(loop.body) {
            case .normal: isCompleted = true
            case .continues: break
            case .breaks: return isCompleted
            }
        }
        return isCompleted
    }

    /// Goes on to the next item.
    private mutating func takeItem(_ position: Int) throws(Fault) -> Value? {
        let item = try peek(position)
        loops[position].index += 1
        return item
    }

    /// The next candidate that passes the loop's filter; it is asked only when its turn comes.
    private mutating func findItem(_ position: Int) throws(Fault) -> Value? {
        let loop = loops[position].loop
        while let item = loops[position].nextCandidate() {
            guard let filter = loop.filter else { return item }
            let previous = scopes.enter(parent: loops[position].scope)
            defer { scopes.leave(for: previous) }
            try assign(item, to: loop.target)
            if try value(of: filter).isTrue { return item }
        }
        return nil
    }

    // MARK: What templates ask

    private func position(ofLoop id: Int) throws(Fault) -> Int {
        guard let position = loops.lastIndex(where: { $0.id == id }) else {
            throw Fault(.unsupported, "'loop' is used after its loop has ended")
        }
        return position
    }

    /// A member of `loop`; nil when there is none of the name.
    mutating func member(_ name: String, ofLoop id: Int) throws(Fault) -> Value? {
        let position = try position(ofLoop: id)
        let state = loops[position]
        switch name {
        case "index": return .int(state.index + 1)
        case "index0": return .int(state.index)
        case "first": return .bool(state.index == 0)
        case "last": return .bool(try peek(position) == nil)
        case "length": return .int(try length(position))
        case "revindex": return .int(try length(position) - state.index)
        case "revindex0": return .int(try length(position) - state.index - 1)
        case "depth": return .int(state.depth + 1)
        case "depth0": return .int(state.depth)
        case "previtem":
            return state.index > 0
                ? state.items[state.index - 1] : .undefined(.hint("there is no previous item"))
        case "nextitem": return try peek(position) ?? .undefined(.hint("there is no next item"))
        default: return nil
        }
    }

    private mutating func peek(_ position: Int) throws(Fault) -> Value? {
        let next = loops[position].index + 1
        if next == loops[position].items.count, let item = try findItem(position) {
            loops[position].items.append(item)
        }
        return next < loops[position].items.count ? loops[position].items[next] : nil
    }

    private mutating func length(_ position: Int) throws(Fault) -> Int {
        while let item = try findItem(position) { loops[position].items.append(item) }
        return loops[position].items.count
    }

    /// `loop.cycle` and `loop.changed`.
    mutating func callMethod(
        _ name: String, ofLoop id: Int, _ call: Call
    ) throws(Fault) -> Value {
        let position = try position(ofLoop: id)
        try call.refuseNamed(of: "loop.\(name)")
        if name == "cycle" {
            guard !call.positional.isEmpty else {
                throw Fault(.runtime, "no items for cycling given")
            }
            return call.positional[loops[position].index % call.positional.count]
        }
        let asked = Value.tuple(try Items(call.positional))
        if let remembered = loops[position].remembered,
            try asked.equals(.tuple(remembered), &budget)
        {
            return .bool(false)
        }
        loops[position].remembered = try Items(call.positional)
        return .bool(true)
    }

    /// `loop(items)` of a recursive loop.
    mutating func recurse(loop id: Int, _ call: Call) throws(Fault) -> Value {
        let state = loops[try position(ofLoop: id)]
        guard state.loop.isRecursive else {
            throw Fault(.runtime, "tried to call a loop that is not recursive")
        }
        let items = try call.bind(["iterable"], required: 1, of: "loop")[0] ?? .none
        var outer = Text()
        swap(&outer, &output)
        _ = try iterate(
            state.loop, over: try members(of: items), depth: state.depth + 1, scope: state.scope)
        swap(&outer, &output)
        return .text(outer)
    }
}
