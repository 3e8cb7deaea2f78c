extension Renderer {
    func negated(_ value: Value, isNegative: Bool) throws(Fault) -> Value {
        if let integer = value.integer {
            guard isNegative else { return .int(integer) }
            return .int(try Self.checked(0.subtractingReportingOverflow(integer)))
        }
        guard case .float(let number) = value else { throw Fault.expected("a number", value) }
        return .float(isNegative ? -number : number)
    }

    private static func checked(_ result: (partialValue: Int, overflow: Bool)) throws(Fault) -> Int
    {
        guard !result.overflow else {
            throw Fault(.limitExceeded, "an integer of more than 64 bits")
        }
        return result.partialValue
    }

    mutating func combined(
        _ left: Value, _ symbol: Token.Symbol, _ right: Value
    ) throws(Fault) -> Value {
        switch (symbol, left, right) {
        case (.plus, .text(let one), .text(let two)):
            try budget.allocate(one.bytes.count + two.bytes.count)
            return .text(Self.sum(one, two))
        case (.plus, .list(let one), .list(let two)):
            try budget.step(two.values.count)
            return try list(one.values + two.values)
        case (.plus, .tuple(let one), .tuple(let two)):
            try budget.allocate((one.values.count + two.values.count) * 32)
            return .tuple(try Items(one.values + two.values))
        case (.modulo, .text(let format), _):
            return .text(try printf(format, right))
        case (.times, .text(let text), _):
            guard let count = right.integer else { break }
            return .text(try repeated(text, count))
        case (.times, _, .text(let text)):
            guard let count = left.integer else { break }
            return .text(try repeated(text, count))
        case (.times, .list(let items), _):
            guard let count = right.integer else { break }
            return .list(try repeated(items, count))
        case (.times, .tuple(let items), _):
            guard let count = right.integer else { break }
            return .tuple(try repeated(items, count))
        default: break
        }
        if let one = left.integer, let two = right.integer {
            return try Self.integers(one, symbol, two)
        }
        if let one = left.number, let two = right.number {
            return .float(try Self.floats(one, symbol, two))
        }
        for case .undefined(let undefined) in [left, right] {
            throw Fault(.runtime, undefined.message)
        }
        throw Fault(
            .runtime,
            "unsupported operand type(s) for \(symbol.rawValue): '\(left.typeName)' and '\(right.typeName)'"
        )
    }

    /// Two texts; where one is HTML, the other is escaped.
    private static func sum(_ left: Text, _ right: Text) -> Text {
        guard left.isMarkup || right.isMarkup else { return left + right }
        return left.escaped + right.escaped
    }

    private mutating func repeated(_ text: Text, _ count: Int) throws(Fault) -> Text {
        let (size, overflows) = text.bytes.count.multipliedReportingOverflow(by: max(count, 0))
        try budget.allocate(overflows ? .max : size)
        try budget.step(text.isEmpty ? 0 : count)
        var result = Text()
        result.isMarkup = text.isMarkup
        if !text.isEmpty { for _ in 0..<max(count, 0) { result.append(text) } }
        return result
    }

    private mutating func repeated(_ items: Items, _ count: Int) throws(Fault) -> Items {
        let (size, overflows) = items.values.count.multipliedReportingOverflow(by: max(count, 0))
        try budget.step(overflows ? .max : size)
        guard size > 0 else { return .empty }
        var values: [Value] = []
        for _ in 0..<count { values += items.values }
        return items.with(values)
    }

    private static func integers(
        _ left: Int, _ symbol: Token.Symbol, _ right: Int
    ) throws(Fault) -> Value {
        switch symbol {
        case .plus: return .int(try checked(left.addingReportingOverflow(right)))
        case .minus: return .int(try checked(left.subtractingReportingOverflow(right)))
        case .times: return .int(try checked(left.multipliedReportingOverflow(by: right)))
        case .floorDivide, .modulo:
            guard right != 0 else { throw Fault(.runtime, "integer division or modulo by zero") }
            let quotient = try checked(left.dividedReportingOverflow(by: right))
            let remainder = left - quotient * right
            let isBelow = remainder != 0 && (remainder < 0) != (right < 0)
            if symbol == .modulo { return .int(isBelow ? remainder + right : remainder) }
            return .int(isBelow ? quotient - 1 : quotient)
        case .power where right >= 0: return .int(try power(left, right))
        default: return .float(try floats(Double(left), symbol, Double(right)))
        }
    }

    private static func power(_ base: Int, _ exponent: Int) throws(Fault) -> Int {
        var result = 1
        var factor = base
        var rest = exponent
        while rest > 0 {
            if rest & 1 == 1 {
                result = try checked(result.multipliedReportingOverflow(by: factor))
            }
            rest >>= 1
            if rest > 0 {
                // Where the square overflows, so does the result, unless the base is 0, 1 or -1.
                factor = try checked(factor.multipliedReportingOverflow(by: factor))
            }
        }
        return result
    }

    private static func floats(
        _ left: Double, _ symbol: Token.Symbol, _ right: Double
    ) throws(Fault) -> Double {
        switch symbol {
        case .plus: return left + right
        case .minus: return left - right
        case .times: return left * right
        case .power:
            guard left != 0 || right >= 0 else {
                throw Fault(.runtime, "0.0 cannot be raised to a negative power")
            }
            return try power(left, right)
        default:
            guard right != 0 else { throw Fault(.runtime, "division by zero") }
            if symbol == .divide { return left / right }
            var remainder = left.truncatingRemainder(dividingBy: right)
            if remainder != 0, (remainder < 0) != (right < 0) { remainder += right }
            if symbol == .modulo { return remainder }
            return ((left - remainder) / right).rounded()
        }
    }

    /// Whole exponents only: others have no use in a template.
    private static func power(_ base: Double, _ exponent: Double) throws(Fault) -> Double {
        guard exponent.magnitude <= 4096, let count = Int(exactly: exponent) else {
            throw Fault(.unsupported, "a power with the exponent \(PythonNumber.text(exponent))")
        }
        var result = 1.0
        for _ in 0..<count.magnitude { result *= base }
        return count < 0 ? 1 / result : result
    }
}
