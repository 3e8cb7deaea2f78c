/// The number of an item in a list that runs within a line: "2.", "2)", "(2)" or "2.)".
struct ListMarker: Equatable {
    let number: Int
    /// It ends in a bracket, not in a stop.
    let isBracketed: Bool

    /// Digits of a marker.
    private static let digitLimit = 3

    init(number: Int, isBracketed: Bool) {
        self.number = number
        self.isBracketed = isBracketed
    }

    /// Reads a whole word; nil if it is no marker.
    init?(_ scalars: ArraySlice<Unicode.Scalar>) {
        let inner = scalars.first == "(" ? scalars.dropFirst() : scalars
        let digits = inner.prefix { (0x30...0x39).contains($0.value) }
        guard (1...Self.digitLimit).contains(digits.count) else { return nil }
        switch Array(inner.dropFirst(digits.count)) {
        case ["."]: isBracketed = false
        case [")"], [".", ")"]: isBracketed = true
        default: return nil
        }
        number = digits.reduce(0) { 10 * $0 + Int($1.value - 0x30) }
    }

    /// The marker of the item after it.
    var next: ListMarker { ListMarker(number: number + 1, isBracketed: isBracketed) }

    /// Whether the marker may begin with a scalar.
    func mayBegin(with scalar: Unicode.Scalar) -> Bool {
        isBracketed && scalar == "(" || "\(number)".unicodeScalars.first == scalar
    }
}
