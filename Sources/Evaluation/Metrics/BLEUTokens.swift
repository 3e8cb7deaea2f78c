/// The words of a text as BLEU counts them: mteval-v13a, the tokenizer that sacrebleu takes by default (Post 2018).
enum BLEUTokens {
    /// Cuts a text; case counts.
    static func of(_ text: String) -> [String] {
        var scalars = Array(text.unicodeScalars)
        while let last = scalars.last, isSpace(last) { scalars.removeLast() }
        var line = replacing("<skipped>", with: "", in: scalars)
        line = replacing("-\n", with: "", in: line)
        line = replacing("\n", with: " ", in: line)
        for (entity, character) in [
            ("&quot;", "\""), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"),
        ] { line = replacing(entity, with: character, in: line) }
        line = [" "] + line + [" "]
        line = line.flatMap { isSymbol($0) ? [" ", $0, " "] : [$0] }
        line = replacingPairs(in: line) { first, second in
            !isDigit(first) && isPoint(second) ? [first, " ", second, " "] : nil
        }
        line = replacingPairs(in: line) { first, second in
            isPoint(first) && !isDigit(second) ? [" ", first, " ", second] : nil
        }
        line = replacingPairs(in: line) { first, second in
            isDigit(first) && second == "-" ? [first, " ", second, " "] : nil
        }
        return line.split(whereSeparator: isSpace).map { word in
            var text = String.UnicodeScalarView()
            text.append(contentsOf: word)
            return String(text)
        }
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private static func isPoint(_ scalar: Unicode.Scalar) -> Bool { scalar == "." || scalar == "," }

    /// Python's white space, which four separators of ASCII count to.
    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
    }

    /// ASCII punctuation but for quotation marks, commas, hyphens and full stops, and the space.
    private static func isSymbol(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "{"..."~", "["..."`", " "..."&", "("..."+", ":"..."@", "/": true
        default: false
        }
    }

    private static func replacing(
        _ old: String, with new: String, in line: [Unicode.Scalar]
    ) -> [Unicode.Scalar] {
        let (old, new) = (Array(old.unicodeScalars), Array(new.unicodeScalars))
        var result: [Unicode.Scalar] = []
        var position = 0
        while position < line.count {
            if line[position...].starts(with: old) {
                result += new
                position += old.count
            } else {
                result.append(line[position])
                position += 1
            }
        }
        return result
    }

    /// Replaces neighbours from left to right, each scalar once.
    private static func replacingPairs(
        in line: [Unicode.Scalar],
        by replacement: (Unicode.Scalar, Unicode.Scalar) -> [Unicode.Scalar]?
    ) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        var position = 0
        while position < line.count {
            if position + 1 < line.count,
                let new = replacement(line[position], line[position + 1])
            {
                result += new
                position += 2
            } else {
                result.append(line[position])
                position += 1
            }
        }
        return result
    }
}
