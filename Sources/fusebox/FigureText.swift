/// Numbers as people read them, whatever a service says.
extension Double {
    /// Without a fraction.
    var wholeText: String {
        magnitude < 1e18 ? "\(Int(rounded()))" : "-"
    }

    /// With two digits after the point.
    var hundredthsText: String {
        guard magnitude < 1e15 else { return "-" }
        let hundredths = Int((self * 100).rounded())
        let rest = abs(hundredths) % 100
        return
            "\(hundredths < 0 ? "-" : "")\(abs(hundredths) / 100).\(rest < 10 ? "0" : "")\(rest)"
    }

    /// Milliseconds, to a tenth where they are few.
    var millisecondsText: String {
        magnitude < 100 ? "\((self * 10).rounded() / 10)" : wholeText
    }

    /// What it is of a whole, from 0 to 1; 0 of nothing.
    func share(of whole: Double) -> Double {
        whole > 0 && self > 0 ? min(self / whole, 1) : 0
    }

    /// A share in whole percents, rounded down.
    var percentText: String { "\(Int(100 * self)) %" }
}
