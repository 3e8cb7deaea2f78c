/// A moment as a calendar and a clock show it, for `strftime_now`.
public struct CivilTime: Sendable, Hashable {
    public var year: Int
    /// 1 to 12.
    public var month: Int
    /// 1 to 31.
    public var day: Int
    public var hour: Int
    public var minute: Int
    public var second: Int

    public init(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
    }

    private static let daysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ]
    private static let weekdays = [
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    ]

    private var isLeapYear: Bool {
        year.isMultiple(of: 4) && !year.isMultiple(of: 100) || year.isMultiple(of: 400)
    }

    /// 1 to 366.
    private var dayOfYear: Int {
        let before = Self.daysBefore[(month - 1).remainder(by: 12)]
        return before + day + (month > 2 && isLeapYear ? 1 : 0)
    }

    /// 0 is Sunday; Sakamoto's rule.
    private var weekday: Int {
        let shifts = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4]
        let year = month < 3 ? year - 1 : year
        let leaps =
            year.floorDivided(by: 4) - year.floorDivided(by: 100)
            + year.floorDivided(by: 400)
        return (year + leaps + shifts[(month - 1).remainder(by: 12)] + day).remainder(by: 7)
    }

    /// The time in a format of C's `strftime`, in the C locale.
    ///
    /// `-` after `%` leaves leading zeros out. Directives that are not known stay as they are.
    func formatted(_ format: String) -> String {
        var result = ""
        var rest = format.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            guard scalar == "%", let first = rest.popFirst() else {
                result.unicodeScalars.append(scalar)
                continue
            }
            var directive = first
            var isPadded = true
            if first == "-", let next = rest.popFirst() {
                directive = next
                isPadded = false
            }
            result += field(directive, isPadded) ?? (isPadded ? "%\(directive)" : "%-\(directive)")
        }
        return result
    }

    private func field(_ directive: Unicode.Scalar, _ isPadded: Bool) -> String? {
        func number(_ value: Int, _ width: Int = 2, _ fill: String = "0") -> String {
            let digits = String(value)
            guard isPadded, digits.count < width else { return digits }
            return String(repeating: fill, count: width - digits.count) + digits
        }
        let month = Self.months[(month - 1).remainder(by: 12)]
        let hourOfHalf = (hour + 11) % 12 + 1
        switch directive {
        case "a": return String(Self.weekdays[weekday].prefix(3))
        case "A": return Self.weekdays[weekday]
        case "b", "h": return String(month.prefix(3))
        case "B": return month
        case "d": return number(day)
        case "e": return number(day, 2, " ")
        case "D": return formatted("%m/%d/%y")
        case "F": return formatted("%Y-%m-%d")
        case "T", "X": return formatted("%H:%M:%S")
        case "R": return formatted("%H:%M")
        case "x": return formatted("%m/%d/%y")
        case "c": return formatted("%a %b %e %H:%M:%S %Y")
        case "r": return formatted("%I:%M:%S %p")
        case "H": return number(hour)
        case "I": return number(hourOfHalf)
        case "j": return number(dayOfYear, 3)
        case "m": return number(self.month)
        case "M": return number(minute)
        case "p": return hour < 12 ? "AM" : "PM"
        case "S": return number(second)
        case "u": return String(weekday == 0 ? 7 : weekday)
        case "w": return String(weekday)
        case "y": return number(year.remainder(by: 100))
        case "Y": return String(year)
        case "n": return "\n"
        case "t": return "\t"
        case "%": return "%"
        // Python's `datetime.now()` has no zone, so these are empty.
        case "z", "Z": return ""
        default: return nil
        }
    }
}

extension Int {
    /// Rounded towards minus infinity; the divisor is positive.
    fileprivate func floorDivided(by divisor: Int) -> Int {
        (self - remainder(by: divisor)) / divisor
    }

    /// At least 0; the divisor is positive.
    fileprivate func remainder(by divisor: Int) -> Int {
        let remainder = self % divisor
        return remainder < 0 ? remainder + divisor : remainder
    }
}
