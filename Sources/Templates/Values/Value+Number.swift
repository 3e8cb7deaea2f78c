extension Value {
    /// Python's `bool(value)`; generators, namespaces and functions are true.
    var isTrue: Bool {
        switch self {
        case .undefined, .none: false
        case .bool(let value): value
        case .int(let value): value != 0
        case .float(let value): value != 0
        case .text(let text): !text.isEmpty
        case .list(let items), .tuple(let items): !items.values.isEmpty
        case .mapping(let mapping), .view(_, let mapping): mapping.count > 0
        case .range(let range): range.count > 0
        case .generator, .namespace, .loop, .macro, .global, .method: true
        }
    }

    /// The number of a bool or an integer.
    var integer: Int? {
        switch self {
        case .bool(let value): value ? 1 : 0
        case .int(let value): value
        default: nil
        }
    }

    /// The number of a bool, an integer or a float.
    var number: Double? {
        if case .float(let value) = self { value } else { integer.map(Double.init) }
    }

    /// `len(value)`; nil for values without a length.
    var count: Int? {
        switch self {
        case .undefined: 0
        case .text(let text): text.scalarCount
        case .list(let items), .tuple(let items): items.values.count
        case .mapping(let mapping), .view(_, let mapping): mapping.count
        case .range(let range): range.count
        default: nil
        }
    }
}

/// Numbers as Python writes and reads them.
enum PythonNumber {
    /// `repr` of a float: the shortest digits that read back the same.
    static func text(_ value: Double) -> String {
        if value.isNaN { return "nan" }
        if value.isInfinite { return value < 0 ? "-inf" : "inf" }
        let sign = value.sign == .minus ? "-" : ""
        let (digits, point) = decimal(value.magnitude)
        if point > 16 || point < -3 {
            let exponent = point - 1
            let magnitude = String(exponent.magnitude)
            let fraction = digits.dropFirst()
            return sign + digits.prefix(1) + (fraction.isEmpty ? "" : ".\(fraction)")
                + "e" + (exponent < 0 ? "-" : "+") + (magnitude.count < 2 ? "0" : "") + magnitude
        }
        if point <= 0 {
            return sign + "0." + String(repeating: "0", count: -point) + digits
        }
        if digits.count <= point {
            return sign + digits + String(repeating: "0", count: point - digits.count) + ".0"
        }
        return sign + digits.prefix(point) + "." + digits.dropFirst(point)
    }

    /// The shortest digits d of a finite number that is not negative, and p with value = 0.d × 10^p.
    private static func decimal(_ value: Double) -> (digits: String, point: Int) {
        guard value != 0 else { return ("0", 1) }
        let parts = value.description.split(separator: "e")
        let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        let halves = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let whole = String(halves[0])
        var digits = whole + (halves.count > 1 ? halves[1] : "")
        var point = whole.count + exponent
        while digits.hasPrefix("0") {
            digits.removeFirst()
            point -= 1
        }
        while digits.count > 1, digits.hasSuffix("0") { digits.removeLast() }
        return (digits, point)
    }

    /// A float with a number of digits after the point, as C's `%f`, ties to even of the exact value.
    static func fixed(_ value: Double, digits count: Int) -> String {
        guard value.isFinite else { return text(value) }
        var (digits, point) = exactDecimal(value.magnitude)
        let kept = point + count
        var number = kept > 0 ? Array(digits.prefix(kept)) : []
        let dropped = digits.dropFirst(max(kept, 0))
        if kept >= 0, let next = dropped.first {
            let isAbove = dropped.dropFirst().contains { $0 != 0 }
            let isOdd = number.last.map { $0 % 2 == 1 } ?? false
            if next > 5 || next == 5 && (isAbove || isOdd) { point += increment(&number) }
        }
        digits = number
        while digits.count < point + count { digits.append(0) }
        let text = digits.map { String($0) }
        let whole = point > 0 ? text.prefix(point).joined() : "0"
        let zeros = point < 0 ? min(-point, count) : 0
        let fraction =
            String(repeating: "0", count: zeros)
            + text.dropFirst(max(point, 0)).joined()
        let sign = value.sign == .minus ? "-" : ""
        return sign + whole + (count > 0 ? "." + fraction.prefix(count) : "")
    }

