extension Lexer {
    /// Reads one token inside of a tag; there is a byte that is no white space.
    mutating func readToken() throws(TemplateError) {
        let byte = peek()
        if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
            try readString(quote: byte)
        } else if byte.isDigit {
            try readNumber()
        } else if byte.isNameByte {
            let start = position
            while peek().isNameByte { advance() }
            add(.name(String(decoding: source[start..<position], as: UTF8.self)))
        } else if let symbol = symbol() {
            add(.symbol(symbol))
            advance(by: symbol.rawValue.utf8.count)
        } else {
            throw failure("unexpected character", String(Unicode.Scalar(byte)))
        }
    }

    /// The longest symbol at the position.
    private func symbol() -> Token.Symbol? {
        if position + 1 < source.count,
            let symbol = Token.Symbol(
                rawValue: String(decoding: source[position...(position + 1)], as: UTF8.self))
        {
            return symbol
        }
        return Token.Symbol(rawValue: String(Unicode.Scalar(peek())))
    }

    // MARK: Numbers

    /// Reads digits with single underscores between them.
    private func digits(at start: Int, _ isDigit: (UInt8) -> Bool) -> Int {
        var end = start
        while end < source.count {
            if isDigit(source[end]) {
                end += 1
            } else if source[end] == UInt8(ascii: "_"), end > start, end + 1 < source.count,
                isDigit(source[end + 1])
            {
                end += 2
            } else {
                break
            }
        }
        return end
    }

    private mutating func readNumber() throws(TemplateError) {
        let start = position
        if let end = floatEnd(from: start) {
            let text = number(start..<end)
            guard let value = Double(text) else { throw failure("no number", text) }
            add(.float(value))
            advance(by: end - start)
            return
        }
        var radix = 10
        var end = start
        let mark = peek(1) | 0x20
        for (letter, base) in [
            (UInt8(ascii: "x"), 16), (UInt8(ascii: "o"), 8), (UInt8(ascii: "b"), 2),
        ]
        where peek() == UInt8(ascii: "0") && mark == letter {
            let first = source.count > start + 2 && source[start + 2] == UInt8(ascii: "_") ? 3 : 2
            let last = digits(at: start + first) {
                Int(String(Unicode.Scalar($0)), radix: base) != nil
            }
            guard last > start + first else { continue }
            radix = base
            end = last
        }
        if end == start {
            // A zero in front ends the number, unless only zeros follow.
            end =
                peek() == UInt8(ascii: "0")
                ? digits(at: start) { $0 == UInt8(ascii: "0") } : digits(at: start, \.isDigit)
        }
        let text = number((radix == 10 ? start : start + 2)..<end)
        guard let value = Int(text, radix: radix) else {
            throw TemplateError(
                code: .limitExceeded, message: "a number of more than 64 bits", line: line,
                construct: text)
        }
        add(.integer(value))
        advance(by: end - start)
    }

    private func number(_ range: Range<Int>) -> String {
        String(decoding: source[range].filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
    }

    /// Where a number with a fraction or an exponent ends; nil for integers.
    private func floatEnd(from start: Int) -> Int? {
        guard start == 0 || source[start - 1] != UInt8(ascii: ".") else { return nil }
        let whole = digits(at: start, \.isDigit)
        var end = whole
        if end < source.count, source[end] == UInt8(ascii: ".") {
            let fraction = digits(at: end + 1, \.isDigit)
            if fraction > end + 1 { end = fraction }
        }
        if end < source.count, source[end] | 0x20 == UInt8(ascii: "e") {
            var exponent = end + 1
            if exponent < source.count,
                source[exponent] == UInt8(ascii: "+") || source[exponent] == UInt8(ascii: "-")
            {
                exponent += 1
            }
            let last = digits(at: exponent, \.isDigit)
            if last > exponent { end = last }
        }
        return end > whole ? end : nil
    }

    // MARK: Strings

    private mutating func readString(quote: UInt8) throws(TemplateError) {
        let startLine = line
        advance()
        var bytes: [UInt8] = []
        while position < source.count {
            let byte = peek()
            if byte == quote {
                add(.string(bytes), line: startLine)
                advance()
                return
            }
            if byte == UInt8(ascii: "\\") {
                try readEscape(into: &bytes)
            } else {
                bytes.append(byte)
                advance()
            }
        }
        throw failure("the string has no end", "string", line: startLine)
    }

    /// An escape of Python's strings; one that Python does not know stays as it is.
    private mutating func readEscape(into bytes: inout [UInt8]) throws(TemplateError) {
        let escapes: [UInt8: UInt8] = [
            UInt8(ascii: "n"): 0x0A, UInt8(ascii: "t"): 0x09, UInt8(ascii: "r"): 0x0D,
            UInt8(ascii: "a"): 0x07, UInt8(ascii: "b"): 0x08, UInt8(ascii: "f"): 0x0C,
            UInt8(ascii: "v"): 0x0B, UInt8(ascii: "\\"): 0x5C, UInt8(ascii: "'"): 0x27,
            UInt8(ascii: "\""): 0x22,
        ]
        let kind = peek(1)
        if let byte = escapes[kind] {
            bytes.append(byte)
            advance(by: 2)
        } else if kind == 0x0A {
            advance(by: 2)
        } else if let width = [
            UInt8(ascii: "x"): 2, UInt8(ascii: "u"): 4, UInt8(ascii: "U"): 8,
        ][kind] {
            try appendScalar(2, width, radix: 16, &bytes)
        } else if (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(kind) {
            let width = (1...3).prefix {
                (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(peek($0))
            }
            try appendScalar(1, width.count, radix: 8, &bytes)
        } else if kind == UInt8(ascii: "N") {
            throw TemplateError(
                code: .unsupported, message: "characters by name", line: line, construct: "\\N")
        } else {
            bytes.append(UInt8(ascii: "\\"))
            advance()
        }
    }

    private mutating func appendScalar(
        _ start: Int, _ width: Int, radix: Int, _ bytes: inout [UInt8]
    ) throws(TemplateError) {
        let digits = (start..<(start + width)).map { peek($0) }
        let text = String(decoding: digits, as: UTF8.self)
        guard digits.allSatisfy(\.isHexDigit), let value = UInt32(text, radix: radix),
            let scalar = Unicode.Scalar(value)
        else { throw failure("no character", "\\\(Unicode.Scalar(peek(1)))") }
        bytes += String(scalar).utf8
        advance(by: start + width)
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    fileprivate var isHexDigit: Bool {
        isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self | 0x20)
    }

    /// Letters, digits, the underscore, and all bytes of characters outside ASCII.
    fileprivate var isNameByte: Bool {
        isDigit || self == UInt8(ascii: "_") || self >= 0x80
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
    }
}
