/// Reads records of comma-separated values (RFC 4180); semicolons and tabs separate too, as the header has them.
///
/// A quote within a field that does not begin with one is a character like any other. Empty lines are skipped.
struct CSVReader {
    private let bytes: ArraySlice<UInt8>
    private var position: Int
    private let separator: UInt8
    /// The line that the next record begins in, from one.
    private(set) var line = 1

    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
        separator = Self.separator(in: bytes.prefix { $0 != Self.lineFeed })
    }

    /// The most frequent separator of the header outside quotes; the comma of equals.
    private static func separator(in header: ArraySlice<UInt8>) -> UInt8 {
        var counts: [UInt8: Int] = [:]
        var isQuoted = false
        for byte in header {
            if byte == quote { isQuoted.toggle() }
            if !isQuoted { counts[byte, default: 0] += 1 }
        }
        let separators = [",", ";", "\t"].map { (character: Unicode.Scalar) in
            UInt8(ascii: character)
        }
        return separators.reduce(separators[0]) {
            counts[$1, default: 0] > counts[$0, default: 0] ? $1 : $0
        }
    }

    /// The fields of the next record; nil at the end.
    mutating func record() throws(RoutingError) -> [String]? {
        while position < bytes.endIndex, isLineEnd(bytes[position]) { skipLineEnd() }
        guard position < bytes.endIndex else { return nil }
        var fields = [try field()]
        while position < bytes.endIndex, bytes[position] == separator {
            position += 1
            fields.append(try field())
        }
        if position < bytes.endIndex { skipLineEnd() }
        return fields
    }

    private func isLineEnd(_ byte: UInt8) -> Bool {
        byte == Self.lineFeed || byte == Self.carriageReturn
    }

    private mutating func skipLineEnd() {
        if bytes[position] == Self.lineFeed { line += 1 }
        position += 1
    }

    /// Stops at a separator, a line's end or the end of the file.
    private mutating func field() throws(RoutingError) -> String {
        if position < bytes.endIndex, bytes[position] == Self.quote { return try quotedField() }
        let rest = bytes[position...]
        let end = rest.firstIndex { $0 == separator || isLineEnd($0) } ?? bytes.endIndex
        defer { position = end }
        return try Self.text(bytes[position..<end])
    }

    private mutating func quotedField() throws(RoutingError) -> String {
        position += 1
        var content: [UInt8] = []
        while position < bytes.endIndex {
            let byte = bytes[position]
            position += 1
            if byte == Self.quote {
                guard position < bytes.endIndex, bytes[position] == Self.quote else {
                    guard
                        position == bytes.endIndex || bytes[position] == separator
                            || isLineEnd(bytes[position])
                    else {
                        throw RoutingError(
                            .data,
                            "something follows the quote that closes a field; double quotes inside one"
                        )
                    }
                    return try Self.text(content[...])
                }
                position += 1
            } else if byte == Self.lineFeed {
                line += 1
            }
            content.append(byte)
        }
        throw RoutingError(.data, "a quoted field does not end")
    }

    private static func text(_ bytes: ArraySlice<UInt8>) throws(RoutingError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw RoutingError(.data, "invalid UTF-8; save the file as UTF-8")
        }
        return text
    }
}
