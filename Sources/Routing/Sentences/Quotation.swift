/// The quotation that a text is in: its stops end no sentence of the text around it.
///
/// A quotation ends with its closing mark, with the line, and after `lengthLimit` scalars, so that a mark without its
/// partner holds up no more than that.
struct Quotation {
    private var opener: Unicode.Scalar?
    private var length = 0

    private static let lengthLimit = 400

    var isOpen: Bool { opener != nil && length <= Self.lengthLimit }

    /// - Parameters:
    ///   - isSpaced: white space stands right before the scalar.
    ///   - startsWord: no letter, digit or stop does.
    mutating func take(_ scalar: Unicode.Scalar, isSpaced: Bool, startsWord: Bool) {
        length += 1
        if let opener {
            // A straight mark after a space opens again: the one before has no partner.
            if Self.closes(opener, with: scalar), !(opener == scalar && isSpaced) {
                self.opener = nil
            }
        } else if startsWord || !Self.mayBeEither(scalar), Self.isOpener(scalar) {
            opener = scalar
            length = 0
        }
    }

    /// A mark before white space opens nothing, but for the French one, which has a space inside.
    mutating func takeSpace() {
        if length == 0, opener != "«" { opener = nil }
    }

    private static func isOpener(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\"", "“", "„", "«", "»", "「", "『": true
        default: false
        }
    }

    /// Marks that open or close, as the language has it.
    private static func mayBeEither(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\"" || scalar == "»"
    }

    private static func closes(_ opener: Unicode.Scalar, with scalar: Unicode.Scalar) -> Bool {
        switch (opener, scalar) {
        case ("\"", "\""), ("“", "”"), ("„", "“"), ("„", "”"), ("«", "»"), ("»", "«"), ("「", "」"),
            ("『", "』"):
            true
        default: false
        }
    }
}
