/// A regular expression as Python's `re` reads it, in ASCII; in a text of other characters `.` and classes stand for its bytes.
///
/// Read are literals, `.`, escapes, classes, groups, alternatives, `*`, `+`, `?` and counted repetitions, greedy or lazy, and
/// `^`, `$`, `\A`, `\Z`, `\b`, `\B` and lookaheads. Lookbehinds, backreferences, inline flags, conditionals, atomic groups and possessive
/// repetitions are refused by name. Matching follows all alternatives at once (Thompson 1968), so it takes at most (length of
/// the name × states) steps, however repetitions are nested.
public struct RegularExpression: Sendable, Hashable {
    /// What holds between two characters.
    enum Assertion: Sendable, Hashable {
        case start, end, boundary, noBoundary
        case ahead(RegularExpression, isNegative: Bool)
    }

    indirect enum Node: Sendable, Hashable {
        case character(Set<UInt8>)
        case assertion(Assertion)
        case sequence([Node])
        case choice([Node])
        /// From `least` to `most` times; nil: without end.
        case repeated(Node, least: Int, most: Int?)
    }

    /// A state of the automaton; the numbers are the states that follow.
    private enum State: Sendable, Hashable {
        case character(Set<UInt8>, Int)
        case assertion(Assertion, Int)
        case fork([Int])
        case end
    }

    /// Bytes of an expression and states of its automaton at most: far more than lists of a model's layers take.
    private static let largestLength = 1 << 16
    private static let largestStateCount = 1 << 14

    private var states: [State] = [.end]
    private var entry = 0

    /// Parses an expression.
    ///
    /// - Throws: naming the construct, for what Python refuses and for what is not read.
    init(_ expression: String) throws(RegularExpressionError) {
        guard expression.utf8.count <= Self.largestLength else {
            throw RegularExpressionError("it is longer than \(Self.largestLength) bytes")
        }
        var parser = try RegularExpressionParser(expression)
        try self.init(parser.parse())
    }

    init(_ node: Node) throws(RegularExpressionError) {
        entry = try add(node, next: 0)
    }

    /// Parses an expression that may stand anywhere in a text, as `re.search` has it; `isFound` asks for it.
    ///
    /// - Throws: as the one without a label does.
    public init(searching expression: String) throws(RegularExpressionError) {
        guard expression.utf8.count <= Self.largestLength else {
            throw RegularExpressionError("it is longer than \(Self.largestLength) bytes")
        }
        var parser = try RegularExpressionParser(expression)
        let before = Node.repeated(
            .character(RegularExpressionParser.all), least: 0, most: nil)
        try self.init(.sequence([before, try parser.parse()]))
    }

    /// Whether an expression made for it stands somewhere in a text.
    public func isFound(in text: String) -> Bool {
        matchesStart(of: text)
    }

    /// Whether the expression matches all of a name, as `re.fullmatch` has it.
    func matchesAll(of name: String) -> Bool {
        run(Array(name.utf8), from: 0) { reached, isAtEnd in isAtEnd && reached }
    }

    /// Whether the expression matches from the beginning of a name, as `re.match` has it.
    func matchesStart(of name: String) -> Bool {
        run(Array(name.utf8), from: 0) { reached, _ in reached }
    }

    /// Whether `isDone` holds at some place; it is told whether the expression may end there, and whether the name does.
    private func run(
        _ name: [UInt8], from start: Int, until isDone: (Bool, Bool) -> Bool
    ) -> Bool {
        var active = follow([entry], at: start, in: name)
        for position in start..<name.count {
            if isDone(active.contains(0), false) { return true }
            var next: [Int] = []
            for state in active {
                if case .character(let accepted, let after) = states[state],
                    accepted.contains(name[position])
                {
                    next.append(after)
                }
            }
            if next.isEmpty { return false }
            active = follow(next, at: position + 1, in: name)
        }
        return isDone(active.contains(0), true)
    }

    /// The states that are reached from some without reading a byte, each once.
    private func follow(_ from: [Int], at position: Int, in name: [UInt8]) -> [Int] {
        var isSeen = [Bool](repeating: false, count: states.count)
        var reached: [Int] = []
        var pending = from
        while let state = pending.popLast() {
            guard !isSeen[state] else { continue }
            isSeen[state] = true
            reached.append(state)
            switch states[state] {
            case .fork(let next): pending += next
            case .assertion(let assertion, let next):
                if Self.holds(assertion, at: position, in: name) { pending.append(next) }
            case .character, .end: break
            }
        }
        return reached
    }

    private static func holds(_ assertion: Assertion, at position: Int, in name: [UInt8]) -> Bool {
        func isWord(_ place: Int) -> Bool {
            name.indices.contains(place) && RegularExpressionParser.word.contains(name[place])
        }
        return switch assertion {
        case .start: position == 0
        case .end: position == name.count
        case .boundary: isWord(position - 1) != isWord(position)
        case .noBoundary: isWord(position - 1) == isWord(position)
        case .ahead(let expression, let isNegative):
            expression.run(name, from: position) { reached, _ in reached } != isNegative
        }
    }

    /// Adds the states of a node that go on to `next`; returns the first of them.
    private mutating func add(_ node: Node, next: Int) throws(RegularExpressionError) -> Int {
        switch node {
        case .character(let bytes): return try add(.character(bytes, next))
        case .assertion(let assertion): return try add(.assertion(assertion, next))
        case .sequence(let nodes):
            var first = next
            for node in nodes.reversed() { first = try add(node, next: first) }
            return first
        case .choice(let nodes):
            var starts: [Int] = []
            for node in nodes { starts.append(try add(node, next: next)) }
            return try add(.fork(starts))
        case .repeated(let node, let least, let most):
            var first = next
            if let most {
                for _ in least..<most {
                    first = try add(.fork([add(node, next: first), next]))
                }
            } else {
                first = try add(.fork([next]))
                states[first] = .fork([try add(node, next: first), next])
            }
            for _ in 0..<least { first = try add(node, next: first) }
            return first
        }
    }

    private mutating func add(_ state: State) throws(RegularExpressionError) -> Int {
        guard states.count < Self.largestStateCount else {
            throw RegularExpressionError("its repetitions are too large")
        }
        states.append(state)
        return states.count - 1
    }
}

/// Why an expression is not read.
public struct RegularExpressionError: Error, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
