/// A module name or a regular expression for one, as the keys of PEFT's `rank_pattern` and `alpha_pattern` are.
///
/// PEFT matches `(.*\.)?(key)$` from the start of the module's name. The expressions that occur are read: literals, `.`,
/// escapes, `\d`, classes, groups with alternatives, `*`, `+`, `?`, `^` and `$`. Matching follows all alternatives at
/// once (Thompson 1968), so it takes at most (length of name × length of expression) steps, however they are nested.
struct ModulePattern: Sendable {
    private indirect enum Node: Sendable {
        case character(Set<UInt8>)
        case any
        /// The start of the name (`^`).
        case start
        case sequence([Node])
        case choice([Node])
        case repeated(Node, atLeastOnce: Bool)
        case optional(Node)
    }

    /// A state of the automaton; the numbers are the states that follow.
    private enum State: Sendable {
        case character(Set<UInt8>, Int)
        case any(Int)
        case start(Int)
        case fork([Int])
        case end
    }

    private var states: [State] = [.end]
    private var entry = 0

    /// Parses an expression; nil where it uses anything else than the above.
    init?(_ expression: String) {
        var parser = Parser(rest: Array(expression.utf8)[...])
        guard expression.utf8.count <= 1024, let node = parser.choice(depth: 0), parser.rest.isEmpty
        else { return nil }
        entry = add(node, next: 0)
    }

    /// Whether the expression matches the whole name or what follows one of its dots.
    func matches(_ module: String) -> Bool {
        let name = Array(module.utf8)
        var active: [Int] = []
        for (position, byte) in name.enumerated() {
            let isStart = position == 0 || name[position - 1] == UInt8(ascii: ".")
            active = follow(isStart ? active + [entry] : active, at: position).compactMap { state in
                switch states[state] {
                case .character(let bytes, let next): bytes.contains(byte) ? next : nil
                case .any(let next): next
                case .start, .fork, .end: nil
                }
            }
        }
        let isStart = name.isEmpty || name.last == UInt8(ascii: ".")
        return follow(isStart ? active + [entry] : active, at: name.count).contains(0)
    }

    /// The states that are reached from some without reading a byte, each once.
    private func follow(_ from: [Int], at position: Int) -> [Int] {
        var isReached = [Bool](repeating: false, count: states.count)
        var reached: [Int] = []
        var pending = from
        while let state = pending.popLast() {
            guard !isReached[state] else { continue }
            isReached[state] = true
            reached.append(state)
            switch states[state] {
            case .fork(let next): pending += next
            case .start(let next): if position == 0 { pending.append(next) }
            case .character, .any, .end: break
            }
        }
        return reached
    }

    /// Adds the states of a node that go on to `next`; returns the first of them.
    private mutating func add(_ node: Node, next: Int) -> Int {
        switch node {
        case .character(let bytes): return add(.character(bytes, next))
        case .any: return add(.any(next))
        case .start: return add(.start(next))
        case .sequence(let nodes): return nodes.reversed().reduce(next) { add($1, next: $0) }
        case .choice(let nodes): return add(.fork(nodes.map { add($0, next: next) }))
        case .optional(let node): return add(.fork([add(node, next: next), next]))
        case .repeated(let node, let atLeastOnce):
            let fork = add(.fork([next]))
            let first = add(node, next: fork)
            states[fork] = .fork([first, next])
            return atLeastOnce ? first : fork
        }
    }

    private mutating func add(_ state: State) -> Int {
        states.append(state)
        return states.count - 1
    }

    private struct Parser {
        var rest: ArraySlice<UInt8>

        mutating func choice(depth: Int) -> Node? {
            guard depth < 16 else { return nil }
            var alternatives: [Node] = []
            repeat {
                var nodes: [Node] = []
                while let next = rest.first, next != UInt8(ascii: "|"), next != UInt8(ascii: ")") {
                    if rest.elementsEqual("$".utf8) {
                        rest.removeFirst()
                        break
                    }
                    if take("^") {
                        nodes.append(.start)
                        continue
                    }
                    guard let atom = atom(depth: depth) else { return nil }
                    nodes.append(quantified(atom))
                }
                alternatives.append(.sequence(nodes))
            } while take("|")
            return alternatives.count == 1 ? alternatives[0] : .choice(alternatives)
        }

        private mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: character) else { return false }
            rest.removeFirst()
            return true
        }

        private mutating func quantified(_ atom: Node) -> Node {
            if take("*") { return .repeated(atom, atLeastOnce: false) }
            if take("+") { return .repeated(atom, atLeastOnce: true) }
            if take("?") { return .optional(atom) }
            return atom
        }

        private mutating func atom(depth: Int) -> Node? {
            guard let byte = rest.popFirst() else { return nil }
            switch byte {
            case UInt8(ascii: "."):
                return .any
            case UInt8(ascii: "("):
                if rest.starts(with: "?:".utf8) { rest.removeFirst(2) }
                guard let inner = choice(depth: depth + 1), take(")") else { return nil }
                return inner
            case UInt8(ascii: "["):
                return characterClass()
            case UInt8(ascii: "\\"):
                guard let escaped = rest.popFirst() else { return nil }
                if escaped == UInt8(ascii: "d") { return .character(Set("0123456789".utf8)) }
                // A letter means something else, a digit what a group matched.
                let scalar = Unicode.Scalar(escaped)
                let isPlain =
                    scalar.isASCII && !scalar.properties.isAlphabetic
                    && scalar.properties.numericType == nil
                return isPlain ? .character([escaped]) : nil
            case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"), UInt8(ascii: "{"),
                UInt8(ascii: "^"), UInt8(ascii: "$"):
                return nil
            default:
                return .character([byte])
            }
        }

        private mutating func characterClass() -> Node? {
            var bytes: Set<UInt8> = []
            while let byte = rest.popFirst() {
                if byte == UInt8(ascii: "]") { return bytes.isEmpty ? nil : .character(bytes) }
                guard byte != UInt8(ascii: "^"), byte != UInt8(ascii: "\\") else { return nil }
                if rest.first == UInt8(ascii: "-"), let last = rest.dropFirst().first,
                    last != UInt8(ascii: "]")
                {
                    guard byte <= last else { return nil }
                    bytes.formUnion(byte...last)
                    rest.removeFirst(2)
                } else {
                    bytes.insert(byte)
                }
            }
            return nil
        }
    }
}