    /// Adds one to the last digit; 1 when there is a digit more in front.
    private static func increment(_ digits: inout [UInt8]) -> Int {
        for index in digits.indices.reversed() {
            if digits[index] < 9 {
                digits[index] += 1
                return 0
            }
            digits[index] = 0
        }
        digits.insert(1, at: 0)
        return 1
    }

    /// All digits of a finite number that is not negative, and p with value = 0.d × 10^p.
    private static func exactDecimal(_ value: Double) -> (digits: [UInt8], point: Int) {
        guard value != 0 else { return ([], 0) }
        // value = significand × 2^exponent, with the significand as an integer.
        let exponent = Int(value.exponent) - 52
        var digits = String(UInt64(value.significand * 0x1p52)).utf8.map { $0 - 48 }
        var point = digits.count
        if exponent >= 0 {
            for _ in 0..<exponent { multiply(&digits, by: 2) }
            point = digits.count
        } else {
            // 2^-n = 5^n / 10^n.
            for _ in 0..<(-exponent) { multiply(&digits, by: 5) }
            point = digits.count + exponent
        }
        return (digits, point)
    }

    private static func multiply(_ digits: inout [UInt8], by factor: UInt8) {
        var carry: UInt8 = 0
        for index in digits.indices.reversed() {
            let product = digits[index] * factor + carry
            digits[index] = product % 10
            carry = product / 10
        }
        if carry > 0 { digits.insert(carry, at: 0) }
    }

    /// Python's `int(text, base)`: blanks around, a sign, single underscores between digits.
    static func integer(_ text: Text, base: Int) -> Int? {
        let trimmed = text.trimmed(of: \.isPythonSpace).string
        var rest = Substring(trimmed)
        let isNegative = rest.first == "-"
        if rest.first == "-" || rest.first == "+" { rest.removeFirst() }
        for (prefix, prefixBase) in [("0x", 16), ("0o", 8), ("0b", 2)]
        where base == prefixBase && rest.lowercased().hasPrefix(prefix) {
            rest = rest.dropFirst(2)
            if rest.first == "_" { rest.removeFirst() }
        }
        guard (2...36).contains(base), let digits = withoutUnderscores(rest),
            digits.first?.isHexDigit == true || digits.first?.isLetter == true
        else { return nil }
        return Int((isNegative ? "-" : "") + digits, radix: base)
    }

    /// Python's `float(text)`.
    static func float(_ text: Text) -> Double? {
        let trimmed = text.trimmed(of: \.isPythonSpace).string.lowercased()
        var rest = Substring(trimmed)
        let isNegative = rest.first == "-"
        if rest.first == "-" || rest.first == "+" { rest.removeFirst() }
        let sign = isNegative ? -1.0 : 1.0
        switch rest {
        case "inf", "infinity": return sign * .infinity
        case "nan": return .nan
        default: break
        }
        guard let digits = withoutUnderscores(rest),
            digits.utf8.allSatisfy({ "0123456789.e+-".utf8.contains($0) }),
            let first = digits.utf8.first, first != UInt8(ascii: "e"), digits != "."
        else { return nil }
        let whole = digits.hasPrefix(".") ? "0" + digits : digits
        return Double(whole.replacingTrailingPoint).map { sign * $0 }
    }

    private static func withoutUnderscores(_ text: Substring) -> String? {
        guard !text.hasPrefix("_"), !text.hasSuffix("_"), !text.contains("__") else { return nil }
        return text.filter { $0 != "_" }
    }
}

extension String {
    /// `1.` and `1.e5` as `1` and `1e5`.
    fileprivate var replacingTrailingPoint: String {
        var text = self
        if text.hasSuffix(".") { text.removeLast() }
        guard let point = text.firstIndex(of: "."), text[text.index(after: point)...].hasPrefix("e")
        else { return text }
        text.remove(at: point)
        return text
    }
}
