extension JSONValue {
    /// Parses a document as RFC 8259 has it, without any extension; a byte order mark before it is passed over.
    ///
    /// Refused, with the byte offset: anything after the document but white space, equal keys in an object, invalid UTF-8,
    /// half a surrogate pair, numbers beyond the range of Double, and what exceeds the limits.
    public init(parsing bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(TensorError) {
        try self.init(parsing: bytes.span, limits: limits)
    }

    /// Parses the bytes of a file or of a part of it.
    public init(
        parsing bytes: UnsafeRawBufferPointer, limits: JSONLimits = JSONLimits()
    ) throws(TensorError) {
        try unsafe self.init(
            parsing: bytes.assumingMemoryBound(to: UInt8.self).span, limits: limits)
    }

    /// Parses a string.
    public init(parsing text: String, limits: JSONLimits = JSONLimits()) throws(TensorError) {
        try self.init(parsing: Array(text.utf8), limits: limits)
    }

    /// Parses a span of bytes.
    public init(parsing bytes: Span<UInt8>, limits: JSONLimits = JSONLimits()) throws(TensorError) {
        guard bytes.count <= limits.byteCount else {
            throw TensorError(
                .limitExceeded,
                "JSON of \(bytes.count) bytes; at most \(limits.byteCount) are allowed")
        }
        var parser = JSONParser(bytes: bytes, limits: limits)
        self = try parser.document()
    }
}

/// A recursive-descent parser; its depth is bounded by the limits.
private struct JSONParser: ~Escapable {
    let bytes: Span<UInt8>
    let limits: JSONLimits
    var position = 0

    @_lifetime(copy bytes)
    init(bytes: Span<UInt8>, limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    mutating func document() throws(TensorError) -> JSONValue {
        skipByteOrderMark()
        let value = try value(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw malformed("something follows the document") }
        return value
    }

    /// RFC 8259 lets a parser pass over the mark that some editors put before a text.
    private mutating func skipByteOrderMark() {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        guard bytes.count >= mark.count, mark.indices.allSatisfy({ bytes[$0] == mark[$0] }) else {
            return
        }
        position = mark.count
    }

    private mutating func value(depth: Int) throws(TensorError) -> JSONValue {
        skipSpace()
        guard let first = peek() else { throw malformed("the document ends early") }
        switch first {
        case UInt8(ascii: "{"): return .object(try object(depth: depth + 1))
        case UInt8(ascii: "["): return .array(try array(depth: depth + 1))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw malformed("a value was expected")
        }
    }

    private mutating func object(depth: Int) throws(TensorError) -> JSONObject {
        try enter(depth)
        var object = JSONObject()
        skipSpace()
        if take(UInt8(ascii: "}")) { return object }
        while true {
            skipSpace()
            guard peek() == UInt8(ascii: "\"") else { throw malformed("a key was expected") }
            let start = position
            let key = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw malformed("a colon was expected") }
            guard object.append(key, try value(depth: depth)) else {
                position = start
                throw malformed("the key \(key.quoted) is there twice")
            }
            skipSpace()
            if take(UInt8(ascii: "}")) { return object }
            guard take(UInt8(ascii: ",")) else { throw malformed("a comma or } was expected") }
        }
    }

    private mutating func array(depth: Int) throws(TensorError) -> [JSONValue] {
        try enter(depth)
        var elements: [JSONValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return elements }
        while true {
            elements.append(try value(depth: depth))
            skipSpace()
            if take(UInt8(ascii: "]")) { return elements }
            guard take(UInt8(ascii: ",")) else { throw malformed("a comma or ] was expected") }
        }
    }

    private mutating func enter(_ depth: Int) throws(TensorError) {
        guard depth <= limits.depth else {
            throw TensorError(
                .limitExceeded,
                "JSON at byte \(position): nested deeper than \(limits.depth) levels")
        }
        position += 1
    }

    private mutating func literal(_ word: StaticString, _ value: JSONValue) throws(TensorError)
        -> JSONValue
    {
        for index in 0..<word.utf8CodeUnitCount {
            guard take(unsafe word.utf8Start[index]) else {
                throw malformed("a value was expected")
            }
        }
        return value
    }

    // MARK: Numbers

