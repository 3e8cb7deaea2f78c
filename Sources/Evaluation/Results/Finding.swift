/// Something that the figures say, in a sentence.
public struct Finding: Sendable, Equatable {
    public enum Kind: String, Sendable {
        /// What to use.
        case recommendation
        /// Something helps.
        case gain
        /// Something harms.
        case loss
        /// No difference is to be seen.
        case level
        /// What the others have to be read with.
        case note
    }

    public let kind: Kind
    public let text: String

    init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }

    /// A lead in words, such as `A beats B by 3.1 points (0.5 to 5.8)`.
    ///
    /// - Parameter unit: of the lead, such as points.
    init(_ lead: Lead, of subject: String, over rival: String, unit: String, on task: String) {
        let range = "\(Number.signed(lead.interval.low)) to \(Number.signed(lead.interval.high))"
        let size = Number.plain(abs(lead.points))
        if lead.interval.isAboveZero {
            self.init(.gain, "\(task): \(subject) beats \(rival) by \(size) \(unit) (\(range)).")
        } else if lead.interval.isBelowZero {
            self.init(
                .loss, "\(task): \(subject) loses to \(rival) by \(size) \(unit) (\(range)).")
        } else {
            self.init(
                .level,
                "\(task): \(subject) and \(rival) are level (\(Number.signed(lead.points)) \(unit), \(range))."
            )
        }
    }
}

/// Numbers as reports print them.
enum Number {
    /// One digit after the point.
    static func plain(_ value: Double) -> String {
        let tenths = (abs(value) * 10).rounded()
        guard tenths.isFinite, tenths < 1e15 else { return "\(value)" }
        let whole = Int(tenths)
        return "\(value < 0 && whole > 0 ? "−" : "")\(whole / 10).\(whole % 10)"
    }

    /// A part as a percentage, without digits that are zeros.
    static func percent(_ part: Double) -> String {
        let text = plain(100 * part)
        return (text.hasSuffix(".0") ? String(text.dropLast(2)) : text) + " %"
    }

    /// With a sign, unless it is zero.
    static func signed(_ value: Double) -> String {
        let text = plain(value)
        return value > 0 && text != "0.0" ? "+\(text)" : text
    }
}
