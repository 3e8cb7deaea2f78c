/// A regular expression that cuts a text: alternatives, tried in order, of sequences of repeated sets of characters.
///
/// That is the part of the language that the split patterns of published tokenizers need; what backtracks without bound has no
/// place in it. Meanings are those of Oniguruma, which the `tokenizers` package runs.
struct SplitExpression: Sendable, Equatable {
    enum Atom: Sendable, Equatable {
        case set(ScalarSet)
        /// One of some short words, a set for each character.
        case words([[ScalarSet]])
        /// `(?!a)`: nothing, not before one of these.
        case notBefore(ScalarSet)
        /// `$`: nothing, at the end of a line.
        case lineEnd
    }

    struct Item: Sendable, Equatable {
        var atom: Atom
        var least = 1
        var most = 1
        /// Whether it gives nothing back of what it took.
        var isPossessive = false
    }

    /// Each takes at least one character.
    let alternatives: [[Item]]

    init(alternatives: [[Item]]) {
        self.alternatives = alternatives
    }

    /// A text that is looked for as it is.
    init(literal: String) {
        self.init(
            alternatives: [literal.unicodeScalars.map { Item(atom: .set(ScalarSet($0))) }])
    }

    /// Reads an expression.
    ///
    /// - Throws: with the construct that is not known.
    init(_ text: String) throws(TokenizationError) {
        var parser = SplitExpressionParser(text)
        alternatives = try parser.alternatives()
    }

    /// The run that the only alternative begins with; nil where there is none.
    ///
    /// What does not match at a place does not match inside the run that begins there either.
    var leadingRun: ScalarSet? {
        guard alternatives.count == 1, let first = alternatives.first?.first,
            case .set(let set) = first.atom, first.least == 1, first.most == .max
        else { return nil }
        return set
    }
}
