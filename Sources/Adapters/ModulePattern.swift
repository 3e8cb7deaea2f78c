/// A module name or a regular expression for one, as the keys of PEFT's `rank_pattern` and `alpha_pattern` are.
///
/// PEFT matches `(.*\.)?(key)$` from the start of the module's name. The expressions that occur are read: literals, `.`,
/// escapes, `\d`, classes, groups with alternatives, `*`, `+`, `?`, `^` and `$`. Matching follows all alternatives at
/// once, so no expression takes more than (length of name × length of expression) steps a repetition.
struct ModulePattern: Sendable {
    private indirect enum Node: Sendable {
        case character(Set<UInt8>)
        case any
        case sequence([Node])
        case choice([Node])
        case repeated(Node, atLeastOnce: Bool)
        case optional(Node)
    }

    private let root: Node

    /// Parses an expression; nil where it uses anything else than the above.
    init?(_ expression: String) {
        var parser = Parser(rest: Array(expression.utf8)[...])
        if parser.rest.first == UInt8(ascii: "^") { parser.rest.removeFirst() }
        guard expression.utf8.count <= 1024, let node = parser.choice(depth: 0), parser.rest.isEmpty
        else { return nil }
        root = node
    }

    /// Whether the expression matches the whole name or what follows one of its dots.
    func matches(_ module: String) -> Bool {
        let name = Array(module.utf8)
        var starts: Set<Int> = [0]
        for (index, byte) in name.enumerated() where byte == UInt8(ascii: ".") {
            starts.insert(index + 1)
        }
        return Self.ends(root, name, starts).contains(name.count)
    }

    /// The positions where a match that begins at one of `starts` may end.
    private static func ends(_ node: Node, _ name: [UInt8], _ starts: Set<Int>) -> Set<Int> {
        switch node {
        case .character(let bytes):
            return Set(starts.filter { $0 < name.count && bytes.contains(name[$0]) }.map { $0 + 1 })
        case .any:
            return Set(starts.filter { $0 < name.count }.map { $0 + 1 })
        case .sequence(let nodes):
            return nodes.reduce(starts) { ends($1, name, $0) }
        case .choice(let nodes):
            return nodes.reduce(into: []) { $0.formUnion(ends($1, name, starts)) }
        case .optional(let node):
            return starts.union(ends(node, name, starts))
        case .repeated(let node, let atLeastOnce):
            var reached = atLeastOnce ? ends(node, name, starts) : starts
            var fresh = reached
            while !fresh.isEmpty {
                fresh = ends(node, name, fresh).subtracting(reached)
                reached.formUnion(fresh)
            }
            return reached
        }
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
                let isLetter = Unicode.Scalar(escaped).properties.isAlphabetic
                return isLetter ? nil : .character([escaped])
            case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"), UInt8(ascii: "{"),
                UInt8(ascii: "^"), UInt8(ascii: "$"):
                return nil
            default:
                return .character([byte])
            }
        }

        private mutating func characterClass() -> Node? {
            var bytes: Set<UInt8> = []
            while let byte = rest.popFirst(), byte != UInt8(ascii: "]") {
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
            return bytes.isEmpty ? nil : .character(bytes)
        }
    }
}
