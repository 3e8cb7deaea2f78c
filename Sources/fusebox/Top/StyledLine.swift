/// A line of text with colours, which knows its width without them.
struct StyledLine {
    private struct Span {
        let text: String
        /// A number of SGR; nil: as the terminal writes.
        let colour: Int?
    }

    private var spans: [Span] = []

    init(_ text: String = "", _ colour: Int? = nil) {
        append(text, colour)
    }

    /// In columns, of text whose characters are one wide.
    var width: Int { spans.reduce(0) { $0 + $1.text.count } }

    mutating func append(_ text: String, _ colour: Int? = nil) {
        guard !text.isEmpty else { return }
        spans.append(Span(text: Self.printable(text), colour: colour))
    }

    mutating func append(_ line: StyledLine) {
        spans += line.spans
    }

    /// Names must not command the terminal.
    private static func printable(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            result.append(scalar.properties.generalCategory == .control ? " " : scalar)
        }
        return String(result)
    }

    /// As much of it as a width holds.
    func cut(to width: Int) -> StyledLine {
        var result = StyledLine()
        var room = width
        for span in spans {
            result.append(String(span.text.prefix(room)), span.colour)
            room -= min(room, span.text.count)
        }
        return result
    }

    func text(isColoured: Bool) -> String {
        spans.map { span in
            guard isColoured, let colour = span.colour else { return span.text }
            return "\u{1B}[\(colour)m\(span.text)\u{1B}[0m"
        }.joined()
    }

    /// Puts items beside each other, two spaces apart, on as few lines as a width allows.
    ///
    /// - Parameters:
    ///   - label: before the first line; the others begin below its end.
    ///   - gap: columns between two items.
    static func flow(
        _ items: [StyledLine], after label: StyledLine = StyledLine(), width: Int, gap: Int = 2
    ) -> [StyledLine] {
        let indent = String(repeating: " ", count: label.width)
        var lines: [StyledLine] = []
        var line = label
        var isEmpty = true
        for item in items {
            if !isEmpty, line.width + gap + item.width > width {
                lines.append(line)
                line = StyledLine(indent)
                isEmpty = true
            }
            if !isEmpty { line.append(String(repeating: " ", count: gap)) }
            line.append(item)
            isEmpty = false
        }
        return lines + [line]
    }
}