    private mutating func number() throws(TensorError) -> JSONValue {
        let start = position
        let isNegative = take(UInt8(ascii: "-"))
        let digits = position
        var magnitude: UInt64 = 0
        var isLong = false
        while let digit = digit() {
            let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(digit)
            isLong = isLong || overflow || carry
            magnitude = sum
            position += 1
        }
        guard position > digits else { throw malformed("a digit was expected") }
        guard bytes[digits] != UInt8(ascii: "0") || position == digits + 1 else {
            throw malformed("a number may not start with 0")
        }
        var isWhole = true
        if take(UInt8(ascii: ".")) {
            isWhole = false
            try skipDigits()
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isWhole = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try skipDigits()
        }
        if isWhole, !isLong, let value = signed(magnitude, isNegative) { return .integer(value) }
        let text = try text(from: start, to: position)
        guard let value = Double(text), value.isFinite else {
            position = start
            throw malformed("the number \(text.prefix(32)) is out of range")
        }
        return .number(value)
    }

    /// Nil for what Int64 cannot hold, which -0 counts to.
    private func signed(_ magnitude: UInt64, _ isNegative: Bool) -> Int64? {
        guard isNegative else { return Int64(exactly: magnitude) }
        guard magnitude > 0, magnitude <= 1 << 63 else { return nil }
        return Int64(truncatingIfNeeded: 0 &- magnitude)
    }

    private func digit() -> UInt64? {
        guard let byte = peek(), byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else {
            return nil
        }
        return UInt64(byte - UInt8(ascii: "0"))
    }

    private mutating func skipDigits() throws(TensorError) {
        guard digit() != nil else { throw malformed("a digit was expected") }
        while digit() != nil { position += 1 }
    }

    // MARK: Strings

    private mutating func string() throws(TensorError) -> String {
        position += 1
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                let text = try text(from: start, to: position)
                position += 1
                return text
            case UInt8(ascii: "\\"):
                return try escapedString(from: start)
            case 0..<0x20:
                throw malformed("a control character in a string; write it as \\u00XX")
            default:
                position += 1
            }
        }
        throw malformed("a string does not end")
    }

    /// The rest of a string from its first escape on; `start` is the string's first byte.
    private mutating func escapedString(from start: Int) throws(TensorError) -> String {
        var text = try text(from: start, to: position)
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return text
            case UInt8(ascii: "\\"):
                text.unicodeScalars.append(try escape())
            case 0..<0x20:
                throw malformed("a control character in a string; write it as \\u00XX")
            default:
                let run = position
                while position < bytes.count, bytes[position] >= 0x20,
                    bytes[position] != UInt8(ascii: "\""), bytes[position] != UInt8(ascii: "\\")
                {
                    position += 1
                }
                text += try self.text(from: run, to: position)
            }
            try checkLength(from: start)
        }
        throw malformed("a string does not end")
    }

    private mutating func escape() throws(TensorError) -> Unicode.Scalar {
        position += 1
        guard let letter = peek() else { throw malformed("a string does not end") }
        position += 1
        switch letter {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw malformed("an unknown escape in a string")
        }
    }

    /// Four hexadecimal digits, or two times four that make a surrogate pair.
    private mutating func unicodeEscape() throws(TensorError) -> Unicode.Scalar {
        let unit = try fourDigits()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard unit < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
            throw malformed("half a surrogate pair in a string")
        }
        let low = try fourDigits()
        guard (0xDC00...0xDFFF).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
        else { throw malformed("half a surrogate pair in a string") }
        return scalar
    }

    private mutating func fourDigits() throws(TensorError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue
            else {
                throw malformed("four hexadecimal digits were expected")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    private func text(from start: Int, to end: Int) throws(TensorError) -> String {
        try checkLength(from: start)
        do {
            return String(copying: try UTF8Span(validating: bytes.extracting(start..<end)))
        } catch {
            throw TensorError(.malformed, "JSON at byte \(start): invalid UTF-8 in a string")
        }
    }

    private func checkLength(from start: Int) throws(TensorError) {
        guard position - start <= limits.stringByteCount else {
            throw TensorError(
                .limitExceeded,
                "JSON at byte \(start): a string of more than \(limits.stringByteCount) bytes")
        }
    }

    // MARK: Bytes

    private func peek() -> UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            position += 1
        }
    }

    private func malformed(_ what: String) -> TensorError {
        TensorError(.malformed, "JSON at byte \(position): \(what)")
    }
}
