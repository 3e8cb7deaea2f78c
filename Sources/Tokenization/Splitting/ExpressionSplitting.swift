/// Cutting a text where an expression matches, as `Split` of the `tokenizers` package does.
struct ExpressionSplitting: Sendable, Equatable {
    /// What becomes of the matches.
    enum Behavior: String, Sendable {
        case removed = "Removed"
        case isolated = "Isolated"
        case mergedWithPrevious = "MergedWithPrevious"
        case mergedWithNext = "MergedWithNext"
        case contiguous = "Contiguous"
    }

    var expression: SplitExpression
    var behavior = Behavior.isolated
    /// Whether what is between the matches counts as matches instead.
    var isInverted = false

    private struct Piece {
        var range: Range<Int>
        var isMatch: Bool
    }

    /// The pieces of a text, in order.
    ///
    /// - Throws: for a text that the expression needs too many steps for.
    func pieces(of text: Span<UInt8>) throws(TokenizationError) -> [Range<Int>] {
        var pieces: [Piece] = []
        var start = 0
        for match in try expression.matches(in: text) {
            if start < match.lowerBound {
                pieces.append(Piece(range: start..<match.lowerBound, isMatch: isInverted))
            }
            pieces.append(Piece(range: match, isMatch: !isInverted))
            start = match.upperBound
        }
        if start < text.count {
            pieces.append(Piece(range: start..<text.count, isMatch: isInverted))
        }
        return joined(pieces)
    }

    private func joined(_ pieces: [Piece]) -> [Range<Int>] {
        switch behavior {
        case .removed: return pieces.filter { !$0.isMatch }.map(\.range)
        case .isolated: return pieces.map(\.range)
        case .mergedWithNext:
            return Self.joined(pieces.reversed()) { $0.isMatch && !$1 }.reversed()
        case .mergedWithPrevious: return Self.joined(pieces) { $0.isMatch && !$1 }
        case .contiguous: return Self.joined(pieces) { $0.isMatch == $1 }
        }
    }

    /// Neighbours become one where `joins` says so of a piece and of whether the one before was a match.
    private static func joined(
        _ pieces: [Piece], where joins: (Piece, Bool) -> Bool
    ) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var wasMatch = false
        for piece in pieces {
            if let last = ranges.last, joins(piece, wasMatch) {
                ranges[ranges.count - 1] =
                    min(
                        last.lowerBound, piece.range.lowerBound)..<max(
                        last.upperBound, piece.range.upperBound)
            } else {
                ranges.append(piece.range)
            }
            wasMatch = piece.isMatch
        }
        return ranges
    }
}
