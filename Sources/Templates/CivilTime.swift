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
    public var microsecond: Int

    public init(
        year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0,
        microsecond: Int = 0
    ) {
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
        self.microsecond = microsecond
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

    /// The week of ISO 8601, which belongs to the year that has its Thursday.
    private var weekOfYear: (year: Int, week: Int) {
        let thursday = dayOfYear + 3 - (weekday + 6) % 7
        let dayCount = isLeapYear ? 366 : 365
        if thursday < 1 {
            return CivilTime(year: year - 1, month: 12, day: 31).weekOfYear
        }
        return thursday > dayCount ? (year + 1, 1) : (year, (thursday + 6) / 7)
    }

    /// The time in a format of C's `strftime`, in the C locale, as Python's `datetime.now()` gives it.
    ///
    /// A flag after `%` says how numbers are filled up, or makes capitals. Directives that are not known stay as they are; each
    /// makes at most 24 characters.
    func formatted(_ format: String) -> String {
        var result = ""
        var rest = format.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            guard scalar == "%", let first = rest.popFirst() else {
                result.unicodeScalars.append(scalar)
                continue
            }
            let flag = Flag(rawValue: first)
            guard let directive = flag == nil ? first : rest.popFirst() else {
                result += "%\(first)"
                break
            }
            let text = field(directive, flag)
            result += text ?? "%" + (flag.map { "\($0.rawValue)" } ?? "") + "\(directive)"
        }
        return result
    }

    /// glibc's between `%` and the directive.
    private enum Flag: Unicode.Scalar {
        case none = "-"
        case blanks = "_"
        case zeros = "0"
        case capitals = "^"
    }

    private func field(_ directive: Unicode.Scalar, _ flag: Flag?) -> String? {
        if let number = number(directive) {
            return number.text(flag)
        }
        let text = name(directive)
        return flag == .capitals ? text?.uppercased() : text
    }

    private struct Number {
        let value: Int
        var width = 2
        var fill: Character = "0"

        func text(_ flag: Flag?) -> String {
            let digits = String(value)
            var fill = fill
            switch flag {
            case .none?: return digits
            case .blanks?: fill = " "
            case .zeros?: fill = "0"
            case .capitals?, nil: break
            }
            return String(repeating: fill, count: max(0, width - digits.count)) + digits
        }
    }

    private func number(_ directive: Unicode.Scalar) -> Number? {
        let hourOfHalf = (hour + 11).remainder(by: 12) + 1
        switch directive {
        case "d": return Number(value: day)
        case "e": return Number(value: day, fill: " ")
        case "H": return Number(value: hour)
        case "k": return Number(value: hour, fill: " ")
        case "I": return Number(value: hourOfHalf)
        case "l": return Number(value: hourOfHalf, fill: " ")
        case "j": return Number(value: dayOfYear, width: 3)
        case "m": return Number(value: month)
        case "M": return Number(value: minute)
        case "S": return Number(value: second)
        case "u": return Number(value: weekday == 0 ? 7 : weekday, width: 1)
        case "w": return Number(value: weekday, width: 1)
        case "U": return Number(value: (dayOfYear + 6 - weekday) / 7)
        case "W": return Number(value: (dayOfYear + 6 - (weekday + 6) % 7) / 7)
        case "V": return Number(value: weekOfYear.week)
        case "G": return Number(value: weekOfYear.year, width: 1)
        case "g": return Number(value: weekOfYear.year.remainder(by: 100))
        case "y": return Number(value: year.remainder(by: 100))
        case "Y": return Number(value: year, width: 1)
        case "C": return Number(value: year.floorDivided(by: 100))
        default: return nil
        }
    }

    private func name(_ directive: Unicode.Scalar) -> String? {
        let month = Self.months[(month - 1).remainder(by: 12)]
        switch directive {
        case "a": return String(Self.weekdays[weekday].prefix(3))
        case "A": return Self.weekdays[weekday]
        case "b", "h": return String(month.prefix(3))
        case "B": return month
        case "D", "x": return formatted("%m/%d/%y")
        case "F": return formatted("%Y-%m-%d")
        case "T", "X": return formatted("%H:%M:%S")
        case "R": return formatted("%H:%M")
        case "c": return formatted("%a %b %e %H:%M:%S %Y")
        case "r": return formatted("%I:%M:%S %p")
        case "p": return hour < 12 ? "AM" : "PM"
        case "P": return hour < 12 ? "am" : "pm"
        case "f": return Number(value: microsecond, width: 6).text(nil)
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
