/// The text of a Jinja template without what its rendering ignores, so that copies of it compare equal.
///
/// White space is treated as transformers sets Jinja up: `trim_blocks` and `lstrip_blocks` on, `-` at a
/// tag's edge as written. Inside tags, white space between tokens and the kind of quotes are dropped;
/// comments are dropped. A default system message is put aside, because it is all that many copies differ in.
struct CanonicalTemplate {
    private(set) var text = ""
    private(set) var defaultSystem: String?

    /// Put around string literals, and in place of the default system message.
    private static let quote: Unicode.Scalar = "\u{1}"
    private static let placeholder = "\u{2}"

    private var source: ArraySlice<Unicode.Scalar>
    private var output = String.UnicodeScalarView()
    /// What the tag before did to the text that follows it.
    private var before = Edge.plain
    private var isLineStart = true

    private enum Edge {
        case plain
        case dropsLineEnd
        case dropsSpace
    }

    init(_ template: String) {
        source = Array(template.unicodeScalars)[...]
        while !source.isEmpty {
            readText()
            readTag()
        }
        text = String(output)
        takeDefaultSystem()
    }

    // MARK: Text between tags

    private mutating func readText() {
        var end = source.startIndex
        while end < source.endIndex, !isTag(at: end) { end += 1 }
        var literal = source[..<end]
        source = source[end...]
        let isAtLineStart = isLineStart && before != .plain || output.isEmpty
        switch before {
        case .plain: break
        case .dropsSpace: literal = literal.drop(while: \.properties.isWhitespace)
        case .dropsLineEnd: if literal.first == "\n" { literal = literal.dropFirst() }
        }
        if let kind = source.dropFirst().first {
            let edge = source.dropFirst(2).first
            if edge == "-" {
                while literal.last?.properties.isWhitespace == true { literal = literal.dropLast() }
            } else if kind != "{", edge != "+" {
                stripIndentation(&literal, isAtLineStart)
            }
        } else if literal.last == "\n" {
            literal = literal.dropLast()
        }
        output.append(contentsOf: literal)
    }

    private func isTag(at index: Int) -> Bool {
        guard source[index] == "{", index + 1 < source.endIndex else { return false }
        return ["{", "%", "#"].contains(source[index + 1])
    }

    /// Removes spaces before a block tag that starts its line.
    private func stripIndentation(
        _ literal: inout ArraySlice<Unicode.Scalar>, _ isAtLineStart: Bool
    ) {
        var rest = literal
        while let last = rest.last, last == " " || last == "\t" { rest = rest.dropLast() }
        if rest.last == "\n" || rest.isEmpty && isAtLineStart { literal = rest }
    }

    // MARK: Tags

    private mutating func readTag() {
        guard let kind = source.dropFirst().first else { return source = [] }
        source = source.dropFirst(2)
        if let edge = source.first, edge == "-" || edge == "+" { source = source.dropFirst() }
        let closing: Unicode.Scalar = kind == "{" ? "}" : kind
        var content: [Unicode.Scalar] = []
        var last: Unicode.Scalar = " "
        while let scalar = source.first {
            source = source.dropFirst()
            if scalar == closing, source.first == "}" {
                source = source.dropFirst()
                break
            }
            last = scalar
            if kind != "#", scalar == "'" || scalar == "\"" {
                readLiteral(endingWith: scalar, into: &content)
            } else if !scalar.properties.isWhitespace {
                content.append(scalar)
            }
        }
        if last == "-", kind != "#" { content.removeLast() }
        before = last == "-" ? .dropsSpace : kind == "{" ? .plain : .dropsLineEnd
        isLineStart = before == .dropsLineEnd && source.first == "\n"
        guard kind != "#" else { return }
        output.append(contentsOf: ["{", kind] + content + [closing, "}"])
    }

    private mutating func readLiteral(
        endingWith quote: Unicode.Scalar, into content: inout [Unicode.Scalar]
    ) {
        content.append(Self.quote)
        while let scalar = source.first {
            source = source.dropFirst()
            if scalar == quote { break }
            if scalar == "\\", let escaped = source.first {
                source = source.dropFirst()
                content.append(escaped == "n" ? "\n" : escaped)
            } else {
                content.append(scalar)
            }
        }
        content.append(Self.quote)
    }

    // MARK: The default system message

    private mutating func takeDefaultSystem() {
        let head = "\(Self.quote)<|im_start|>system\n"
        let tail = "<|im_end|>\n\(Self.quote)"
        for part in text.splitting(by: head).dropFirst() {
            guard let end = part.splitting(by: tail).first, end != part, !end.isEmpty,
                !end.unicodeScalars.contains(Self.quote)
            else { continue }
            defaultSystem = end
            text = text.splitting(by: end).joined(separator: Self.placeholder)
            return
        }
    }
}

extension String {
    /// The parts between occurrences of a separator that is not empty, compared byte by byte.
    func splitting(by separator: String) -> [String] {
        let bytes = Array(utf8)
        let pattern = Array(separator.utf8)
        var parts: [String] = []
        var start = 0
        var index = 0
        while index + pattern.count <= bytes.count {
            if bytes[index] == pattern[0], bytes[index...].starts(with: pattern) {
                parts.append(String(decoding: bytes[start..<index], as: UTF8.self))
                index += pattern.count
                start = index
            } else {
                index += 1
            }
        }
        parts.append(String(decoding: bytes[start...], as: UTF8.self))
        return parts
    }

    /// Without white space at the ends, as Python's `strip`.
    var stripped: String {
        func isSpace(_ scalar: Unicode.Scalar) -> Bool {
            scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
        }
        return stripped(of: isSpace)
    }

    func stripped(of isRemoved: (Unicode.Scalar) -> Bool) -> String {
        var rest = unicodeScalars.drop(while: isRemoved)
        while let last = rest.last, isRemoved(last) { rest.removeLast() }
        return String(rest)
    }
}
