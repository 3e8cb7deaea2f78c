/// A token of a template.
struct Token: Sendable {
    let kind: Kind
    /// Counts from 1.
    let line: Int

    enum Kind: Sendable, Equatable {
        /// Text outside of tags.
        case data([UInt8])
        case variableBegin, variableEnd, blockBegin, blockEnd
        case name(String)
        case string([UInt8])
        case integer(Int)
        case float(Double)
        case symbol(Symbol)
        case end
    }

    /// Operators and punctuation.
    enum Symbol: String, Sendable, CaseIterable {
        case floorDivide = "//"
        case power = "**"
        case equal = "=="
        case notEqual = "!="
        case greaterOrEqual = ">="
        case lessOrEqual = "<="
        case plus = "+"
        case minus = "-"
        case times = "*"
        case divide = "/"
        case modulo = "%"
        case tilde = "~"
        case openBracket = "["
        case closeBracket = "]"
        case openParenthesis = "("
        case closeParenthesis = ")"
        case openBrace = "{"
        case closeBrace = "}"
        case greater = ">"
        case less = "<"
        case assign = "="
        case dot = "."
        case colon = ":"
        case pipe = "|"
        case comma = ","
    }
}

extension Token.Kind {
    /// What stands in the template, for errors.
    var text: String {
        switch self {
        case .data: "text"
        case .variableBegin: "{{"
        case .variableEnd: "}}"
        case .blockBegin: "{%"
        case .blockEnd: "%}"
        case .name(let name): name
        case .string(let bytes): "'\(String(decoding: bytes.prefix(32), as: UTF8.self))'"
        case .integer(let value): String(value)
        case .float(let value): PythonNumber.text(value)
        case .symbol(let symbol): symbol.rawValue
        case .end: "the end of the template"
        }
    }
}
